import type { SimulatorClock, Timer } from '../clock.ts';

interface Pending {
  readonly dueAt: number;
  readonly order: number;
  readonly run: () => void;
}

/** A clock that stands still until told to move; timers fire in order of their due time. */
export class ManualClock implements SimulatorClock {
  private nowMs = 0;
  private order = 0;
  private pending: Pending[] = [];

  now(): number {
    return this.nowMs;
  }

  wallTime(): number {
    return 1_780_000_000_000 + this.nowMs;
  }

  get pendingTimers(): number {
    return this.pending.length;
  }

  after(delayMs: number, run: () => void): Timer {
    const entry: Pending = { dueAt: this.nowMs + Math.max(0, delayMs), order: this.order++, run };
    this.pending.push(entry);
    return {
      cancel: () => {
        this.pending = this.pending.filter((other) => other !== entry);
      },
    };
  }

  /** Moves on by `ms`, firing what falls due, and lets promise callbacks run between timers. */
  async advance(ms: number): Promise<void> {
    const end = this.nowMs + ms;
    await settle();
    for (let next = this.next(end); next; next = this.next(end)) {
      this.pending = this.pending.filter((other) => other !== next);
      this.nowMs = next.dueAt;
      next.run();
      await settle();
    }
    this.nowMs = end;
  }

  private next(end: number): Pending | undefined {
    return this.pending
      .filter((entry) => entry.dueAt <= end)
      .sort((a, b) => a.dueAt - b.dueAt || a.order - b.order)[0];
  }
}

/** Lets already resolved promises run their callbacks. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 8; turn++) await Promise.resolve();
}
