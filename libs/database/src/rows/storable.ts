import { storableText } from '@tandem/contracts';

/*
 * Postgres stores no U+0000, and jsonb no half of a surrogate pair. Callers, models and carriers can send
 * both, and a call that cannot be written would be retried for ever, so such characters are removed.
 */

/** Returns the value without characters Postgres cannot store, in its keys too; dates and bytes stay. */
export function storable<Value>(value: Value): Value {
  if (typeof value === 'string') return storableText(value) as Value;
  if (Array.isArray(value)) return value.map(storable) as Value;
  if (value === null || typeof value !== 'object' || !isPlain(value)) return value;
  const fields = Object.entries(value).map(([name, inner]) => [storableText(name), storable(inner)] as const);
  return Object.fromEntries(fields) as Value;
}

/** Returns a parameter for a jsonb column or for jsonb_populate_recordset; dates become ISO strings. */
export function jsonParameter(value: unknown): string {
  return JSON.stringify(storable(value));
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
