import type { OpenAPIObject } from '@nestjs/swagger';

/*
 * Examples of the OpenAPI document. A schema says its own by `.meta({ example })`, as a whole or by field;
 * here they become the examples of bodies and parameters.
 */

type Json = Readonly<Record<string, unknown>>;

/** Values of fields that need no words of their own. */
const BY_FORMAT: Readonly<Record<string, unknown>> = {
  uuid: '7a0c1d3e-0000-4000-8000-000000000001',
  'date-time': '2027-03-01T14:05:11.000Z',
};
const METHODS = ['get', 'put', 'post', 'patch', 'delete'];
/** Schemas that refer to themselves end here. */
const MAX_DEPTH = 12;

/** Gives each body and parameter of the document the example of its schema, where it has none yet. */
export function addExamples(document: OpenAPIObject): void {
  for (const path of Object.values(document.paths as Record<string, Json>))
    for (const method of METHODS) {
      const operation = path[method] as Json | undefined;
      if (operation) addToOperation(operation);
    }
}

function addToOperation({ parameters, requestBody, responses }: Json): void {
  for (const parameter of (parameters ?? []) as Json[]) {
    const { example } = (parameter['schema'] ?? {}) as Json;
    if (example !== undefined) Object.assign(parameter, { example });
  }
  const successes = Object.entries((responses ?? {}) as Json).filter(([status]) => status.startsWith('2'));
  for (const part of [requestBody, ...successes.map(([, response]) => response)])
    for (const media of Object.values(
      ((part as Json | undefined)?.['content'] ?? {}) as Record<string, Json>,
    ))
      addToMedia(media);
}

function addToMedia(media: Json): void {
  if (media['example'] !== undefined || media['examples'] !== undefined) return;
  const example = exampleOf(media['schema']);
  if (example !== undefined) Object.assign(media, { example });
}

/** Returns the example of a schema, put together from those of its fields; undefined when one is missing. */
function exampleOf(schema: unknown, depth = 0): unknown {
  if (typeof schema !== 'object' || schema === null || depth > MAX_DEPTH) return undefined;
  const own = schema as Json;
  if (own['example'] !== undefined) return own['example'];
  if (own['default'] !== undefined) return own['default'];
  if (Array.isArray(own['enum'])) return own['enum'][0] as unknown;
  for (const kind of ['anyOf', 'oneOf', 'allOf'])
    if (Array.isArray(own[kind])) return exampleOf(own[kind][0], depth + 1);
  return exampleOfType(own, depth);
}

function exampleOfType(schema: Json, depth: number): unknown {
  const types = [schema['type']].flat();
  if (types.includes('object')) return exampleOfObject(schema, depth);
  if (types.includes('array')) {
    const item = exampleOf(schema['items'], depth + 1);
    return item === undefined ? undefined : [item];
  }
  if (types.includes('boolean')) return false;
  return BY_FORMAT[String(schema['format'])] ?? (types.includes('null') ? null : undefined);
}

function exampleOfObject({ properties = {}, required = [] }: Json, depth: number): unknown {
  const fields = Object.entries(properties as Json).map(([name, of]) => [name, exampleOf(of, depth + 1)]);
  const given = Object.fromEntries(fields.filter(([, value]) => value !== undefined)) as Json;
  return (required as readonly string[]).every((name) => name in given) ? given : undefined;
}
