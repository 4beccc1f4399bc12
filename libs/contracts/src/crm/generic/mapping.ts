import { z } from 'zod';
import type { WebhookBody } from '../../events/business-event.ts';
import {
  EVENT_PATHS,
  fillJson,
  fillUrl,
  parseUrlTemplate,
  placeholdersIn,
  textsIn,
  type TemplateValues,
} from '../../tools/http-template.ts';
import {
  depthOf,
  fieldPathSchema,
  headerProblems,
  headerValueSchema,
  type ToolProblem,
} from '../../tools/http-tool.ts';
import { jsonValueSchema, lookUp, type JsonValue } from '../../tools/json-value.ts';
import { crmEventSchema, type CrmEventType } from '../crm-event.ts';
import { sampleEvent } from '../sample-events.ts';

/*
 * How events become requests to a CRM that speaks JSON over HTTP. Templates have the form of those of HTTP
 * tools; in braces stand paths into the event.
 */

const MAX_BODY_LENGTH = 8_000;
const MAX_BODY_DEPTH = 10;
const MAX_URL_LENGTH = 2_048;
/** Largest settings, in characters of JSON. */
const MAX_SETTINGS_LENGTH = 48_000;

const urlSchema = z.string().trim().min(1).max(1_000);
const bodySchema = z
  .unknown()
  .optional()
  .describe('JSON with paths in braces, such as `{data.contact.phone}`. Left out: the whole event.');
const requestSchema = z.strictObject({
  method: z.enum(['POST', 'PUT', 'PATCH', 'DELETE']).default('POST'),
  url: urlSchema,
  body: bodySchema,
});
type MappedRequest = z.output<typeof requestSchema>;

const operationSchema = z.strictObject({
  search: z
    .strictObject({
      method: z.enum(['GET', 'POST']).default('GET'),
      url: urlSchema,
      body: bodySchema,
      idPath: fieldPathSchema.describe('Where the id of the record stands in the response.'),
    })
    .optional()
    .describe('Asked first: with a record found, `update` is sent, otherwise `send`.'),
  send: requestSchema.describe('Sent when there is no `search`, or it found nothing.'),
  update: requestSchema
    .optional()
    .describe('Sent with `{found.id}` when `search` found a record; left out: nothing is sent then.'),
});
export type CrmOperation = z.output<typeof operationSchema>;

const shape = z.strictObject({
  headers: z
    .record(z.string(), headerValueSchema)
    .default({})
    .describe('Sent with every request. `{secret:NAME}` stands for a secret of the tenant.'),
  events: z
    .partialRecord(crmEventSchema, operationSchema)
    .refine((events) => Object.keys(events).length > 0, 'must have a request for at least one event'),
  test: z
    .strictObject({ method: z.enum(['GET', 'POST']).default('GET'), url: urlSchema, body: bodySchema })
    .optional()
    .describe('The request of `POST /:id/test`.'),
});
type Shape = z.output<typeof shape>;

export const genericSettingsSchema = shape.superRefine((settings, context) => {
  for (const { path, message } of settingsProblems(settings))
    context.addIssue({ code: 'custom', path: [...path], message });
});
export type GenericSettings = z.output<typeof genericSettingsSchema>;

export interface RenderedRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  /** Secrets stand in them by name. */
  readonly headers: Readonly<Record<string, string>>;
  /** Null for none. */
  readonly body: string | null;
}

export const isProblem = <Value extends object>(
  value: Value | { readonly problem: string },
): value is { readonly problem: string } => 'problem' in value;

/**
 * Returns the request for an event, or what its values lack.
 * @param foundId the id of the record a search found; null for none
 */
export function renderRequest(
  headers: Shape['headers'],
  { method, url, body }: Pick<RenderedRequest, 'method' | 'url'> & { readonly body?: unknown },
  event: WebhookBody,
  foundId: string | null,
): RenderedRequest | { readonly problem: string } {
  const template = parseUrlTemplate(url, EVENT_PATHS);
  if (typeof template === 'string') return { problem: `The URL ${template}.` };
  const values = valuesOf([url, ...textsIn((body ?? null) as JsonValue)], event, foundId);
  const target = fillUrl(template, values, EVENT_PATHS);
  if (isProblem(target)) return target;
  if (target.url.length > MAX_URL_LENGTH) return { problem: 'the URL is too long with these values' };
  const own = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  const text = bodyText(method, body, event, values);
  return {
    method,
    url: target.url,
    headers: {
      accept: 'application/json',
      'user-agent': 'Tandem',
      ...Object.fromEntries(own),
      ...(text === null ? {} : { 'content-type': 'application/json' }),
      ...(method === 'GET' ? {} : { 'idempotency-key': event.id }),
    },
    body: text,
  };
}

