import { z } from 'zod';

/* What an OpenAPI document of ours must keep to; the specs of the services hold it against theirs. */

type Json = Readonly<Record<string, unknown>>;

/** Parameters that say by themselves what to send. */
const SPEAKS_FOR_ITSELF = ['integer', 'number', 'boolean'];

/**
 * Returns the faults of the document's examples: a body of a request or of a success, or a parameter of free
 * text, that has none, or one that is not valid by its schema. Bodies without a schema need no example.
 */
export function exampleFaults(document: unknown): string[] {
  const { paths, components } = document as { paths: Record<string, Json>; components?: Json };
  const definitions = (components?.['schemas'] ?? {}) as Json;
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).flatMap(([method, operation]) =>
      partsOf(operation as Json).flatMap(([part, schema, example]) => {
        const fault = faultOf(schema, example, definitions);
        return fault === null ? [] : [`${method.toUpperCase()} ${path}, ${part}: ${fault}`];
      }),
    ),
  );
}

type Part = readonly [name: string, schema: Json, example: unknown];

function partsOf({ parameters = [], requestBody, responses = {} }: Json): Part[] {
  const successes = Object.entries(responses as Json).filter(([status]) => status.startsWith('2'));
  return [
    ...(parameters as Json[]).flatMap(partOfParameter),
    ...mediaOf('request', requestBody),
    ...successes.flatMap(([status, response]) => mediaOf(status, response)),
  ];
}

function partOfParameter({ name, schema = {}, example }: Json): Part[] {
  const of = schema as Json;
  const isClear =
    of['enum'] !== undefined || of['format'] !== undefined || SPEAKS_FOR_ITSELF.includes(String(of['type']));
  return isClear && example === undefined ? [] : [[String(name), of, example]];
}

function mediaOf(name: string, part: unknown): Part[] {
  const content = ((part as Json | undefined)?.['content'] ?? {}) as Record<string, Json>;
  return Object.entries(content).flatMap(([type, { schema, example, examples }]): Part[] => {
    if (schema === undefined) return [];
    const [first] = Object.values((examples ?? {}) as Record<string, Json>);
    return [[`${name} ${type}`, schema as Json, example ?? first?.['value']]];
  });
}

function faultOf(schema: Json, example: unknown, definitions: Json): string | null {
  if (example === undefined) return 'has no example';
  const whole = JSON.stringify({ ...schema, $defs: definitions }).replaceAll(
    '#/components/schemas/',
    '#/$defs/',
  );
  const read = z
    .fromJSONSchema(JSON.parse(whole) as Parameters<typeof z.fromJSONSchema>[0])
    .safeParse(example);
  return read.success ? null : `the example is not valid: ${z.prettifyError(read.error)}`;
}
