import type { Clock, Timer } from '../../ports/clock.ts';
import { offsetMs, type CallInfo } from '../call-info.ts';

export interface CallLimitsEvents {
  /** So much time is left: the agent should come to an end. */
  warn(leftMs: number): void;
  /** There is none left: a goodbye, then the end. */
  reached(): void;
}

/**
 * The longest a call may last: a warning first, then the end. Counts from admission, so it goes on over a
 * change of relay.
 */
export class CallLimits {
  private readonly timers: Timer[] = [];

  constructor(call: CallInfo, clock: Clock, events: CallLimitsEvents) {
    const { maxDurationMs, limits } = call.agent;
    const leftMs = Math.max(0, maxDurationMs - offsetMs(call, clock));
    this.timers.push(clock.after(leftMs, () => events.reached()));
    // A call shorter than its warning is warned halfway.
    const warnBeforeEndMs =
      limits.warnBeforeEndMs < maxDurationMs ? limits.warnBeforeEndMs : maxDurationMs / 2;
    if (warnBeforeEndMs > 0 && leftMs > warnBeforeEndMs)
      this.timers.push(clock.after(leftMs - warnBeforeEndMs, () => events.warn(warnBeforeEndMs)));
  }

  stop(): void {
    for (const timer of this.timers) timer.cancel();
  }
}
