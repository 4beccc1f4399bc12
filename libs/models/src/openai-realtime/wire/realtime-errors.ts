import { ProviderError, type ProviderErrorCategory } from '@tandem/contracts';
import { CUT_OFF } from '../../provider-failures.ts';
import type { OpenAiEvent } from './server-events.ts';

type DoneResponse = Extract<OpenAiEvent, { type: 'response.done' }>['response'];

const PROVIDER = 'openai-realtime';

/**
 * Refusals of events that crossed one of the server's on the wire: the response was already over, or server
 * VAD had already committed the audio.
 */
export const HARMLESS: ReadonlySet<string> = new Set([
  'response_cancel_not_active',
  'input_audio_buffer_commit_empty',
]);
/** Errors that end the session, whether or not the socket closes. */
export const FATAL: ReadonlySet<string> = new Set([
  'session_expired',
  'insufficient_quota',
  'invalid_api_key',
  'beta_api_shape_disabled',
]);

/** Categories of the Realtime API's error codes; a code not listed has the category of its type. */
const BY_CODE: Readonly<Record<string, ProviderErrorCategory>> = {
  invalid_api_key: 'authentication',
  account_deactivated: 'authentication',
  insufficient_quota: 'quota',
  billing_hard_limit_reached: 'quota',
  rate_limit_exceeded: 'rate-limit',
  session_expired: 'server',
  server_error: 'server',
  model_not_found: 'invalid-request',
  beta_api_shape_disabled: 'invalid-request',
};
const BY_TYPE: Readonly<Record<string, ProviderErrorCategory>> = {
  invalid_request_error: 'invalid-request',
  authentication_error: 'authentication',
  rate_limit_error: 'rate-limit',
  insufficient_quota: 'quota',
  server_error: 'server',
};

export function errorOfEvent(error: {
  type?: string | undefined;
  code?: string | null | undefined;
}): ProviderError {
  const code = error.code ?? error.type ?? 'unknown';
  const category = BY_CODE[code] ?? BY_TYPE[error.type ?? ''] ?? 'unknown';
  return new ProviderError(`The Realtime API reported ${code}.`, { provider: PROVIDER, code, category });
}

/** Returns why a response failed or is incomplete, or null. */
export function errorOfResponse({ status, status_details: details }: DoneResponse): ProviderError | null {
  if (status === 'failed') return errorOfEvent(details?.error ?? { code: 'response_failed' });
  if (status !== 'incomplete') return null;
  const code = details?.reason ?? CUT_OFF;
  return new ProviderError(`The Realtime API ended a response before its end (${code}).`, {
    provider: PROVIDER,
    code,
    category: 'server',
  });
}

/** Makes the error of a handshake that was answered with a plain HTTP status instead of 101. */
export function errorOfStatus(status: number, requestId: string | undefined): ProviderError {
  const category: ProviderErrorCategory =
    status === 401 || status === 403
      ? 'authentication'
      : status === 429
        ? 'rate-limit'
        : status >= 500
          ? 'server'
          : 'invalid-request';
  return new ProviderError(`The Realtime API answered the handshake with ${status}.`, {
    provider: PROVIDER,
    code: `http-${status}`,
    category,
    ...(requestId ? { requestId } : {}),
  });
}

export function connectionError(code: string, message: string, cause?: unknown): ProviderError {
  return new ProviderError(message, {
    provider: PROVIDER,
    code,
    category: 'connectivity',
    ...(cause === undefined ? {} : { cause }),
  });
}

/** 4000 is the server's close code for clients of the beta protocol. */
export function errorOfClose(code: number): ProviderError {
  if (code === 4000 || code === 1008) {
    return new ProviderError(`The Realtime API closed the socket with ${code}.`, {
      provider: PROVIDER,
      code: `close-${code}`,
      category: 'invalid-request',
    });
  }
  return connectionError(`close-${code}`, `The socket to the Realtime API closed (${code}).`);
}
