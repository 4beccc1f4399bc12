import type { z } from 'zod';

/*
 * The part of JSON Schema that tools declared by an agent may use for their arguments. It leaves out what can
 * be made expensive (patterns), what points elsewhere (references) and what models do not follow.
 */

const TYPES = ['string', 'number', 'integer', 'boolean', 'object', 'array'] as const;
type NodeType = (typeof TYPES)[number];
const FORMATS = ['date', 'date-time', 'email', 'uuid'];
const KEYWORDS: Readonly<Record<NodeType, readonly string[]>> = {
  string: ['enum', 'minLength', 'maxLength', 'format'],
  number: ['enum', 'minimum', 'maximum'],
  integer: ['enum', 'minimum', 'maximum'],
  boolean: [],
  object: ['properties', 'required', 'additionalProperties'],
  array: ['items', 'minItems', 'maxItems'],
};
const EVERYWHERE = ['type', 'description'];

const MAX_DEPTH = 4;
const MAX_PROPERTIES = 40;
const MAX_DESCRIPTION_LENGTH = 300;
const MAX_ENUM = 50;
const MAX_ENUM_LENGTH = 100;
const MAX_COUNT = 10_000;
/** The model is shown the schema in every session. */
const MAX_PARAMETERS_LENGTH = 4_000;
const PARAMETER_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;

type Path = readonly (string | number)[];
export interface ParametersProblem {
  readonly path: Path;
  readonly message: string;
}
type SchemaNode = Readonly<Record<string, unknown>>;

/** Returns the faults of a schema of arguments; none when it keeps to the part that tools may use. */
export function parametersProblems(schema: SchemaNode): ParametersProblem[] {
  if (JSON.stringify(schema).length > MAX_PARAMETERS_LENGTH)
    return [{ path: [], message: `must be at most ${MAX_PARAMETERS_LENGTH} characters of JSON` }];
  if (schema['type'] !== 'object') return [{ path: ['type'], message: 'must be "object"' }];
  const count = countProperties(schema);
  if (count > MAX_PROPERTIES)
    return [{ path: [], message: `has ${count} properties; ${MAX_PROPERTIES} are allowed` }];
  return nodeProblems(schema, [], 1);
}

/**
 * Returns a schema whose objects take no further properties: an argument that is not declared is refused.
 * @param schema one without {@link parametersProblems}
 */
export function closedParameters(schema: SchemaNode): Record<string, unknown> {
  if (schema['type'] === 'array')
    return { ...schema, items: closedParameters(schema['items'] as SchemaNode) };
  if (schema['type'] !== 'object') return { ...schema };
  const properties = Object.entries(propertiesOf(schema)).map(
    ([name, node]) => [name, closedParameters(node)] as const,
  );
  return { ...schema, properties: Object.fromEntries(properties), additionalProperties: false };
}

/** Returns the types of the arguments by name, and which are required. */
export function declaredArguments(schema: SchemaNode): Map<string, { type: unknown; isRequired: boolean }> {
  const required = Array.isArray(schema['required']) ? (schema['required'] as unknown[]) : [];
  return new Map(
    Object.entries(propertiesOf(schema)).map(([name, node]) => [
      name,
      { type: node['type'], isRequired: required.includes(name) },
    ]),
  );
}

/** The refinement of a zod schema that reports the faults of a schema of arguments. */
export function checkParameters(schema: SchemaNode, context: z.core.$RefinementCtx): void {
  for (const { path, message } of parametersProblems(schema))
    context.addIssue({ code: 'custom', path: [...path], message });
}

