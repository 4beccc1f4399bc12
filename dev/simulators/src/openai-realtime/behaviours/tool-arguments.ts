import { asArray, asObject, asString, isObject, type JsonObject } from '../wire/json.ts';

/** Values a dialogue can fill into the arguments of a tool. */
export interface Known {
  readonly name: string;
  readonly phone: string;
  readonly service: string;
  /** Local date, `YYYY-MM-DD`. */
  readonly date: string;
  /** Local time, `HH:MM`. */
  readonly time: string;
  /** The offered start as the availability tool spelled it; null before an offer. */
  readonly slot: string | null;
  /** Fields of the offer and of earlier outputs, by name: ids and the like that a later tool may need. */
  readonly seen: JsonObject;
}

/**
 * Arguments for a declared tool: each property of its JSON Schema by its name, its format, its list of
 * values, or the plainest value of its type. Optional properties are filled only when something is known for
 * them.
 */
export function argumentsFor(tool: JsonObject, known: Known): JsonObject {
  const schema = asObject(tool['parameters']);
  const required = new Set(asArray(schema['required']).map(String));
  const filled: JsonObject = {};
  for (const [name, raw] of Object.entries(asObject(schema['properties']))) {
    const property = asObject(raw);
    const value = fitting(property, valueFor(name, property, known));
    if (value !== undefined) filled[name] = value;
    else if (required.has(name)) filled[name] = plainest(property);
  }
  return filled;
}

const BY_NAME: readonly [RegExp, (known: Known) => string | null][] = [
  [/phone|number$/i, (known) => known.phone],
  [/service|treatment|kind/i, (known) => known.service],
  [/name/i, (known) => known.name],
  [/slot|start|when/i, (known) => known.slot ?? `${known.date}T${known.time}:00`],
  [/date|day/i, (known) => known.date],
  [/^time$|_time$|Time$/, (known) => known.time],
];

function valueFor(name: string, property: JsonObject, known: Known): unknown {
  if (Object.hasOwn(known.seen, name)) return known.seen[name];
  for (const [pattern, pick] of BY_NAME) if (pattern.test(name)) return pick(known) ?? undefined;
  if (property['format'] === 'date') return known.date;
  if (property['format'] === 'date-time') return known.slot ?? `${known.date}T${known.time}:00Z`;
  return undefined;
}

/** Returns the value if the schema of the property accepts it. */
function fitting(property: JsonObject, value: unknown): unknown {
  if (value === undefined) return undefined;
  const allowed = asArray(property['enum']);
  if (allowed.length > 0) return allowed.includes(value) ? value : undefined;
  const pattern = asString(property['pattern']);
  if (pattern !== undefined && (typeof value !== 'string' || !new RegExp(pattern).test(value)))
    return undefined;
  const type = asString(property['type']);
  return type === undefined || hasType(type, value) ? value : undefined;
}

function hasType(type: string, value: unknown): boolean {
  if (type === 'integer') return Number.isInteger(value);
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return isObject(value);
  return typeof value === type;
}

function plainest(property: JsonObject): unknown {
  const allowed = asArray(property['enum']);
  if (allowed.length > 0) return allowed[0];
  switch (property['type']) {
    case 'integer':
    case 'number':
      return typeof property['minimum'] === 'number' ? property['minimum'] : 1;
    case 'boolean':
      return true;
    case 'array':
      return [];
    case 'object':
      return {};
    default:
      return 'unspecified';
  }
}

/**
 * Returns all scalar fields of a tool output by name, the outermost and the first winning, for the arguments
 * of later tools.
 */
export function fieldsIn(output: string): JsonObject {
  const seen: JsonObject = {};
  let parsed: unknown;
  try {
    parsed = JSON.parse(output);
  } catch {
    return seen;
  }
  const queue: unknown[] = [parsed];
  for (let value = queue.shift(); value !== undefined; value = queue.shift()) {
    if (Array.isArray(value)) queue.push(...(value as unknown[]));
    if (!isObject(value)) continue;
    for (const [name, child] of Object.entries(value)) {
      if (typeof child === 'object') queue.push(child);
      else if (!Object.hasOwn(seen, name)) seen[name] = child;
    }
  }
  return seen;
}

const INSTANT = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}/;

/** Every offer in an availability output: an object with a start, or a bare instant. */
export function slotsIn(output: string): { start: string; fields: JsonObject }[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(output);
  } catch {
    return [];
  }
  const found: { start: string; fields: JsonObject }[] = [];
  const visit = (value: unknown): void => {
    if (typeof value === 'string' && INSTANT.test(value)) found.push({ start: value, fields: {} });
    else if (Array.isArray(value)) value.forEach(visit);
    else if (isObject(value)) visitObject(value);
  };
  const visitObject = (value: JsonObject): void => {
    const start = Object.entries(value).find(
      ([name, child]) =>
        /start|time|slot|at$/i.test(name) && typeof child === 'string' && INSTANT.test(child),
    );
    if (start)
      found.push({
        start: String(start[1]),
        fields: Object.fromEntries(Object.entries(value).filter(([, child]) => typeof child !== 'object')),
      });
    else Object.values(value).forEach(visit);
  };
  visit(parsed);
  return found;
}
