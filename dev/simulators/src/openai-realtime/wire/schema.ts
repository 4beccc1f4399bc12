import { readFileSync } from 'node:fs';
import { asArray, isObject, type JsonObject } from './json.ts';
import { CLIENT_AMENDMENTS, SERVER_AMENDMENTS, type Amendment } from './schema-amendments.ts';

/** One node of a JSON Schema, in the keywords the published description uses. */
export type Schema = JsonObject;

export interface SchemaSet {
  readonly $defs: Record<string, Schema>;
}

// Sources and build output lie equally deep, so this path holds from both.
const FILE = new URL('../../../src/openai-realtime/wire/openai-realtime.schema.json', import.meta.url);

let published: SchemaSet | undefined;

/** The published description as it is, read once. */
export function publishedSchema(): SchemaSet {
  return (published ??= JSON.parse(readFileSync(FILE, 'utf8')) as SchemaSet);
}

type Visit = (node: Schema) => void;

/** Calls `visit` on every schema node, children first. */
function walk(node: unknown, visit: Visit): void {
  if (!isObject(node)) return;
  for (const keyword of ['properties', '$defs']) {
    const map = node[keyword];
    if (isObject(map)) for (const child of Object.values(map)) walk(child, visit);
  }
  for (const keyword of ['anyOf', 'oneOf']) for (const child of asArray(node[keyword])) walk(child, visit);
  walk(node['items'], visit);
  walk(node['additionalProperties'], visit);
  visit(node);
}

/**
 * The description's `oneOf`s overlap (`conversation: "none"` fits both of its branches), so they mean
 * `anyOf`.
 */
function looseUnions(node: Schema): void {
  if (node['oneOf'] === undefined) return;
  node['anyOf'] = [...asArray(node['anyOf']), ...asArray(node['oneOf'])];
  delete node['oneOf'];
}

/** The real server refuses fields it does not know, which the description does not say. */
function refuseUnknown(node: Schema): void {
  if (isObject(node['properties']) && node['additionalProperties'] === undefined)
    node['additionalProperties'] = false;
}

function amend(set: SchemaSet, amendments: readonly Amendment[]): void {
  for (const { path, also } of amendments) {
    const keys = path.split('.');
    const last = keys.pop() as string;
    let owner: JsonObject = set.$defs;
    for (const key of keys) owner = owner[key] as JsonObject;
    const existing = owner[last];
    if (!isObject(existing))
      throw new Error(
        `The published schema has no ${path}: it has changed, so the amendments must be reviewed.`,
      );
    const branches = existing['anyOf'] === undefined ? [existing] : asArray(existing['anyOf']);
    owner[last] = { anyOf: [...branches, also] };
  }
}

function build(amendments: readonly Amendment[], alter: Visit): SchemaSet {
  const set = structuredClone(publishedSchema());
  amend(set, amendments);
  walk(set, alter);
  return set;
}

let client: SchemaSet | undefined;

/**
 * Returns the schema of client events: the published one, amended, with unknown fields refused at every
 * level.
 */
export function clientSchema(): SchemaSet {
  return (client ??= build(CLIENT_AMENDMENTS, (node) => {
    looseUnions(node);
    refuseUnknown(node);
  }));
}

/**
 * `observed` sends the nulls that recordings show; `schema` sends only those the published schema allows.
 */
export type NullStyle = 'observed' | 'schema';

const serverSets = new Map<NullStyle, SchemaSet>();

/** Returns the schema of server events, amended where recordings show nulls. */
export function serverSchema(nulls: NullStyle): SchemaSet {
  let set = serverSets.get(nulls);
  if (!set) {
    set = build(nulls === 'observed' ? SERVER_AMENDMENTS : [], looseUnions);
    serverSets.set(nulls, set);
  }
  return set;
}