function nodeProblems(node: unknown, path: Path, depth: number): ParametersProblem[] {
  const fault = (message: string, ...at: Path): ParametersProblem => ({ path: [...path, ...at], message });
  if (!isNode(node)) return [fault('must be a schema, such as {"type": "string"}')];
  if (depth > MAX_DEPTH) return [fault(`is nested deeper than ${MAX_DEPTH} levels`)];
  const type = TYPES.find((known) => known === node['type']);
  if (!type) return [fault(`must be one of ${TYPES.join(', ')}`, 'type')];
  const allowed = [...EVERYWHERE, ...KEYWORDS[type]];
  return [
    ...Object.keys(node)
      .filter((keyword) => !allowed.includes(keyword))
      .map((keyword) => fault(`is not supported for ${type}; there are ${allowed.join(', ')}`, keyword)),
    ...keywordFaults(node, type).map(([keyword, message]) => fault(message, keyword)),
    ...(type === 'array' ? nodeProblems(node['items'], [...path, 'items'], depth + 1) : []),
    ...(type === 'object' ? propertyProblems(node, path, depth) : []),
  ];
}

function propertyProblems(node: SchemaNode, path: Path, depth: number): ParametersProblem[] {
  const properties = propertiesOf(node);
  const { required = [] } = node;
  const unknown = Array.isArray(required)
    ? (required as unknown[]).filter((name) => typeof name !== 'string' || !Object.hasOwn(properties, name))
    : [required];
  return [
    ...(unknown.length > 0
      ? [{ path: [...path, 'required'], message: 'must be a list of names of properties' }]
      : []),
    ...Object.entries(properties).flatMap(([name, inner]) =>
      PARAMETER_NAME.test(name) && !(name in Object.prototype)
        ? nodeProblems(inner, [...path, 'properties', name], depth + 1)
        : [
            {
              path: [...path, 'properties', name],
              message:
                'must be named by letters, digits and underscores, 64 at most, no name that every object has',
            },
          ],
    ),
  ];
}

type Check = (value: unknown, type: NodeType) => string | null;

const isCount: Check = (value) =>
  Number.isInteger(value) && Number(value) >= 0 && Number(value) <= MAX_COUNT
    ? null
    : `must be a whole number from 0 to ${MAX_COUNT}`;
const isNumber: Check = (value) =>
  typeof value === 'number' && Number.isFinite(value) ? null : 'must be a number';

const CHECKS: Readonly<Record<string, Check>> = {
  description: (value) =>
    typeof value === 'string' && value.length <= MAX_DESCRIPTION_LENGTH
      ? null
      : `must be a text of at most ${MAX_DESCRIPTION_LENGTH} characters`,
  enum: (value, type) =>
    Array.isArray(value) && value.length > 0 && value.length <= MAX_ENUM && value.every(isOfType(type))
      ? null
      : `must list 1 to ${MAX_ENUM} values of type ${type}, texts of at most ${MAX_ENUM_LENGTH} characters`,
  format: (value) => (FORMATS.includes(String(value)) ? null : `must be one of ${FORMATS.join(', ')}`),
  additionalProperties: (value) => (value === false ? null : 'can only be false, which it is in any case'),
  properties: (value) => (isNode(value) ? null : 'must hold a schema for each name'),
  minLength: isCount,
  maxLength: isCount,
  minItems: isCount,
  maxItems: isCount,
  minimum: isNumber,
  maximum: isNumber,
};

function keywordFaults(node: SchemaNode, type: NodeType): (readonly [string, string])[] {
  return Object.entries(node).flatMap(([keyword, value]) => {
    const check = Object.hasOwn(CHECKS, keyword) ? CHECKS[keyword] : undefined;
    const message = check?.(value, type) ?? null;
    return message === null ? [] : [[keyword, message] as const];
  });
}

const isOfType = (type: NodeType) => (value: unknown) =>
  type === 'string'
    ? typeof value === 'string' && value.length <= MAX_ENUM_LENGTH
    : typeof value === 'number' && (type === 'number' || Number.isInteger(value));

function countProperties(node: unknown): number {
  if (!isNode(node)) return 0;
  const inner = Object.values(propertiesOf(node));
  return inner.length + [...inner, node['items']].reduce<number>((sum, one) => sum + countProperties(one), 0);
}

function propertiesOf(node: SchemaNode): Record<string, SchemaNode> {
  return isNode(node['properties']) ? (node['properties'] as Record<string, SchemaNode>) : {};
}

function isNode(value: unknown): value is SchemaNode {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
