import type { Clock, Timer } from './clock.ts';

interface PendingTimer {
  readonly dueMs: number;
  readonly run: () => void;
}

/** Turns of the microtask queue after a timer: enough for a promise chain of this depth to settle. */
const SETTLE_TURNS = 8;

/** A clock that only a test moves. Timers run in the order of their due time, at their due time. */
export class ManualClock implements Clock {
  private nowMs = 0;
  private pending: PendingTimer[] = [];

  constructor(private readonly epochMs = 1_800_000_000_000) {}

  now(): number {
    return this.nowMs;
  }

  wallTime(): number {
    return this.epochMs + this.nowMs;
  }

  get pendingTimers(): number {
    return this.pending.length;
  }

  after(delayMs: number, run: () => void): Timer {
    const timer = { dueMs: this.nowMs + Math.max(0, delayMs), run };
    this.pending.push(timer);
    return { cancel: () => (this.pending = this.pending.filter((other) => other !== timer)) };
  }

  /** Moves time on by `ms` and runs the timers that fall due. Promise callbacks run later. */
  advance(ms: number): void {
    const untilMs = this.nowMs + ms;
    while (this.runNext(untilMs));
    this.nowMs = untilMs;
  }

  /** Moves time on by `ms` as {@link advance} does, and lets promises settle between the timers. */
  async pass(ms: number): Promise<void> {
    const untilMs = this.nowMs + ms;
    do await settle();
    while (this.runNext(untilMs));
    this.nowMs = untilMs;
  }

  /** Moves time on without running timers, as in a stopped process; timers due run at the next move. */
  stall(ms: number): void {
    this.nowMs += ms;
    this.pending = this.pending.map((timer) => ({ ...timer, dueMs: Math.max(timer.dueMs, this.nowMs) }));
  }

  private runNext(untilMs: number): boolean {
    let next: PendingTimer | undefined;
    for (const timer of this.pending)
      if (timer.dueMs <= untilMs && (!next || timer.dueMs < next.dueMs)) next = timer;
    if (!next) return false;
    this.pending.splice(this.pending.indexOf(next), 1);
    this.nowMs = next.dueMs;
    next.run();
    return true;
  }
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < SETTLE_TURNS; turn += 1) await Promise.resolve();
}
