import { z } from 'zod';
import { visibleText } from '../words/text.ts';
import {
  CALL_FACTS,
  parseUrlTemplate,
  placeholdersIn,
  secretsIn,
  textsIn,
  withoutSecrets,
  type UrlTemplate,
} from './http-template.ts';
import { checkParameters, declaredArguments } from './tool-parameters.ts';
import { jsonValueSchema } from './json-value.ts';

/*
 * Tools that are requests to a business system, declared in the content of an agent: no code of ours knows
 * them.
 */

/** Largest declaration, in characters of JSON: it travels with each call of the tool. */
const MAX_TOOL_LENGTH = 12_000;
const MAX_HEADERS = 10;
const MAX_SECRETS = 4;
const MAX_FIELDS = 32;
const MAX_TEMPLATE_LENGTH = 4_000;
const MAX_TEMPLATE_DEPTH = 6;
/** The longest time a request may take, in ms. */
const MAX_HTTP_TOOL_MS = 20_000;

const TOOL_NAME = /^[a-z][a-z0-9_]{2,63}$/;

/** Names of a tenant's secrets. */
export const secretNameSchema = z
  .string()
  .regex(/^[A-Z][A-Z0-9_]{0,63}$/, 'must be upper-case letters, digits and underscores, 64 at most');

/** Headers the worker sets, and those of the connection. */
const OUR_HEADERS: ReadonlySet<string> = new Set([
  'accept-encoding',
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'cookie',
  'expect',
  'host',
  'http2-settings',
  'idempotency-key',
  'keep-alive',
  'te',
  'trailer',
  'traceparent',
  'tracestate',
  'transfer-encoding',
  'upgrade',
]);

const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}$/;
const FIELD_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;
export const headerValueSchema = z
  .string()
  .min(1)
  .max(500)
  .regex(/^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/, 'must be printable ASCII');

const bodySchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('none') }),
  /** All arguments, as one JSON object. */
  z.object({ kind: z.literal('arguments') }),
  /** JSON in which `{name}` stands for an argument and `{call.…}` for a fact of the call. */
  z.object({ kind: z.literal('template'), template: z.unknown() }),
]);

export const fieldPathSchema = z
  .string()
  .max(200)
  .regex(
    /^[A-Za-z0-9_$-]+(?:\.[A-Za-z0-9_$-]+){0,9}$/,
    'must be names or positions joined by dots, such as order.items.0.title; ten at most',
  );

const sentenceSchema = visibleText(300);

/** Sentences for the model by outcome. `ok`: what to do with the result. */
export const toolSentencesSchema = z
  .object({
    ok: sentenceSchema,
    refused: sentenceSchema,
    failed: sentenceSchema,
    'timed-out': sentenceSchema,
  })
  .partial()
  .default({});

export const toolTimeoutSchema = z.number().int().min(500).max(MAX_HTTP_TOOL_MS).default(8_000);

export const toolResponseSchema = z
  .object({
    /** The parts the model is told: names, each with a path. Empty for the whole response. */
    fields: z
      .record(z.string(), fieldPathSchema)
      .refine((fields) => Object.keys(fields).length <= MAX_FIELDS, `must be at most ${MAX_FIELDS}`)
      .refine(
        (fields) => Object.keys(fields).every((name) => FIELD_NAME.test(name)),
        'must be named by letters, digits and underscores, 64 at most',
      )
      .default({}),
  })
  .prefault({});

/** Fixed texts; `{secret:NAME}` stands for a secret of the tenant. Checked by {@link headerProblems}. */
export const toolHeadersSchema = z.record(z.string(), headerValueSchema).default({});

const shape = z.object({
  /** The name the model uses. */
  name: z
    .string()
    .regex(TOOL_NAME, 'must begin with a letter, then lower-case letters, digits and underscores, 3 to 64'),
  /** Text for the model: the effect of the tool, and the situation to call it in. */
  description: visibleText(1_000),
  /** JSON Schema of the arguments. */
  parameters: z
    .record(z.string(), z.unknown())
    .superRefine(checkParameters)
    .default({ type: 'object', properties: {} }),
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']).default('GET'),
  /** `{name}` in segments of the path and values of the query only. */
  url: z.string().min(1).max(1_000),
  headers: toolHeadersSchema,
  /** By default all arguments for POST, PUT and PATCH, none for GET and DELETE. */
  body: bodySchema.optional(),
  timeoutMs: toolTimeoutSchema,
  response: toolResponseSchema,
  sentences: toolSentencesSchema,
  /** Dropped when the caller hangs up before it began. By default true for GET only. */
  cancellable: z.boolean().optional(),
  /**
   * Whether the same request twice does no more than once, so that it may be tried again. By default true for
   * GET only; other methods carry an Idempotency-Key in any case.
   */
  isSafeToRepeat: z.boolean().optional(),
  /** For what cannot be undone: it runs once the caller was asked and has answered. By default false. */
  confirm: z.boolean().optional(),
  /**
   * Sent by text message when the tool ends after the caller has hung up, and they agreed; `{name}` stands
   * for a field of the result or an argument.
   */
  lateText: visibleText(200).optional(),
});
type Shape = z.output<typeof shape>;

export const httpToolSchema = shape.superRefine((tool, context) => {
  for (const { path, message } of toolProblems(tool))
    context.addIssue({ code: 'custom', path: [...path], message });
});
export type HttpTool = z.output<typeof httpToolSchema>;

/** A tool with the sealed secrets its headers name: what a worker needs beside the arguments. */
export const httpToolRequestSchema = z.object({
  tool: httpToolSchema,
  secrets: z.record(secretNameSchema, z.string().max(8_192)),
});
export type HttpToolRequest = z.output<typeof httpToolRequestSchema>;

