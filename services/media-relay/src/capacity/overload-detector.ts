import { monitorEventLoopDelay, performance, type EventLoopUtilization } from 'node:perf_hooks';

/** How a relay's one thread did since it was looked at last. */
export interface LoadReading {
  /** How late timers came, p99 in ms. */
  readonly loopDelayMs: number;
  /** Share of the time it was at work, 0 to 1. */
  readonly loopShare: number;
}

export interface LoadLimits {
  readonly loopDelayMs: number;
  readonly loopShare: number;
}

/**
 * In a row, before it counts as strained, and before it no longer does: a collection or one burst is no
 * strain.
 */
const READINGS_TO_SWITCH = 3;
/** Relief begins this far below the limits, so that a relay at the limit does not come and go. */
const RECOVERY_SHARE = 0.8;

/** Whether a relay has all it can do, whatever its number of calls says. */
export class OverloadDetector {
  private agreeing = 0;
  private isOverloaded = false;
  private readonly delay = monitorEventLoopDelay({ resolution: 10 });
  private utilization: EventLoopUtilization = performance.eventLoopUtilization();

  constructor(private readonly limits: LoadLimits) {
    this.delay.enable();
  }

  /** Looks at the time since the last look. */
  sample(): boolean {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, this.utilization);
    this.utilization = now;
    const reading = { loopDelayMs: this.delay.percentile(99) / 1e6, loopShare: utilization };
    this.delay.reset();
    return this.classify(reading);
  }

  /** Takes one reading into account. */
  classify({ loopDelayMs, loopShare }: LoadReading): boolean {
    const limit = this.isOverloaded ? RECOVERY_SHARE : 1;
    const isOver = loopDelayMs > this.limits.loopDelayMs * limit || loopShare > this.limits.loopShare * limit;
    this.agreeing = isOver === this.isOverloaded ? 0 : this.agreeing + 1;
    if (this.agreeing < READINGS_TO_SWITCH) return this.isOverloaded;
    this.agreeing = 0;
    this.isOverloaded = isOver;
    return this.isOverloaded;
  }

  stop(): void {
    this.delay.disable();
  }
}
