import type { Timer } from '../../ports/clock.ts';
import type { CallContext } from '../call-context.ts';

/**
 * The longest a call may last: a warning first, then the end. Counts from admission, so it goes on when the
 * call changes relays.
 */
export class DurationLimit {
  private readonly timers: Timer[] = [];

  constructor({ call, clock, atMs, signal }: CallContext) {
    const { maxDurationMs, limits } = call.agent;
    const leftMs = Math.max(0, maxDurationMs - atMs());
    this.timers.push(clock.after(leftMs, () => signal({ kind: 'limit-reached', reason: 'max-duration' })));
    // A call shorter than its warning is warned halfway.
    const warnMs = limits.warnBeforeEndMs < maxDurationMs ? limits.warnBeforeEndMs : maxDurationMs / 2;
    if (warnMs <= 0 || leftMs <= warnMs) return;
    const why = `The call must end in ${Math.round(warnMs / 1000)} seconds.`;
    this.timers.push(clock.after(leftMs - warnMs, () => signal({ kind: 'limit-near', why })));
  }

  stop(): void {
    for (const timer of this.timers) timer.cancel();
  }
}
