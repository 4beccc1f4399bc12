import { OutboundFailure } from '@tandem/platform';
import type { McpAnswer } from '@tandem/tools/handlers';

/** Statuses after which the same call may work in a moment. */
const TRANSIENT_STATUSES = new Set([408, 425, 429, 500, 502, 503, 504]);
/** Codes of the guarded connections that last. */
const LASTING = new Set([
  'timeout',
  'cancelled',
  'destination-refused',
  'secret-missing',
  'response-too-large',
]);
/** JSON-RPC: invalid params. */
const INVALID_PARAMS = -32_602;

interface Circumstances {
  /** The call itself was sent; else it failed while the session was opened. */
  readonly wasSent: boolean;
  readonly signal: AbortSignal;
}

/** Returns what a fault of the protocol's library means. Its text may quote the server, so it is dropped. */
export function failureOf(error: unknown, { wasSent, signal }: Circumstances): McpAnswer {
  const failure = (code: string, mayHaveArrived: boolean, isTransient: boolean): McpAnswer => ({
    kind: 'failure',
    code,
    mayHaveArrived: wasSent && mayHaveArrived,
    isTransient,
  });
  if (signal.aborted) return failure('cancelled', true, false);
  if (error instanceof OutboundFailure)
    return failure(error.code, error.mayHaveArrived, !LASTING.has(error.code));
  const status = statusOf(error);
  if (status !== null) {
    const isRedirect = status >= 300 && status < 400;
    return failure(isRedirect ? 'redirect-refused' : `http-${status}`, true, TRANSIENT_STATUSES.has(status));
  }
  const { code } = error as { readonly code?: unknown };
  if (code === INVALID_PARAMS && wasSent) return { kind: 'refused' };
  if (typeof code === 'number') return failure(`error${code}`, true, false);
  if (code === 'REQUEST_TIMEOUT') return failure('timeout', true, false);
  return failure('protocol-fault', true, false);
}

/** Returns whether the server does not know the session: it is over, and a new one is needed. */
export const isUnknownSession = (error: unknown): boolean => statusOf(error) === 404;

function statusOf(error: unknown): number | null {
  const { name, status } = (error ?? {}) as { readonly name?: unknown; readonly status?: unknown };
  return typeof status === 'number' && name !== 'OutboundFailure' ? status : null;
}
