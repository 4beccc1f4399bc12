import type { JsonValue } from './json-value.ts';

/*
 * Templates of requests. `{name}` stands for an argument, `{call.name}` for a fact of the call, which the
 * model cannot choose.
 */

/** Facts of the call that templates may use. A fact that is not known is left out like an absent argument. */
export const CALL_FACTS = [
  'call.id',
  'call.callerNumber',
  'call.dialledNumber',
  'call.language',
  'call.timeZone',
] as const;
export type CallFact = (typeof CALL_FACTS)[number];

/** Values of a template, by the name in braces. */
export type TemplateValues = Readonly<Record<string, JsonValue | undefined>>;

/** The form of what stands in braces: a global expression whose one group is the name. */
export type PlaceholderForm = RegExp;

/** Names of arguments, and of facts of a call. */
export const ARGUMENT_NAMES: PlaceholderForm = /\{((?:call\.)?[A-Za-z_][A-Za-z0-9_]{0,63})\}/g;
/** Paths into an event: `{event.id}`, `{data.contact.phone}`, and `{found.id}` of a record found before. */
export const EVENT_PATHS: PlaceholderForm = /\{((?:event|data|found)(?:\.[A-Za-z0-9_]{1,64}){1,9})\}/g;

const SECRET = /\{secret:([A-Z][A-Z0-9_]{0,63})\}/g;

export function placeholdersIn(text: string, form = ARGUMENT_NAMES): string[] {
  return [...text.matchAll(form)].map(([, name = '']) => name);
}

export function secretsIn(text: string): string[] {
  return [...text.matchAll(SECRET)].map(([, name = '']) => name);
}

/** Returns a text without its names of secrets. */
export const withoutSecrets = (text: string): string => text.replace(SECRET, '');

/** Returns a header with its secrets put in; null when one is missing. */
export function fillSecrets(text: string, secret: (name: string) => string | null): string | null {
  let isMissing = false;
  const filled = text.replace(SECRET, (_whole, name: string) => {
    const value = secret(name);
    isMissing ||= value === null;
    return value ?? '';
  });
  return isMissing ? null : filled;
}

/** A template of a URL, in parts. Only path and query hold placeholders. */
export interface UrlTemplate {
  /** Scheme, host and port. */
  readonly origin: string;
  /** Segments of the path, without slashes. */
  readonly segments: readonly string[];
  readonly query: readonly { readonly name: string; readonly value: string | null }[];
}

const URL_TEMPLATE = /^(https?:\/\/[A-Za-z0-9._~:[\]-]+)((?:\/[^/?#\\]*)*)(?:\?([^#\\]*))?$/;

/** Returns the parts of a URL template, or what is wrong with it. */
export function parseUrlTemplate(text: string, form = ARGUMENT_NAMES): UrlTemplate | string {
  if (/[^\x21-\x7e]/.test(text)) return 'must be ASCII without spaces; write other characters as %…';
  const [, origin, path = '', query] = URL_TEMPLATE.exec(text) ?? [];
  if (origin === undefined)
    return (
      'must be a URL such as https://api.example.com/orders/{orderId}; scheme, host and port hold no ' +
      'placeholders and no credentials'
    );
  const segments = path === '' ? [] : path.slice(1).split('/');
  if (segments.some(isDots)) return 'must not have "." or ".." in its path';
  const parts = (query ?? '').split('&').filter((part) => part !== '');
  const pairs = parts.map((part) => {
    const [name = '', ...rest] = part.split('=');
    return { name, value: rest.length === 0 ? null : rest.join('=') };
  });
  if (pairs.some(({ name, value }) => /[{}]/.test(name) || (value === null && name === '')))
    return 'must have placeholders in the values of its query only';
  const stray = [...segments, ...pairs.map(({ value }) => value ?? '')].find((part) =>
    /[{}]/.test(part.replace(form, '')),
  );
  return stray === undefined
    ? { origin, segments, query: pairs }
    : `must not have braces that name nothing: ${stray}`;
}

/**
 * Returns the URL of a request, or what is wrong with the values. A parameter of the query whose value is one
 * placeholder without value is left out.
 */
export function fillUrl(
  { origin, segments, query }: UrlTemplate,
  values: TemplateValues,
  form = ARGUMENT_NAMES,
): { readonly url: string } | { readonly problem: string } {
  const filled: string[] = [];
  for (const segment of segments) {
    const missing = placeholdersIn(segment, form).find((name) => textOf(values[name]) === '');
    if (missing !== undefined) return { problem: `${missing}: is needed` };
    const text = fillEncoded(segment, values, form);
    if (isDots(text)) return { problem: `${placeholdersIn(segment, form).join(', ')}: must not be dots` };
    filled.push(text);
  }
  const pairs = query.flatMap(({ name, value }) => {
    if (value === null) return [name];
    const only = onlyPlaceholder(value, form);
    if (only !== undefined && (values[only] ?? null) === null) return [];
    return [`${name}=${fillEncoded(value, values, form)}`];
  });
  const url = `${origin}/${filled.join('/')}${pairs.length > 0 ? `?${pairs.join('&')}` : ''}`;
  return { url };
}

/**
 * Returns a JSON template with its values. A text that is one placeholder becomes the value itself; without a
 * value its property is left out. Undefined when the whole template is.
 */
export function fillJson(
  template: JsonValue,
  values: TemplateValues,
  form = ARGUMENT_NAMES,
): JsonValue | undefined {
  if (typeof template === 'string') {
    const only = onlyPlaceholder(template, form);
    return only === undefined
      ? template.replace(form, (_whole, name: string) => textOf(values[name]))
      : values[only];
  }
  if (Array.isArray(template)) return template.map((item) => fillJson(item, values, form) ?? null);
  if (typeof template !== 'object' || template === null) return template;
  const filled = Object.entries(template).map(
    ([name, item]) => [name, fillJson(item, values, form)] as const,
  );
  return Object.fromEntries(filled.filter((entry): entry is [string, JsonValue] => entry[1] !== undefined));
}

/** Returns every text in a JSON template. */
export function textsIn(template: JsonValue): string[] {
  if (typeof template === 'string') return [template];
  return typeof template === 'object' && template !== null ? Object.values(template).flatMap(textsIn) : [];
}

/** Whether a segment of a path leads elsewhere in it: browsers' URLs take %2e for a dot. */
function isDots(segment: string): boolean {
  return /^(?:\.|%2e){1,2}$/i.test(segment);
}

/** Returns the name of a text that is one placeholder and nothing else. */
function onlyPlaceholder(text: string, form: PlaceholderForm): string | undefined {
  return new RegExp(`^${form.source}$`).exec(text)?.[1];
}

function fillEncoded(text: string, values: TemplateValues, form: PlaceholderForm): string {
  return text.replace(form, (_whole, name: string) =>
    encodeURIComponent(textOf(values[name]).toWellFormed()),
  );
}

function textOf(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
