import type { SimulatorClock, SimulatorTimer } from './simulator-clock.ts';

interface Waiting {
  readonly dueMs: number;
  readonly run: () => void;
}

/** A clock that moves only when told to. Timers run in the order of their due time, at their due time. */
export class ManualClock implements SimulatorClock {
  private nowMs = 0;
  private waiting: Waiting[] = [];

  now(): number {
    return this.nowMs;
  }

  wallTime(): number {
    return 1_800_000_000_000 + this.nowMs;
  }

  after(delayMs: number, run: () => void): SimulatorTimer {
    const waiting = { dueMs: this.nowMs + Math.max(0, delayMs), run };
    this.waiting.push(waiting);
    return { cancel: () => (this.waiting = this.waiting.filter((other) => other !== waiting)) };
  }

  /** Runs everything due in the next `byMs`. */
  advance(byMs: number): void {
    const untilMs = this.nowMs + byMs;
    for (let next = this.nextDue(untilMs); next; next = this.nextDue(untilMs)) {
      this.waiting.splice(this.waiting.indexOf(next), 1);
      this.nowMs = next.dueMs;
      next.run();
    }
    this.nowMs = untilMs;
  }

  /**
   * Time passes and nobody gets to run: a process that was stopped. Timers due meanwhile run at the next
   * `advance`.
   */
  stall(byMs: number): void {
    this.nowMs += byMs;
    this.waiting = this.waiting.map((waiting) => ({
      ...waiting,
      dueMs: Math.max(waiting.dueMs, this.nowMs),
    }));
  }

  private nextDue(untilMs: number): Waiting | undefined {
    let first: Waiting | undefined;
    for (const waiting of this.waiting) {
      if (waiting.dueMs <= untilMs && (!first || waiting.dueMs < first.dueMs)) first = waiting;
    }
    return first;
  }
}
