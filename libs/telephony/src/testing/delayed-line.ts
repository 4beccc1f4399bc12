import type { Clock } from '@tandem/conversation';
import type { LineSetting } from './caller-stream-far-side.ts';

/** Carries messages both ways between a stream and its far side, late and in order, on their clock. */
export class DelayedLine {
  private readonly ways = { there: { sentAt: -1, at: 0 }, here: { sentAt: -1, at: 0 } };

  /** @param mostMs the longest delay, where the protocol counts on one; a draw above it is cut */
  constructor(
    private readonly clock: Clock,
    private readonly setting: LineSetting,
    private readonly mostMs = Number.POSITIVE_INFINITY,
  ) {}

  /** Calls `arrive` when the message is there. Messages written in one turn travel together. */
  carry(way: 'there' | 'here', arrive: () => void): void {
    const {
      delayMs: [least, most] = [0, 0],
      loss = { share: 0, withinMs: 0 },
      random = Math.random,
    } = this.setting;
    const last = this.ways[way];
    const now = this.clock.now();
    if (last.sentAt !== now) {
      const resentMs = random() < loss.share ? random() * loss.withinMs : 0;
      const delayMs = Math.min(this.mostMs, least + random() * (most - least) + resentMs);
      this.ways[way] = { sentAt: now, at: Math.max(last.at, now + delayMs) };
    }
    this.clock.after(this.ways[way].at - now, arrive);
  }
}
