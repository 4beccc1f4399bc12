import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ApiError } from '../wire/api-error.ts';

/** Wrong events a provider might send one day; a client must outlive each. */
const BAD_EVENTS = [
  'unknown-event',
  'unknown-field',
  'missing-field',
  'wrong-type',
  'malformed-json',
  'binary',
  'oversize',
] as const;
export type BadEvent = (typeof BAD_EVENTS)[number];

const ERROR_KINDS = [
  'server_error',
  'rate_limit_exceeded',
  'insufficient_quota',
  'invalid_request',
  'authentication',
] as const;
type ErrorKind = (typeof ERROR_KINDS)[number];

/** Ends of a response that did not answer; `mute` is completed and has no output. */
export const FAILURES = [
  'server_error',
  'rate_limit_exceeded',
  'insufficient_quota',
  'max_output_tokens',
  'content_filter',
  'mute',
] as const;
export type Failure = (typeof FAILURES)[number];

const IN_BAND_REFUSALS = [
  'invalid_api_key',
  'insufficient_quota',
  'model_not_found',
  'server_error',
] as const;
export type InBandRefusal = (typeof IN_BAND_REFUSALS)[number];

const REFUSAL_STATUSES = [401, 403, 404, 429, 500, 503] as const;

/** A fault. Lengths are ms unless the name says otherwise. */
export type FaultAction =
  /** The upgrade is answered with this HTTP status. */
  | {
      readonly kind: 'refuse';
      readonly status: (typeof REFUSAL_STATUSES)[number];
      readonly retryAfterS?: number;
    }
  /** The socket opens, sends an `error` and closes, as the real server refuses a bad key. */
  | { readonly kind: 'refuse-in-band'; readonly code: InBandRefusal }
  /** The upgrade is answered late; without `delayMs` never. */
  | { readonly kind: 'slow-handshake'; readonly delayMs?: number }
  /** The socket stays open and no more is sent; pings are answered unless `answersPings` is false. */
  | { readonly kind: 'hang'; readonly answersPings?: boolean }
  /** The connection ends: by RST, by FIN without a close frame, or with a close frame. */
  | {
      readonly kind: 'cut';
      readonly how: 'reset' | 'fin' | 'close';
      readonly closeCode?: number;
      readonly closeReason?: string;
    }
  | { readonly kind: 'error-event'; readonly error: ErrorKind }
  /** Adds to the wait before a response's first output. */
  | { readonly kind: 'slow-first-byte'; readonly delayMs: number }
  /** Generates audio at this many times real time. Below 1 the caller hears gaps. */
  | { readonly kind: 'slow-audio'; readonly audioRate: number }
  | { readonly kind: 'fail-response'; readonly as: Failure }
  | { readonly kind: 'bad-event'; readonly what: BadEvent }
  /** `session_expired` and close 1001, as at the 60-minute cap. */
  | { readonly kind: 'expire' }
  /** Stops reading the socket, for a while or for good. */
  | { readonly kind: 'stall-reading'; readonly forMs?: number }
  | { readonly kind: 'fail-transcription' }
  /** Refuses every `session.update` for an unknown field, as after a change of the provider's schema. */
  | { readonly kind: 'refuse-update' }
  /** A server of the Model Context Protocol does not list its tools. */
  | { readonly kind: 'fail-mcp-list' }
  /** A tool of such a server fails. */
  | { readonly kind: 'fail-mcp-call' }
  /** A tool of such a server never ends. */
  | { readonly kind: 'hang-mcp-call' };

type FaultKind = FaultAction['kind'];

/**
 * The trigger and the scope of a fault. Without a trigger it strikes at its natural moment: refusals at each
 * handshake, response faults at each response, transcription and update faults at each of those, and all
 * others at once for open sessions and right after opening for new ones.
 */
interface FaultScope {
  /** Time after the session opened; at once for sessions that are older. */
  readonly afterOpenMs?: number;
  /** At a session's n-th response, counted from 1, or at each. */
  readonly response?: number | 'each';
  /** With `response`: strikes not at its start but when this much of its audio has been sent. */
  readonly audioMs?: number;
  /** Only this session. */
  readonly session?: string;
  /** Sessions open now, sessions still to come, or both (the default). */
  readonly sessions?: 'open' | 'new' | 'all';
  /** Number of strikes over all sessions, after which the fault is off. Default: no limit. */
  readonly times?: number;
  /** Chance of each strike; drawn from the simulator's seed. Default 1. */
  readonly probability?: number;
}

export type FaultSpec = FaultAction & FaultScope;

const HANDSHAKE: ReadonlySet<FaultKind> = new Set(['refuse', 'refuse-in-band', 'slow-handshake']);
const RESPONSE: ReadonlySet<FaultKind> = new Set(['slow-first-byte', 'slow-audio', 'fail-response']);

/** The moment a fault waits for. */
export type FaultMoment =
  'handshake' | 'response' | 'audio' | 'transcription' | 'update' | 'mcp-list' | 'mcp-call' | 'session';

export function momentOf(spec: FaultSpec): FaultMoment {
  if (HANDSHAKE.has(spec.kind)) return 'handshake';
  if (spec.kind === 'fail-transcription') return 'transcription';
  if (spec.kind === 'refuse-update') return 'update';
  if (spec.kind === 'fail-mcp-list') return 'mcp-list';
  if (spec.kind === 'fail-mcp-call' || spec.kind === 'hang-mcp-call') return 'mcp-call';
  if (spec.response !== undefined) return spec.audioMs === undefined ? 'response' : 'audio';
  return RESPONSE.has(spec.kind) ? 'response' : 'session';
}

