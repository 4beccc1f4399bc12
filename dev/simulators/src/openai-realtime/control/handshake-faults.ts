import { ERRORS, type FaultSpec } from '../faults/fault-spec.ts';
import { refusal, type ApiError } from '../wire/api-error.ts';
import {
  badKey,
  invalidRequest,
  noModel,
  serverFailure,
  type HttpRefusal,
  type InBandRefusal,
} from './handshake-refusal.ts';

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
      return badKey();
    case 'model_not_found':
      return noModel('the requested model');
    case 'insufficient_quota':
      return invalidRequest(ERRORS.insufficient_quota);
    case 'server_error':
      return serverFailure(ERRORS.server_error);
  }
}
