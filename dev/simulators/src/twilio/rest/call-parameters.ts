import { type DocumentSource, type Fallback, getOrPost } from '../documents/document-source.ts';
import type { DialledParty } from '../leg/callee.ts';
import { PROGRESS_EVENTS, type ProgressEvent, type StatusCallbackConfig } from '../leg/status-callbacks.ts';
import { invalidParameter, RestError } from './rest-error.ts';

export type MachineDetection = 'Enable' | 'DetectMessageEnd';

/** A checked `POST Calls.json`. */
export interface CallRequest {
  readonly to: string;
  readonly from: string;
  readonly kind: DialledParty['kind'];
  readonly source: DocumentSource;
  readonly fallback: Fallback | null;
  readonly statusCallback: StatusCallbackConfig | null;
  readonly timeoutMs: number;
  readonly timeLimitMs: number | undefined;
  readonly sendDigits: string | null;
  readonly detection: {
    readonly mode: MachineDetection;
    readonly isAsync: boolean;
    readonly callback: { readonly url: string; readonly method: 'GET' | 'POST' } | null;
  } | null;
}

const E164 = /^\+[1-9]\d{1,14}$/;

function partyKind(to: string): DialledParty['kind'] {
  if (to.startsWith('sip:')) return 'sip';
  return to.startsWith('client:') ? 'client' : 'number';
}

function integer(form: URLSearchParams, name: string, from: number, to: number): number | undefined {
  const text = form.get(name);
  if (text === null || text === '') return undefined;
  const value = /^\d{1,7}$/.test(text) ? Number(text) : NaN;
  if (!(value >= from && value <= to)) throw invalidParameter(`Invalid parameter ${name}: ${text}`);
  return value;
}

function absoluteUrl(form: URLSearchParams, name: string): string | null {
  const url = form.get(name);
  if (url === null || url === '') return null;
  if (!URL.canParse(url) || !/^https?:/.test(url))
    throw new RestError(400, 21_205, `${name} is not a valid URL: ${url}`);
  return url;
}

/** `Url` or `Twiml`, exactly one of them; null when there is neither. */
export function readSource(form: URLSearchParams, purpose: 'voice' | 'update'): DocumentSource | null {
  const url = absoluteUrl(form, 'Url');
  const twiml = form.get('Twiml');
  if (url !== null && twiml !== null) throw invalidParameter('Url and Twiml exclude each other');
  if (url !== null)
    return { kind: 'url', url, method: getOrPost(form.get('Method')?.toUpperCase()), purpose, fields: {} };
  return twiml === null || twiml === '' ? null : { kind: 'twiml', twiml, baseUrl: null };
}

export function readFallback(form: URLSearchParams): Fallback | null {
  const url = absoluteUrl(form, 'FallbackUrl');
  return url === null ? null : { url, method: getOrPost(form.get('FallbackMethod')?.toUpperCase()) };
}

function isProgressEvent(word: string): word is ProgressEvent {
  return (PROGRESS_EVENTS as readonly string[]).includes(word);
}

export function readStatusCallback(form: URLSearchParams): StatusCallbackConfig | null {
  const url = absoluteUrl(form, 'StatusCallback');
  if (url === null) return null;
  const words = form
    .getAll('StatusCallbackEvent')
    .flatMap((value) => value.split(/[ ,]+/))
    .filter((word) => word !== '');
  const unknown = words.find((word) => !isProgressEvent(word));
  if (unknown !== undefined) throw invalidParameter(`Invalid StatusCallbackEvent: ${unknown}`);
  const events = words.filter(isProgressEvent);
  return {
    url,
    method: getOrPost(form.get('StatusCallbackMethod')?.toUpperCase()),
    events: events.length > 0 ? events : ['completed'],
  };
}

function readDetection(form: URLSearchParams): CallRequest['detection'] {
  const mode = form.get('MachineDetection');
  // With digits to send there is no detection.
  if (mode === null || mode === '' || form.has('SendDigits')) return null;
  if (mode !== 'Enable' && mode !== 'DetectMessageEnd')
    throw invalidParameter(`Invalid MachineDetection: ${mode}`);
  const url = absoluteUrl(form, 'AsyncAmdStatusCallback');
  const method = getOrPost(form.get('AsyncAmdStatusCallbackMethod')?.toUpperCase());
  return { mode, isAsync: form.get('AsyncAmd') === 'true', callback: url === null ? null : { url, method } };
}

export function readTimeLimitMs(form: URLSearchParams): number | undefined {
  const seconds = integer(form, 'TimeLimit', 1, 14_400);
  return seconds === undefined ? undefined : seconds * 1000;
}

/** Reads the parameters of a new call. Throws `RestError` with Twilio's code for a missing or wrong one. */
export function readCallRequest(form: URLSearchParams): CallRequest {
  const to = form.get('To') ?? '';
  const from = form.get('From') ?? '';
  if (to === '') throw new RestError(400, 21_201, "No 'To' number is specified");
  if (from === '') throw new RestError(400, 21_213, "'From' is required to be a valid phone number");
  const kind = partyKind(to);
  if (kind === 'number' && !E164.test(to))
    throw new RestError(400, 21_211, `The phone number you are attempting to call, ${to}, is not valid.`);
  if (kind === 'number' && !E164.test(from))
    throw new RestError(400, 21_212, `The From phone number ${from} is not a valid phone number.`);
  const source = readSource(form, 'voice');
  if (!source) throw new RestError(400, 21_205, 'Url or Twiml is required');
  return {
    to,
    from,
    kind,
    source,
    fallback: readFallback(form),
    statusCallback: readStatusCallback(form),
    timeoutMs: (integer(form, 'Timeout', 1, 600) ?? 60) * 1000,
    timeLimitMs: readTimeLimitMs(form),
    sendDigits: form.get('SendDigits'),
    detection: readDetection(form),
  };
}
