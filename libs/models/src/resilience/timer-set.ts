import type { Clock, Timer } from '@tandem/conversation';

/** Timers that are cancelled together. */
export class TimerSet {
  private readonly timers = new Set<Timer>();

  constructor(private readonly clock: Clock) {}

  after(delayMs: number, run: () => void): void {
    const timer = this.clock.after(delayMs, () => {
      this.timers.delete(timer);
      run();
    });
    this.timers.add(timer);
  }

  cancelAll(): void {
    for (const timer of this.timers) timer.cancel();
    this.timers.clear();
  }
}
