import type { IncomingMessage } from 'node:http';
import { refusal } from '../wire/api-error.ts';
import type { SessionKind } from '../wire/session-config.ts';
import {
  badKey,
  httpRefusal,
  invalidRequest,
  noModel,
  type HttpRefusal,
  type InBandRefusal,
} from './handshake-refusal.ts';

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
    return httpRefusal(404, refusal(null, `Invalid URL (GET ${url.pathname})`));
  const key = credentialOf(request.headers, isAzure);
  if (key === null)
    return httpRefusal(401, refusal(null, 'Missing bearer or basic authentication in header'));
  if (request.headers['openai-beta'] !== undefined) {
    return invalidRequest(
      refusal(
        'beta_api_shape_disabled',
        'The Realtime Beta API is no longer supported. Please use /v1/realtime for the GA API.',
      ),
    );
  }
  if (rules.apiKeys && !rules.apiKeys.includes(key)) return badKey();
  return checkQuery(url.searchParams, rules);
}

function checkQuery(query: URLSearchParams, rules: HandshakeRules): HandshakeDecision {
  const given = ['model', 'intent', 'call_id'].filter((name) => query.has(name));
  if (given.length > 1) {
    return invalidRequest(
      refusal(
        'invalid_value',
        `Exactly one of model, intent and call_id may be given, but got ${given.join(' and ')}.`,
        given[1] ?? null,
      ),
    );
  }
  const intent = query.get('intent');
  if (intent === 'transcription') return { kind: 'open', session: 'transcription', model: '' };
  if (intent !== null)
    return invalidRequest(
      refusal(
        'invalid_value',
        `Invalid value: '${intent}'. Supported values are: 'transcription'.`,
        'intent',
      ),
    );
  if (query.has('call_id'))
    return httpRefusal(
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
    return invalidRequest(
      refusal(
        'missing_model',
        'You must provide a model parameter, for example ' +
          'wss://api.openai.com/v1/realtime?model=gpt-realtime-2.1',
      ),
    );
  }
  const exists = rules.models ? rules.models.includes(model) : !RETIRED.test(model);
  if (!exists) return noModel(model);
  return { kind: 'open', session: 'realtime', model };
}

/** The key a client presents, or null. Browsers carry it in a subprotocol. */
function credentialOf(headers: IncomingMessage['headers'], isAzure: boolean): string | null {
  const bearer = /^Bearer\s+(\S+)$/i.exec(headers.authorization ?? '')?.[1];
  if (bearer !== undefined) return bearer;
  const apiKey = headers['api-key'];
  if (isAzure && typeof apiKey === 'string' && apiKey !== '') return apiKey;
  return /openai-insecure-api-key\.([^\s,]+)/.exec(headers['sec-websocket-protocol'] ?? '')?.[1] ?? null;
}
