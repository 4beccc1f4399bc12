import type { IncomingMessage } from 'node:http';
import { ERRORS, type FaultSpec } from '../faults/fault-spec.ts';
import { refusal, type ApiError } from '../wire/api-error.ts';
import type { SessionKind } from '../wire/session-config.ts';

/** An upgrade answered with an HTTP error. */
export interface HttpRefusal {
  readonly kind: 'http';
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly error: ApiError;
}

/** A refusal over an open socket: the upgrade succeeds, then come one `error` event and a close. */
export interface InBandRefusal {
  readonly kind: 'in-band';
  readonly error: ApiError;
  readonly closeCode: number;
}

export interface AcceptedUpgrade {
  readonly kind: 'open';
  readonly session: SessionKind;
  /** Empty for a transcription session, whose model is a setting. */
  readonly model: string;
}

type HandshakeDecision = HttpRefusal | InBandRefusal | AcceptedUpgrade;

export interface HandshakeRules {
  /** Keys that are accepted; any non-empty key when absent. */
  readonly apiKeys?: readonly string[];
  /** Models that exist; any but the retired previews when absent. */
  readonly models?: readonly string[];
}

export const OPENAI_PATH = '/v1/realtime';
export const AZURE_PATH = '/openai/v1/realtime';

const CLOSE_INVALID_REQUEST = 4000;
const CLOSE_BAD_KEY = 3000;
const CLOSE_NO_MODEL = 4004;
const CLOSE_SERVER_ERROR = 1011;

/** Models switched off in May 2026 together with the beta interface. */
const RETIRED = /preview/;

/** Decides on an upgrade request, checking path, credentials, beta header, key and query in this order. */
export function checkHandshake(
  request: Pick<IncomingMessage, 'url' | 'headers'>,
  rules: HandshakeRules,
): HandshakeDecision {
  const url = new URL(request.url ?? '/', 'http://simulator');
  const isAzure = url.pathname === AZURE_PATH;
  if (!isAzure && url.pathname !== OPENAI_PATH)
    return http(404, refusal(null, `Invalid URL (GET ${url.pathname})`));
  const key = credentialOf(request.headers, isAzure);
  if (key === null) return http(401, refusal(null, 'Missing bearer or basic authentication in header'));
  if (request.headers['openai-beta'] !== undefined) {
    return inBand(
      refusal(
        'beta_api_shape_disabled',
        'The Realtime Beta API is no longer supported. Please use /v1/realtime for the GA API.',
      ),
      CLOSE_INVALID_REQUEST,
    );
  }
  if (rules.apiKeys && !rules.apiKeys.includes(key)) return inBand(badKey(), CLOSE_BAD_KEY);
  return checkQuery(url.searchParams, rules);
}

function checkQuery(query: URLSearchParams, rules: HandshakeRules): HandshakeDecision {
  const given = ['model', 'intent', 'call_id'].filter((name) => query.has(name));
  if (given.length > 1) {
    return inBand(
      refusal(
        'invalid_value',
        `Exactly one of model, intent and call_id may be given, but got ${given.join(' and ')}.`,
        given[1] ?? null,
      ),
      CLOSE_INVALID_REQUEST,
    );
  }
  const intent = query.get('intent');
  if (intent === 'transcription') return { kind: 'open', session: 'transcription', model: '' };
  if (intent !== null)
    return inBand(
      refusal(
        'invalid_value',
        `Invalid value: '${intent}'. Supported values are: 'transcription'.`,
        'intent',
      ),
      CLOSE_INVALID_REQUEST,
    );
  if (query.has('call_id'))
    return http(
      404,
      refusal(
        null,
        `No call with id '${query.get('call_id') ?? ''}' is live: the simulator carries no WebRTC or ` +
          'SIP calls.',
        'call_id',
      ),
    );
  const model = query.get('model') ?? '';
  if (model === '') {
    return inBand(
      refusal(
        'missing_model',
        'You must provide a model parameter, for example ' +
          'wss://api.openai.com/v1/realtime?model=gpt-realtime-2.1',
      ),
      CLOSE_INVALID_REQUEST,
    );
  }
  const exists = rules.models ? rules.models.includes(model) : !RETIRED.test(model);
  if (!exists) return inBand(noModel(model), CLOSE_NO_MODEL);
  return { kind: 'open', session: 'realtime', model };
}

/** Returns how a fault ends a handshake; null for a fault that only delays it. */
export function faultyHandshake(fault: FaultSpec): HttpRefusal | InBandRefusal | null {
  if (fault.kind === 'refuse') {
    const headers: Record<string, string> =
      fault.retryAfterS === undefined ? {} : { 'retry-after': String(fault.retryAfterS) };
    return { kind: 'http', status: fault.status, headers, error: HTTP_ERRORS[fault.status] };
  }
  if (fault.kind !== 'refuse-in-band') return null;
  switch (fault.code) {
    case 'invalid_api_key':
      return inBand(badKey(), CLOSE_BAD_KEY);
    case 'model_not_found':
      return inBand(noModel('the requested model'), CLOSE_NO_MODEL);
    case 'insufficient_quota':
      return inBand(ERRORS.insufficient_quota, CLOSE_INVALID_REQUEST);
    case 'server_error':
      return inBand(ERRORS.server_error, CLOSE_SERVER_ERROR);
  }
}

/** The text of a close frame after an in-band refusal, as recorded: the error's type and code. */
export function closeReasonOf(error: ApiError): string {
  return error.code === null ? error.type : `${error.type}.${error.code}`;
}

const HTTP_ERRORS: Record<Extract<FaultSpec, { kind: 'refuse' }>['status'], ApiError> = {
  401: refusal('invalid_api_key', 'Incorrect API key provided.'),
  403: refusal(null, 'Your organization must be verified to use this model.'),
  404: refusal('model_not_found', 'The model does not exist or you do not have access to it.'),
  429: {
    type: 'requests',
    code: 'rate_limit_exceeded',
    message: 'Rate limit reached. Please try again later.',
    param: null,
  },
  500: ERRORS.server_error,
  503: {
    type: 'server_error',
    code: null,
    message: 'The server is overloaded or not ready yet.',
    param: null,
  },
};

/** The key a client presents, or null. Browsers carry it in a subprotocol. */
function credentialOf(headers: IncomingMessage['headers'], isAzure: boolean): string | null {
  const bearer = /^Bearer\s+(\S+)$/i.exec(headers.authorization ?? '')?.[1];
  if (bearer !== undefined) return bearer;
  const apiKey = headers['api-key'];
  if (isAzure && typeof apiKey === 'string' && apiKey !== '') return apiKey;
  return /openai-insecure-api-key\.([^\s,]+)/.exec(headers['sec-websocket-protocol'] ?? '')?.[1] ?? null;
}

function badKey(): ApiError {
  return refusal(
    'invalid_api_key',
    'Incorrect API key provided. You can find your API key at https://platform.openai.com/account/api-keys.',
  );
}

function noModel(model: string): ApiError {
  return refusal('model_not_found', `The model '${model}' does not exist or you do not have access to it.`);
}

function http(status: number, error: ApiError): HttpRefusal {
  return { kind: 'http', status, headers: {}, error };
}

function inBand(error: ApiError, closeCode: number): InBandRefusal {
  return { kind: 'in-band', error, closeCode };
}
