import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { asArray, type JsonObject, type Typed } from './json.ts';
import { clientSchema, serverSchema, type NullStyle, type Schema, type SchemaSet } from './schema.ts';

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