const positive = { type: 'number', exclusiveMinimum: 0 };
const wait = { type: 'number', minimum: 0, maximum: 86_400_000 };

const OFTEN = {
  times: { type: 'integer', minimum: 1 },
  probability: { type: 'number', minimum: 0, maximum: 1 },
};
const WHERE = {
  session: { type: 'string', maxLength: 64 },
  sessions: { enum: ['open', 'new', 'all'] },
  ...OFTEN,
};
const WHICH_RESPONSE = { response: { anyOf: [{ type: 'integer', minimum: 1 }, { const: 'each' }] } };
const ANY_MOMENT = { afterOpenMs: wait, audioMs: wait, ...WHICH_RESPONSE, ...WHERE };

function fault(kind: FaultKind, fields: Record<string, object>, required: string[] = []): object {
  return {
    type: 'object',
    properties: { kind: { const: kind }, ...fields },
    required: ['kind', ...required],
    additionalProperties: false,
    dependentRequired: { audioMs: ['response'] },
  };
}

const CUT_FIELDS = {
  how: { enum: ['reset', 'fin', 'close'] },
  closeCode: { type: 'integer', minimum: 1000, maximum: 4999 },
  closeReason: { type: 'string', maxLength: 120 },
};

const SCHEMAS: Record<FaultKind, object> = {
  refuse: fault(
    'refuse',
    { status: { enum: [...REFUSAL_STATUSES] }, retryAfterS: { type: 'integer', minimum: 0 }, ...OFTEN },
    ['status'],
  ),
  'refuse-in-band': fault('refuse-in-band', { code: { enum: [...IN_BAND_REFUSALS] }, ...OFTEN }, ['code']),
  'slow-handshake': fault('slow-handshake', { delayMs: wait, ...OFTEN }),
  hang: fault('hang', { answersPings: { type: 'boolean' }, ...ANY_MOMENT }),
  cut: fault('cut', { ...CUT_FIELDS, ...ANY_MOMENT }, ['how']),
  'error-event': fault('error-event', { error: { enum: [...ERROR_KINDS] }, ...ANY_MOMENT }, ['error']),
  'slow-first-byte': fault('slow-first-byte', { delayMs: wait, ...WHICH_RESPONSE, ...WHERE }, ['delayMs']),
  'slow-audio': fault('slow-audio', { audioRate: positive, ...WHICH_RESPONSE, ...WHERE }, ['audioRate']),
  'fail-response': fault(
    'fail-response',
    { as: { enum: [...FAILURES] }, audioMs: wait, ...WHICH_RESPONSE, ...WHERE },
    ['as'],
  ),
  'bad-event': fault('bad-event', { what: { enum: [...BAD_EVENTS] }, ...ANY_MOMENT }, ['what']),
  expire: fault('expire', ANY_MOMENT),
  'stall-reading': fault('stall-reading', { forMs: wait, ...ANY_MOMENT }),
  'fail-transcription': fault('fail-transcription', WHERE),
  'refuse-update': fault('refuse-update', WHERE),
  'fail-mcp-list': fault('fail-mcp-list', WHERE),
  'fail-mcp-call': fault('fail-mcp-call', WHERE),
  'hang-mcp-call': fault('hang-mcp-call', WHERE),
};

const ajv = new Ajv2020({ strict: false, validateFormats: false });
const validators = new Map(Object.entries(SCHEMAS).map(([kind, schema]) => [kind, ajv.compile(schema)]));

export const FAULT_KINDS = [...validators.keys()];

/** Returns the fault of a fault spec in external data, or null. */
export function faultSpecProblem(value: unknown): string | null {
  const kind = typeof value === 'object' && value !== null && 'kind' in value ? String(value.kind) : '';
  const validate = validators.get(kind);
  if (!validate) return `kind must be one of ${FAULT_KINDS.join(', ')}`;
  if (validate(value)) return null;
  return (validate.errors ?? [])
    .map(
      (error) =>
        `${error.instancePath.slice(1) || 'fault'} ${error.message ?? error.keyword} ` +
        `${JSON.stringify(error.params)}`,
    )
    .join('; ');
}

const BUSY = 'The server had an error while processing your request. Sorry about that!';

/** The error objects of the kinds a fault can name. Types are as the REST API spells them. */
export const ERRORS: Record<ErrorKind, ApiError> = {
  server_error: { type: 'server_error', code: null, message: BUSY, param: null },
  rate_limit_exceeded: {
    type: 'tokens',
    code: 'rate_limit_exceeded',
    message: 'Rate limit reached. Please try again in 2s.',
    param: null,
  },
  insufficient_quota: {
    type: 'insufficient_quota',
    code: 'insufficient_quota',
    message: 'You exceeded your current quota, please check your plan and billing details.',
    param: null,
  },
  invalid_request: {
    type: 'invalid_request_error',
    code: 'invalid_value',
    message: 'Invalid value.',
    param: null,
  },
  authentication: {
    type: 'invalid_request_error',
    code: 'invalid_api_key',
    message: 'Incorrect API key provided.',
    param: null,
  },
};
