import { parametersProblems } from './tool-parameters.ts';

/*
 * Schemas of foreign tools, cut down to the part of JSON Schema that models are shown. What is left out is a
 * limit on values, which the server checks itself, or an argument that can be left out.
 */

type SchemaNode = Readonly<Record<string, unknown>>;

/** A schema that is read, and how many more nodes of it may be. */
interface Reading {
  readonly root: SchemaNode;
  nodesLeft: number;
}

const COPIED: Readonly<Record<string, readonly string[]>> = {
  string: ['enum', 'minLength', 'maxLength', 'format'],
  number: ['enum', 'minimum', 'maximum'],
  integer: ['enum', 'minimum', 'maximum'],
  boolean: [],
  object: [],
  array: ['minItems', 'maxItems'],
};
const FORMATS = new Set(['date', 'date-time', 'email', 'uuid']);
const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;
const MAX_DEPTH = 4;
const MAX_DESCRIPTION = 300;
/** References and unions that are followed in one branch: a schema may refer to itself. */
const MAX_HOPS = 8;
/** Nodes that are read of a schema, which may name one definition in many places. */
const MAX_NODES = 2_000;
/** Larger schemas are not read. */
const MAX_SCHEMA_LENGTH = 64_000;

/** A schema of arguments as models take it, or the reason why there is none. */
export type CutParameters = { readonly parameters: Record<string, unknown> } | { readonly problem: string };

/** Returns a foreign schema of arguments in the part of JSON Schema that tools may use. */
export function cutParameters(schema: unknown): CutParameters {
  if (!isNode(schema) || (JSON.stringify(schema)?.length ?? 0) > MAX_SCHEMA_LENGTH)
    return { problem: 'the schema of its arguments is none, or too large' };
  const cut = cutNode(schema, { root: schema, nodesLeft: MAX_NODES }, 1);
  if (cut === null || cut['type'] !== 'object')
    return { problem: 'its arguments are no object, or a required one cannot be described to a model' };
  const [problem] = parametersProblems(cut);
  return problem
    ? { problem: `the schema of its arguments at ${problem.path.join('.') || 'the top'} ${problem.message}` }
    : { parameters: cut };
}

/** Returns the node as models take it; null for one that cannot be described to them. */
function cutNode(node: unknown, reading: Reading, depth: number): Record<string, unknown> | null {
  if (depth > MAX_DEPTH || reading.nodesLeft <= 0) return null;
  reading.nodesLeft -= 1;
  const resolved = resolve(node, reading.root, MAX_HOPS);
  if (resolved === null) return null;
  const type = typeOf(resolved);
  if (type === null) return null;
  const cut: Record<string, unknown> = { type, ...described(resolved) };
  for (const keyword of COPIED[type] ?? [])
    if (isKept(keyword, resolved[keyword])) cut[keyword] = resolved[keyword];
  if (type === 'array') {
    const items = cutNode(resolved['items'], reading, depth + 1);
    return items === null ? null : { ...cut, items };
  }
  return type === 'object' ? cutObject(cut, resolved, reading, depth) : cut;
}

function cutObject(
  cut: Record<string, unknown>,
  node: SchemaNode,
  reading: Reading,
  depth: number,
): Record<string, unknown> | null {
  const given = isNode(node['properties']) ? node['properties'] : {};
  const required = Array.isArray(node['required']) ? (node['required'] as unknown[]) : [];
  const properties: Record<string, unknown> = {};
  for (const [name, inner] of Object.entries(given)) {
    const isNamed = NAME.test(name) && !(name in Object.prototype);
    const property = isNamed ? cutNode(inner, reading, depth + 1) : null;
    if (property !== null) properties[name] = property;
    else if (required.includes(name)) return null;
  }
  // An object whose names are free cannot be filled in by a model that may use declared ones only.
  if (depth > 1 && Object.keys(properties).length === 0) return null;
  const known = required.filter((name) => typeof name === 'string' && Object.hasOwn(properties, name));
  return { ...cut, properties, ...(known.length > 0 ? { required: known } : {}) };
}

/** Follows references inside the schema, and unions of one kind of value with null. */
function resolve(node: unknown, root: SchemaNode, hops: number): SchemaNode | null {
  if (!isNode(node) || hops === 0) return null;
  const { $ref: reference } = node;
  if (typeof reference === 'string') {
    const target = targetOf(reference, root);
    return target === null ? null : withOwn(resolve(target, root, hops - 1), node);
  }
  const union = [node['anyOf'], node['oneOf'], node['allOf']].find(Array.isArray) as unknown[] | undefined;
  if (!union) return node;
  const kinds = union.filter((kind) => !isNode(kind) || kind['type'] !== 'null');
  return kinds.length === 1 ? withOwn(resolve(kinds[0], root, hops - 1), node) : null;
}

/** Returns a node with the description of the one that refers to it. */
function withOwn(node: SchemaNode | null, referring: SchemaNode): SchemaNode | null {
  return node && typeof referring['description'] === 'string'
    ? { ...node, description: referring['description'] }
    : node;
}

function targetOf(reference: string, root: SchemaNode): unknown {
  const [, place, name] = /^#\/(\$defs|definitions)\/([^/~%]{1,200})$/.exec(reference) ?? [];
  const definitions = place === undefined ? undefined : root[place];
  return isNode(definitions) && name !== undefined && Object.hasOwn(definitions, name)
    ? definitions[name]
    : null;
}

function typeOf(node: SchemaNode): string | null {
  const types = [node['type']].flat().filter((type) => type !== 'null');
  const [type] = types;
  if (types.length === 1 && typeof type === 'string' && Object.hasOwn(COPIED, type)) return type;
  if (type !== undefined) return null;
  if (isNode(node['properties'])) return 'object';
  return Array.isArray(node['enum']) && node['enum'].every((value) => typeof value === 'string')
    ? 'string'
    : null;
}

function described({ description, const: only }: SchemaNode): Record<string, unknown> {
  const text = typeof description === 'string' ? description.trim().slice(0, MAX_DESCRIPTION) : '';
  return {
    ...(text === '' ? {} : { description: text.toWellFormed() }),
    ...(typeof only === 'string' ? { enum: [only] } : {}),
  };
}

function isKept(keyword: string, value: unknown): boolean {
  if (value === undefined) return false;
  if (keyword === 'format') return typeof value === 'string' && FORMATS.has(value);
  if (keyword === 'enum') return Array.isArray(value) && !value.includes(null);
  return typeof value === 'number' && Number.isFinite(value);
}

function isNode(value: unknown): value is SchemaNode {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