/** Returns the values of placeholders; one that the event does not have is left out. */
export function valuesOf(
  texts: readonly string[],
  event: WebhookBody,
  foundId: string | null,
): TemplateValues {
  const { data, ...head } = event;
  const found = foundId === null ? {} : { id: foundId };
  const root = { event: head, data, found } as unknown as JsonValue;
  const names = new Set(texts.flatMap((text) => placeholdersIn(text, EVENT_PATHS)));
  return Object.fromEntries([...names].map((name) => [name, lookUp(root, name)]));
}

function bodyText(
  method: RenderedRequest['method'],
  template: unknown,
  event: WebhookBody,
  values: TemplateValues,
): string | null {
  if (template !== undefined)
    return JSON.stringify(fillJson(template as JsonValue, values, EVENT_PATHS) ?? null);
  return method === 'GET' || method === 'DELETE' ? null : JSON.stringify(event);
}

function settingsProblems(settings: Shape): ToolProblem[] {
  if (JSON.stringify(settings).length > MAX_SETTINGS_LENGTH)
    return [{ path: [], message: `must be at most ${MAX_SETTINGS_LENGTH} characters of JSON` }];
  const { events, test, headers } = settings;
  return [
    ...headerProblems({ headers }),
    ...(test ? requestProblems(test, ['test'], { knownFields: null, hasFound: false }) : []),
    ...Object.entries(events).flatMap(([type, operation]) =>
      operationProblems(type as CrmEventType, operation),
    ),
  ];
}

function operationProblems(type: CrmEventType, { search, send, update }: CrmOperation): ToolProblem[] {
  const at = ['events', type];
  const knownFields = new Set(Object.keys(sampleEvent(type).data));
  const before = { knownFields, hasFound: false };
  return [
    ...(update && !search ? [{ path: [...at, 'update'], message: 'needs a `search` before it' }] : []),
    ...(search ? requestProblems(search, [...at, 'search'], before) : []),
    ...requestProblems(send, [...at, 'send'], before),
    ...(update ? requestProblems(update, [...at, 'update'], { knownFields, hasFound: true }) : []),
  ];
}

/** The places that paths of a request can lead to. */
interface Reach {
  /** Fields of `data`; null when there is none. */
  readonly knownFields: ReadonlySet<string> | null;
  readonly hasFound: boolean;
}

function requestProblems(
  { method, url, body }: Pick<MappedRequest, 'url' | 'body'> & { readonly method: string },
  at: readonly string[],
  reach: Reach,
): ToolProblem[] {
  const template = parseUrlTemplate(url, EVENT_PATHS);
  const urlAt = [...at, 'url'];
  if (typeof template === 'string') return [{ path: urlAt, message: template }];
  const problems = pathProblems([url], reach).map((message) => ({ path: urlAt, message }));
  return body === undefined ? problems : [...problems, ...bodyProblems(method, body, [...at, 'body'], reach)];
}

function bodyProblems(method: string, body: unknown, at: readonly string[], reach: Reach): ToolProblem[] {
  const fault = (message: string): ToolProblem => ({ path: at, message });
  if (method === 'GET') return [fault('must be left out for GET')];
  if (depthOf(body) > MAX_BODY_DEPTH) return [fault(`is nested deeper than ${MAX_BODY_DEPTH} levels`)];
  const json = jsonValueSchema.safeParse(body);
  if (!json.success) return [fault('must be JSON')];
  if (JSON.stringify(json.data).length > MAX_BODY_LENGTH)
    return [fault(`must be at most ${MAX_BODY_LENGTH} characters`)];
  const stray = textsIn(json.data).find((text) => /\{[^{}]*\}/.test(text.replace(EVENT_PATHS, '')));
  if (stray !== undefined) return [fault(`must not have braces that name nothing: ${stray.slice(0, 100)}`)];
  return placesOf(json.data, at).flatMap(({ path, text }) =>
    pathProblems([text], reach).map((message) => ({ path, message })),
  );
}

/** Returns every text of a template with its place. */
function placesOf(
  value: JsonValue,
  at: readonly string[],
): { readonly path: readonly string[]; readonly text: string }[] {
  if (typeof value === 'string') return [{ path: at, text: value }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => placesOf(inner, [...at, name]));
}

const HEAD_FIELDS: ReadonlySet<string> = new Set([
  'id',
  'type',
  'timestamp',
  'tenantId',
  'subject',
  'sequence',
]);

function pathProblems(texts: readonly string[], { knownFields, hasFound }: Reach): string[] {
  return texts
    .flatMap((text) => placeholdersIn(text, EVENT_PATHS))
    .flatMap((name) => {
      const [root, field = ''] = name.split('.');
      if (root === 'found' && !(hasFound && name === 'found.id'))
        return [`must not name {${name}}: there is only {found.id}, and only in \`update\``];
      if (root === 'event' && !HEAD_FIELDS.has(field))
        return [`must not name {${name}}: an event has ${[...HEAD_FIELDS].join(', ')}`];
      if (root !== 'data' || knownFields?.has(field)) return [];
      return [`must not name {${name}}: data has ${[...(knownFields ?? ['nothing'])].join(', ')}`];
    });
}