/** The purpose for which keys that seal tenants' secrets are derived. */
export const TENANT_SECRETS_PURPOSE = 'tenant-secrets';
/** The place a tenant's secret is bound to when sealed, so that it opens nowhere else. */
export const tenantSecretPlace = (tenantId: string, name: string): string =>
  `tenant-secret:${tenantId}:${name}`;

/** Returns the names of the secrets that a tool's headers need. */
export function secretNamesOf({ headers }: Pick<HttpTool, 'headers'>): string[] {
  return [...new Set(Object.values(headers).flatMap(secretsIn))];
}

/** @throws TypeError for a template that was never checked */
export function urlTemplateOf({ url }: Pick<HttpTool, 'url'>): UrlTemplate {
  const template = parseUrlTemplate(url);
  if (typeof template === 'string') throw new TypeError(`The URL of a tool ${template}.`);
  return template;
}

export function bodyOf({ body, method }: Pick<HttpTool, 'body' | 'method'>): NonNullable<HttpTool['body']> {
  return body ?? { kind: method === 'GET' || method === 'DELETE' ? 'none' : 'arguments' };
}

export const isSafeToRepeat = ({ isSafeToRepeat: isSafe, method }: HttpTool): boolean =>
  isSafe ?? method === 'GET';

export interface ToolProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

function toolProblems(tool: Shape): ToolProblem[] {
  if (JSON.stringify(tool).length > MAX_TOOL_LENGTH)
    return [{ path: [], message: `must be at most ${MAX_TOOL_LENGTH} characters of JSON` }];
  return [...urlProblems(tool), ...headerProblems(tool), ...bodyProblems(tool)];
}

function urlProblems({ url, parameters }: Shape): ToolProblem[] {
  const fault = (message: string): ToolProblem => ({ path: ['url'], message });
  const template = parseUrlTemplate(url);
  if (typeof template === 'string') return [fault(template)];
  const known = declaredArguments(parameters);
  const inPath = template.segments.flatMap((segment) => placeholdersIn(segment));
  return [
    ...unknownNames([url], parameters).map(fault),
    ...[...known]
      .filter(([name, { isRequired }]) => inPath.includes(name) && !isRequired)
      .map(([name]) => fault(`must have required arguments in its path: ${name} is optional`)),
    ...[...known]
      .filter(([name, { type }]) => placeholdersIn(url).includes(name) && /object|array/.test(String(type)))
      .map(([name]) => fault(`must not hold ${name}: it is no text, number or boolean`)),
  ];
}

/** Returns the faults of headers that may name secrets. */
export function headerProblems({ headers }: Pick<Shape, 'headers'>): ToolProblem[] {
  const names = Object.keys(headers).map((name) => name.toLowerCase());
  const problems = Object.entries(headers).flatMap(([name, value]): ToolProblem[] => {
    const message = headerProblem(name, value);
    return message === null ? [] : [{ path: ['headers', name], message }];
  });
  const fault = (message: string): ToolProblem => ({ path: ['headers'], message });
  if (names.length > MAX_HEADERS) problems.push(fault(`must be at most ${MAX_HEADERS}`));
  if (new Set(names).size < names.length) problems.push(fault('must not have one name twice'));
  if (secretNamesOf({ headers }).length > MAX_SECRETS)
    problems.push(fault(`must name at most ${MAX_SECRETS} secrets`));
  return problems;
}

function headerProblem(name: string, value: string): string | null {
  if (!HEADER_NAME.test(name)) return 'is not a header name';
  if (OUR_HEADERS.has(name.toLowerCase()) || /^proxy-/i.test(name)) return 'is a header Tandem sets itself';
  const isOnlySecrets = !/[{}]/.test(withoutSecrets(value));
  return isOnlySecrets ? null : 'must hold no braces but {secret:NAME}';
}

function bodyProblems(tool: Shape): ToolProblem[] {
  const body = bodyOf(tool);
  const fault = (message: string, ...at: string[]): ToolProblem => ({ path: ['body', ...at], message });
  if (tool.method === 'GET' && body.kind !== 'none') return [fault('must be left out for GET')];
  if (body.kind !== 'template') return [];
  if (depthOf(body.template) > MAX_TEMPLATE_DEPTH)
    return [fault(`is nested deeper than ${MAX_TEMPLATE_DEPTH} levels`, 'template')];
  const template = jsonValueSchema.safeParse(body.template);
  if (!template.success) return [fault('must be JSON', 'template')];
  if (JSON.stringify(template.data).length > MAX_TEMPLATE_LENGTH)
    return [fault(`must be at most ${MAX_TEMPLATE_LENGTH} characters`, 'template')];
  return unknownNames(textsIn(template.data), tool.parameters).map((message) => fault(message, 'template'));
}

function unknownNames(texts: readonly string[], parameters: Shape['parameters']): string[] {
  const known = [...declaredArguments(parameters).keys(), ...CALL_FACTS];
  return [...new Set(texts.flatMap((text) => placeholdersIn(text)))]
    .filter((name) => !known.includes(name))
    .map((name) => `must name arguments only: {${name}} is none; there are ${known.join(', ')}`);
}

/** Returns how deep a value is nested: 1 for a text, 2 for a list of texts. */
export function depthOf(value: unknown, limit = 64): number {
  if (typeof value !== 'object' || value === null || limit === 0) return 1;
  return 1 + Math.max(0, ...Object.values(value).map((inner) => depthOf(inner, limit - 1)));
}
