/** The result of one attempt: an HTTP status, or why there was none. */
export type AttemptResult =
  { readonly status: number; readonly retryAfterMs: number | null } | { readonly fault: string };

/** The consequence of an attempt for the delivery and for its endpoint. */
export type DeliveryDecision =
  | { readonly kind: 'delivered'; readonly status: number; readonly isReachable: true }
  | {
      readonly kind: 'failed';
      readonly status: number | null;
      readonly fault: string;
      /** Null: the delivery is given up. */
      readonly retryAfterMs: number | null;
      /** How long nothing is sent to the endpoint; 0 for no pause. */
      readonly pauseMs: number;
      /** The endpoint is gone for good. */
      readonly isGone: boolean;
      /** The receiver responded, though it refused this event: others may succeed. */
      readonly isReachable: boolean;
    };

const GONE = 410;
/** Statuses of an overloaded receiver, or of the proxy before it: further attempts would make it worse. */
const THROTTLED: ReadonlySet<number> = new Set([429, 502, 503, 504]);
const PAUSE_MS = 5_000;
/** Longest Retry-After that is honoured. */
const LONGEST_PAUSE_MS = 3_600_000;
const JITTER = 0.2;

/**
 * Decides what follows from one attempt.
 * @param delaysMs pauses before the second and each further attempt
 * @param random 0 to 1
 */
export function decideDelivery(
  result: AttemptResult,
  attempt: number,
  delaysMs: readonly number[],
  random: number,
): DeliveryDecision {
  if (!('status' in result))
    return { ...failure(result.fault, null), retryAfterMs: jittered(delaysMs[attempt - 1], random) };
  const { status } = result;
  if (status >= 200 && status < 300) return { kind: 'delivered', status, isReachable: true };
  const failed = failure(`http-${status}`, status);
  // An operator can enable a gone endpoint again: until then its events wait.
  if (status === GONE) return { ...failed, retryAfterMs: 0, isGone: true };
  const asked = result.retryAfterMs === null ? null : Math.min(result.retryAfterMs, LONGEST_PAUSE_MS);
  const delayMs = jittered(delaysMs[attempt - 1], random);
  return {
    ...failed,
    retryAfterMs: delayMs === null ? null : Math.max(delayMs, asked ?? 0),
    pauseMs: THROTTLED.has(status) ? (asked ?? PAUSE_MS) : 0,
  };
}

/** Returns whether a status is about this one event: those below 500, except timeout and throttling. */
const isReachable = (status: number | null): boolean =>
  status !== null && status < 500 && status !== 408 && status !== 429;

const failure = (fault: string, status: number | null) => ({
  kind: 'failed' as const,
  status,
  fault,
  retryAfterMs: null,
  pauseMs: 0,
  isGone: false,
  isReachable: isReachable(status),
});

/** Returns a delay varied by a fifth; null when there is no further attempt. */
function jittered(delayMs: number | undefined, random: number): number | null {
  return delayMs === undefined ? null : Math.round(delayMs * (1 - JITTER + 2 * JITTER * random));
}
