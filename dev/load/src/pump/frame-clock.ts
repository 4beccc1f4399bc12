import { Histogram } from './histogram.ts';

export interface Ticking {
  /** 20 ms have passed. `nowMs` is `performance.now`. */
  tick(nowMs: number): void;
}

const SLOTS = 20;
const SLOT_MS = 1;

/** Ticks every member once in 20 ms, the members spread over twenty slots as callers are over time. */
export class FrameClock {
  /**
   * Lateness of the ticks: above some milliseconds the driver is overloaded and its figures mean nothing.
   */
  readonly lateness = new Histogram();
  private readonly slots = Array.from({ length: SLOTS }, () => new Set<Ticking>());
  private slot = 0;
  private dueMs = performance.now();
  private readonly timer: NodeJS.Timeout;

  constructor() {
    this.timer = setInterval(() => this.run(), SLOT_MS);
  }

  add(member: Ticking): void {
    this.slots.reduce((least, slot) => (slot.size < least.size ? slot : least)).add(member);
  }

  remove(member: Ticking): void {
    for (const slot of this.slots) slot.delete(member);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private run(): void {
    for (let now = performance.now(); this.dueMs <= now; now = performance.now()) {
      this.lateness.add((now - this.dueMs) * 1000);
      for (const member of this.slots[this.slot] ?? []) member.tick(now);
      this.slot = (this.slot + 1) % SLOTS;
      this.dueMs += SLOT_MS;
    }
  }
}
