import type { FailedPush } from '@tandem/database';
import type { CrmFault } from './crm-fault.ts';

/** The consequence of a failed attempt for the delivery and for its connection. */
export interface PushDecision extends FailedPush {
  readonly fault: string;
  /** How long nothing is pushed over the connection; 0 for no pause. */
  readonly pauseMs: number;
  /** The CRM answered, though it did not take this event: others may succeed. */
  readonly isReachable: boolean;
}

/** Pause of a connection whose CRM is not reached, unless it asks for another. */
const PAUSE_MS = 5_000;
/**
 * How long an event waits that did not get through: the next probe is another one, so that an event which the
 * CRM cannot bear does not hold up all.
 */
const REST_MS = 20_000;
/** Longest Retry-After that is honoured. */
const LONGEST_PAUSE_MS = 3_600_000;
const JITTER = 0.2;

/**
 * Decides what follows from a failed attempt. A CRM that is down or keeps us out delays events and never
 * loses one; an event it refuses is given up at once, and one it breaks on after the last pause.
 * @param delaysMs pauses before the second and each further attempt
 * @param random 0 to 1
 */
export function decidePush(
  { kind, code, status, detail, retryAfterMs: asked }: CrmFault,
  attempt: number,
  delaysMs: readonly number[],
  random: number,
): PushDecision {
  const known = { status, fault: code, detail };
  if (kind === 'refused')
    return { ...known, retryAfterMs: null, isUncounted: false, pauseMs: 0, isReachable: true };
  if (kind === 'unavailable') {
    const pauseMs = Math.min(asked ?? varied(PAUSE_MS, random), LONGEST_PAUSE_MS);
    return {
      ...known,
      retryAfterMs: varied(REST_MS, random),
      isUncounted: true,
      pauseMs,
      isReachable: false,
    };
  }
  const delayMs = delaysMs[attempt - 1];
  const retryAfterMs =
    delayMs === undefined ? null : Math.max(varied(delayMs, random), Math.min(asked ?? 0, LONGEST_PAUSE_MS));
  return { ...known, retryAfterMs, isUncounted: false, pauseMs: 0, isReachable: true };
}

const varied = (ms: number, random: number): number => Math.round(ms * (1 - JITTER + 2 * JITTER * random));
