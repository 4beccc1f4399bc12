import { readFileSync } from 'node:fs';
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { asArray, isObject, type JsonObject, type Typed } from './json.ts';

/** One node of a JSON Schema, in the keywords the published description uses. */
export type Schema = JsonObject;

export interface SchemaSet {
  readonly $defs: Record<string, Schema>;
}

// Sources and build output lie equally deep, so this path holds from both.
const FILE = new URL('../../../src/openai-realtime/wire/openai-realtime.schema.json', import.meta.url);

const NULL: Schema = { type: 'null' };

/**
 * Values the server takes although the published schema leaves them out.
 * - `null` for noise reduction and transcription: the prose of the same description.
 * - `item_reference` in a response's `input`: the prose of `response.create` ("references to existing
 *   Items").
 */
export const CLIENT_AMENDMENTS: readonly { readonly path: string; readonly also: Schema }[] = [
  ...['RealtimeSessionCreateRequestGA', 'RealtimeTranscriptionSessionCreateRequestGA'].flatMap((name) => [
    { path: `${name}.properties.audio.properties.input.properties.noise_reduction`, also: NULL },
    { path: `${name}.properties.audio.properties.input.properties.transcription`, also: NULL },
  ]),
  {
    path: 'RealtimeResponseCreateParams.properties.input.items',
    also: {
      type: 'object',
      properties: { type: { type: 'string', enum: ['item_reference'] }, id: { type: 'string' } },
      required: ['type', 'id'],
    },
  },
];

/**
 * `null`s that recorded server events carry although the published schema does not allow them.
 * With `nulls: 'schema'` the simulator leaves these fields out instead.
 */
export const SERVER_AMENDMENTS: readonly { readonly path: string; readonly also: Schema }[] = [
  ...['RealtimeSessionCreateResponseGA', 'RealtimeTranscriptionSessionCreateResponseGA'].flatMap((name) => [
    { path: `${name}.properties.audio.properties.input.properties.noise_reduction`, also: NULL },
    { path: `${name}.properties.audio.properties.input.properties.transcription`, also: NULL },
    { path: `${name}.properties.include`, also: NULL },
  ]),
  { path: 'RealtimeResponse.properties.status_details', also: NULL },
  { path: 'RealtimeResponse.properties.usage', also: NULL },
  { path: 'RealtimeResponse.properties.conversation_id', also: NULL },
  { path: 'RealtimeConversationItemMessageUser.properties.content.items.properties.transcript', also: NULL },
];

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

function amend(set: SchemaSet, amendments: typeof CLIENT_AMENDMENTS): void {
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

function build(amendments: typeof CLIENT_AMENDMENTS, alter: Visit): SchemaSet {
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

function serverSchema(nulls: NullStyle): SchemaSet {
  let set = serverSets.get(nulls);
  if (!set) {
    set = build(nulls === 'observed' ? SERVER_AMENDMENTS : [], looseUnions);
    serverSets.set(nulls, set);
  }
  return set;
}

/** The event types of a union such as `RealtimeClientEvent`, each with the name of its definition. */
function eventDefinitions(set: SchemaSet, union: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const branch of asArray(set.$defs[union]?.['anyOf'])) {
    const name = String((branch as Schema)['$ref']).replace('#/$defs/', '');
    const type = ((set.$defs[name]?.['properties'] as JsonObject | undefined)?.['type'] ?? {}) as Schema;
    for (const value of type['const'] === undefined ? asArray(type['enum']) : [type['const']])
      found.set(String(value), name);
  }
  return found;
}

class Validators {
  private readonly ajv = new Ajv2020({ strict: false, validateFormats: false });
  private readonly byType = new Map<string, ValidateFunction>();
  readonly types: ReadonlyMap<string, string>;

  constructor(set: SchemaSet, union: string) {
    this.types = eventDefinitions(set, union);
    this.ajv.addSchema({ $id: 'events', $defs: set.$defs });
  }

  of(type: string): ValidateFunction | undefined {
    const name = this.types.get(type);
    if (!name) return undefined;
    let validate = this.byType.get(type);
    if (!validate) {
      validate = this.ajv.compile({ $ref: `events#/$defs/${name}` });
      this.byType.set(type, validate);
    }
    return validate;
  }
}

let clientValidators: Validators | undefined;
const serverValidators = new Map<NullStyle, Validators>();

/** Client event types in the order of the description, each with its definition's name. */
export function clientEventTypes(): ReadonlyMap<string, string> {
  return (clientValidators ??= new Validators(clientSchema(), 'RealtimeClientEvent')).types;
}

/** Compiles every check of client events now, so that no session waits for it. */
export function compileClientChecks(): void {
  for (const type of clientEventTypes().keys()) clientValidators?.of(type);
}

/** Returns whether a client event of a known type fits the amended schema. */
export function fitsClientSchema(event: Typed): boolean {
  clientEventTypes();
  return clientValidators?.of(event.type)?.(event) === true;
}

/**
 * Returns the fault of a server event, or null. Events of types the description does not have are faults.
 */
export function serverEventFault(event: Typed, nulls: NullStyle): string | null {
  let validators = serverValidators.get(nulls);
  if (!validators) {
    validators = new Validators(serverSchema(nulls), 'RealtimeServerEvent');
    serverValidators.set(nulls, validators);
  }
  const { type } = event;
  const validate = validators.of(type);
  if (!validate) return `${type} is not a server event`;
  const fits: boolean = validate(event);
  return fits ? null : `${type}: ${describe(validate.errors)}`;
}

function describe(errors: readonly ErrorObject[] | null | undefined): string {
  return (errors ?? [])
    .map((error) => `${error.instancePath || '/'} ${error.message ?? error.keyword}`)
    .join('; ');
}
