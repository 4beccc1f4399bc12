import { type Clock, FRAME_MS, type Timer } from '@tandem/kit';

export interface Ticking {
  /** Called when a frame is due. `nowMs` is the clock's `now`. */
  tick(nowMs: number): void;
}

export interface TickerStats {
  readonly ticks: number;
  /** Largest lateness of a tick, in ms. */
  readonly maxLateMs: number;
  /** Ticks skipped after the process had stalled for longer than `maxCatchUpMs`. */
  readonly skippedTicks: number;
}

interface TickerOptions {
  /** The 20 ms are split into this many slots, so that calls do not all send at the same instant. */
  readonly slots?: number;
  /**
   * Longest delay that is made up by running ticks back to back; beyond it ticks are skipped and counted.
   */
  readonly maxCatchUpMs?: number;
}

/**
 * The one 20 ms clock of all calls. Due times are multiples from the start, so lateness of one tick does not
 * move the next: on average exactly 50 ticks a second. Runs only while it has members.
 */
export class Ticker {
  private readonly clock: Clock;
  private readonly slots: (Ticking | null)[][];
  private readonly slotMs: number;
  private readonly maxCatchUpMs: number;
  private readonly slotOf = new Map<Ticking, number>();
  private timer: Timer | null = null;
  private dueMs = 0;
  private slot = 0;
  private ticks = 0;
  private maxLateMs = 0;
  private skippedTicks = 0;

  constructor(clock: Clock, options: TickerOptions = {}) {
    this.clock = clock;
    this.slots = Array.from({ length: options.slots ?? 4 }, () => []);
    this.slotMs = FRAME_MS / this.slots.length;
    this.maxCatchUpMs = options.maxCatchUpMs ?? 500;
  }

  get members(): number {
    return this.slotOf.size;
  }

  get stats(): TickerStats {
    return { ticks: this.ticks, maxLateMs: this.maxLateMs, skippedTicks: this.skippedTicks };
  }

  add(member: Ticking): void {
    if (this.slotOf.has(member)) return;
    const sizes = this.slots.map((slot) => slot.length);
    const emptiest = sizes.indexOf(Math.min(...sizes));
    this.slots[emptiest]?.push(member);
    this.slotOf.set(member, emptiest);
    if (this.timer) return;
    this.dueMs = this.clock.now() + this.slotMs;
    this.schedule();
  }

  remove(member: Ticking): void {
    const slot = this.slots[this.slotOf.get(member) ?? -1];
    if (!slot) return;
    // The member is replaced by null, not removed, because a tick may be iterating over the slot.
    slot[slot.indexOf(member)] = null;
    this.slotOf.delete(member);
    if (this.slotOf.size > 0) return;
    this.timer?.cancel();
    this.timer = null;
  }

  private schedule(): void {
    this.timer?.cancel();
    this.timer = this.clock.after(Math.max(0, this.dueMs - this.clock.now()), () => this.run());
  }

  private run(): void {
    const nowMs = this.clock.now();
    const lateMs = nowMs - this.dueMs;
    this.maxLateMs = Math.max(this.maxLateMs, lateMs);
    if (lateMs > this.maxCatchUpMs) this.skip(lateMs);
    while (this.dueMs <= nowMs && this.slotOf.size > 0) {
      this.runSlot(this.slots[this.slot] ?? [], nowMs);
      this.slot = (this.slot + 1) % this.slots.length;
      this.dueMs += this.slotMs;
    }
    if (this.slotOf.size > 0) this.schedule();
  }

  private skip(lateMs: number): void {
    const frames = Math.floor((lateMs - this.maxCatchUpMs) / FRAME_MS);
    this.dueMs += frames * FRAME_MS;
    this.skippedTicks += frames * this.slotOf.size;
  }

  private runSlot(slot: (Ticking | null)[], nowMs: number): void {
    let holes = 0;
    for (const member of slot) {
      if (member) {
        this.ticks += 1;
        member.tick(nowMs);
      } else {
        holes += 1;
      }
    }
    if (holes === 0) return;
    const kept = slot.filter((member) => member !== null);
    slot.splice(0, slot.length, ...kept);
  }
}
