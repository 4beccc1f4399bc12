import type { Clock, Timer } from '../ports/clock.ts';

interface Due {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/**
 * The clock starts a day after its origin, so that code which takes the origin for a moment of the call
 * fails.
 */
const PROCESS_AGE_MS = 86_400_000;

/** Manual time: nothing happens until {@link pass} is called, and then in order. */
export class ManualClock implements Clock {
  private time = PROCESS_AGE_MS;
  private order = 0;
  private readonly due = new Set<Due>();

  constructor(private readonly epochMs = Date.UTC(2026, 0, 5, 15, 0, 0)) {}

  now(): number {
    return this.time;
  }

  wallTime(): number {
    return this.epochMs + this.time - PROCESS_AGE_MS;
  }

  after(delayMs: number, run: () => void): Timer {
    const entry: Due = { at: this.time + Math.max(0, delayMs), order: this.order++, run };
    this.due.add(entry);
    return { cancel: () => void this.due.delete(entry) };
  }

  /** Timers that have not fired: a call that is over leaves none. */
  get pendingTimers(): number {
    return this.due.size;
  }

  /** Lets time pass, firing what falls due and letting promises settle in between. */
  async pass(ms: number): Promise<void> {
    const until = this.time + ms;
    await settle();
    for (;;) {
      const next = [...this.due].sort((a, b) => a.at - b.at || a.order - b.order)[0];
      if (!next || next.at > until) break;
      this.due.delete(next);
      this.time = Math.max(this.time, next.at);
      next.run();
      await settle();
    }
    this.time = until;
    await settle();
  }
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 12; turn += 1) await Promise.resolve();
}
