import { storableText, type JsonValue } from '@tandem/contracts';

/*
 * Postgres stores no U+0000, and jsonb no half of a surrogate pair. Callers, models and carriers can send
 * both, and a call that cannot be written would be tried for ever, so such characters go.
 */

/** A parameter for a jsonb column or for jsonb_to_recordset; dates become ISO strings. */
export function jsonParameter(value: unknown): string {
  return JSON.stringify(storableJson(JSON.parse(JSON.stringify(value)) as JsonValue));
}

function storableJson(value: JsonValue): JsonValue {
  if (typeof value === 'string') return storableText(value);
  if (Array.isArray(value)) return value.map(storableJson);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [storableText(key), storableJson(inner)]),
  );
}
