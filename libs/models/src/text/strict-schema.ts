/*
 * The form of JSON Schema that all providers bind an answer to: OpenAI's strict mode wants every property
 * required and objects closed, and Anthropic's structured outputs know no bounds of numbers, texts and lists
 * ("Structured outputs" in both providers' guides). What they leave out is said in words and checked
 * afterwards.
 */

type SchemaNode = Readonly<Record<string, unknown>>;

const BOUNDS: readonly (readonly [string, (limit: unknown) => string])[] = [
  ['minimum', (limit) => `At least ${String(limit)}.`],
  ['maximum', (limit) => `At most ${String(limit)}.`],
  ['minLength', (limit) => `At least ${String(limit)} characters.`],
  ['maxLength', (limit) => `At most ${String(limit)} characters.`],
  ['minItems', (limit) => `At least ${String(limit)} entries.`],
  ['maxItems', (limit) => `At most ${String(limit)} entries.`],
];
const KEPT = ['type', 'enum', 'format'];

/**
 * Returns a schema in the strict form: what is optional may be null.
 * @param node in the subset that agents may use: types, enums, formats and bounds
 */
export function toStrictSchema(node: SchemaNode): Record<string, unknown> {
  const description = describe(node);
  const kept = Object.fromEntries(Object.entries(node).filter(([keyword]) => KEPT.includes(keyword)));
  return {
    ...kept,
    ...(description === '' ? {} : { description }),
    ...(node['type'] === 'array' ? { items: toStrictSchema(node['items'] as SchemaNode) } : {}),
    ...(node['type'] === 'object' ? strictProperties(node) : {}),
  };
}

/** Returns a value without the nulls that stand for what is absent in a strict schema. */
export function withoutAbsent(node: SchemaNode, value: unknown): unknown {
  if (node['type'] === 'array' && Array.isArray(value))
    return value.map((entry) => withoutAbsent(node['items'] as SchemaNode, entry));
  if (node['type'] !== 'object' || !isRecord(value)) return value;
  const properties = propertiesOf(node);
  const required = requiredOf(node);
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]) => {
      if (inner === null && !required.includes(name)) return [];
      const known = Object.hasOwn(properties, name) ? properties[name] : undefined;
      return [[name, known ? withoutAbsent(known, inner) : inner] as const];
    }),
  );
}

function strictProperties(node: SchemaNode): Record<string, unknown> {
  const required = requiredOf(node);
  const properties = Object.entries(propertiesOf(node)).map(([name, inner]) => {
    const strict = toStrictSchema(inner);
    return [name, required.includes(name) ? strict : { anyOf: [strict, { type: 'null' }] }] as const;
  });
  return {
    properties: Object.fromEntries(properties),
    required: properties.map(([name]) => name),
    additionalProperties: false,
  };
}

function describe(node: SchemaNode): string {
  const own = typeof node['description'] === 'string' ? [node['description']] : [];
  const bounds = BOUNDS.flatMap(([keyword, say]) => (keyword in node ? [say(node[keyword])] : []));
  return [...own, ...bounds].join(' ');
}

const propertiesOf = (node: SchemaNode): Record<string, SchemaNode> =>
  isRecord(node['properties']) ? (node['properties'] as Record<string, SchemaNode>) : {};

const requiredOf = (node: SchemaNode): readonly unknown[] =>
  Array.isArray(node['required']) ? (node['required'] as unknown[]) : [];

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
