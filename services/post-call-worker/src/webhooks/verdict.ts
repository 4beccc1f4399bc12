/** What came of one try: an HTTP status, or why there was none. */
export type TryOutcome =
  { readonly status: number; readonly retryAfterMs: number | null } | { readonly fault: string };

/** What it means for the delivery, and for its endpoint. */
export type Verdict =
  | { readonly kind: 'delivered'; readonly status: number; readonly isReachable: true }
  | {
      readonly kind: 'failed';
      readonly status: number | null;
      readonly fault: string;
      /** Null: given up. */
      readonly retryAfterMs: number | null;
      /** Nothing is to be sent to the endpoint for so long; 0 for no pause. */
      readonly pauseMs: number;
      /** It will never take anything again. */
      readonly isGone: boolean;
      /** The receiver itself answered, though it did not take this event: others may fare better. */
      readonly isReachable: boolean;
    };

const GONE = 410;
/**
 * The receiver, or what stands before it, has too much to do: one try after the other would make it worse.
 */
const THROTTLED: ReadonlySet<number> = new Set([429, 502, 503, 504]);
const PAUSE_MS = 5_000;
/** A receiver may put us off, not away. */
const LONGEST_PAUSE_MS = 3_600_000;
const JITTER = 0.2;

/**
 * @param delaysMs pauses before the second and each further try
 * @param random 0 to 1
 */
export function judge(
  outcome: TryOutcome,
  attempt: number,
  delaysMs: readonly number[],
  random: number,
): Verdict {
  if (!('status' in outcome))
    return { ...failure(outcome.fault, null), retryAfterMs: jittered(delaysMs[attempt - 1], random) };
  const { status } = outcome;
  if (status >= 200 && status < 300) return { kind: 'delivered', status, isReachable: true };
  const failed = failure(`http-${status}`, status);
  // What is gone may come back when an operator says so: until then its events wait.
  if (status === GONE) return { ...failed, retryAfterMs: 0, isGone: true };
  const asked = outcome.retryAfterMs === null ? null : Math.min(outcome.retryAfterMs, LONGEST_PAUSE_MS);
  const delayMs = jittered(delaysMs[attempt - 1], random);
  return {
    ...failed,
    retryAfterMs: delayMs === null ? null : Math.max(delayMs, asked ?? 0),
    pauseMs: THROTTLED.has(status) ? (asked ?? PAUSE_MS) : 0,
  };
}

/** A status below 500 is the receiver's own word about one event, but for those that speak of its load. */
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

/** Null of nothing: there is no further try. */
function jittered(delayMs: number | undefined, random: number): number | null {
  return delayMs === undefined ? null : Math.round(delayMs * (1 - JITTER + 2 * JITTER * random));
}
