import { monitorEventLoopDelay, performance, type EventLoopUtilization } from 'node:perf_hooks';

/** Load of the relay's one thread since the last sample. */
export interface LoadReading {
  /** Delay of timers, p99 in ms. */
  readonly loopDelayMs: number;
  /** Share of the time spent working, 0 to 1. */
  readonly loopShare: number;
}

export interface LoadLimits {
  readonly loopDelayMs: number;
  readonly loopShare: number;
}

/** Readings in a row before the state changes: a garbage collection or one burst is no overload. */
const READINGS_TO_SWITCH = 3;
/** Recovery takes readings below this share of the limits, so that a relay at its limit does not flap. */
const RECOVERY_SHARE = 0.8;

/** Detects that the relay is overloaded, regardless of its call count. */
export class OverloadDetector {
  private agreeing = 0;
  private isOverloaded = false;
  private readonly delay = monitorEventLoopDelay({ resolution: 10 });
  private utilization: EventLoopUtilization = performance.eventLoopUtilization();

  constructor(private readonly limits: LoadLimits) {
    this.delay.enable();
  }

  /** Reads the load since the last sample. Returns whether the relay is overloaded. */
  sample(): boolean {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, this.utilization);
    this.utilization = now;
    const reading = { loopDelayMs: this.delay.percentile(99) / 1e6, loopShare: utilization };
    this.delay.reset();
    return this.classify(reading);
  }

  /** Applies one reading. Returns whether the relay is overloaded. */
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
