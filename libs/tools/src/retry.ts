import { setTimeout as sleep } from 'node:timers/promises';

/** The limits of a run, as a handler's context has them. */
export interface RunLimits {
  /** Aborted when the outcome is no longer wanted, or the worker is stopping. */
  readonly signal: AbortSignal;
  /** Time until the call stops waiting for the outcome; may be negative. */
  remainingMs(): number;
}

const PAUSES_MS = [100, 300, 1_000];
/** No attempt is started with less time than this. */
const LEAST_TRY_MS = 150;

/**
 * Waits before another attempt. Returns false at once when there are too many, or no time is left.
 * @param tries attempts before the one that failed
 */
export async function pauseBeforeRetry(
  tries: number,
  retryAfterMs: number,
  limits: RunLimits,
): Promise<boolean> {
  const pauseMs = PAUSES_MS[tries];
  if (pauseMs === undefined) return false;
  const waitMs = Math.max(pauseMs, retryAfterMs);
  if (limits.remainingMs() - waitMs < LEAST_TRY_MS) return false;
  await sleep(waitMs, undefined, { signal: limits.signal }).catch(() => undefined);
  return true;
}
