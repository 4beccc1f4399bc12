import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MarkLedger } from './mark-ledger.ts';

const second = 8_000;

describe('what was heard of a Twilio stream', () => {
  it('is nothing until the carrier reports that playout has begun', () => {
    const ledger = new MarkLedger(8);
    ledger.recordSent('hello', second, 0);
    expect(ledger.heardSoFar(5_000)).toEqual([{ soundId: 'hello', heardMs: 0, isComplete: false }]);
  });

  it('grows with the clock between marks, one frame late, never beyond what was sent', () => {
    const ledger = new MarkLedger(8);
    const { before } = ledger.recordSent('hello', second, 0);
    ledger.onMarkEchoed(before!, 100);
    expect(ledger.heardSoFar(620)[0]?.heardMs).toBe(500);
    expect(ledger.heardSoFar(60_000)[0]?.heardMs).toBe(1_000);
  });

  it('is certain at a mark', () => {
    const ledger = new MarkLedger(8);
    const { before, after } = ledger.recordSent('hello', second, 0);
    ledger.onMarkEchoed(before!, 0);
    expect(ledger.onMarkEchoed(after, 1_040)).toEqual([
      { soundId: 'hello', heardMs: 1_000, isComplete: true },
    ]);
    expect(ledger.heardSoFar(2_000)).toEqual([]);
  });

  it('adds up pieces of one sound and tells sounds apart', () => {
    const ledger = new MarkLedger(8);
    const first = ledger.recordSent('a', second, 0);
    const more = ledger.recordSent('a', second, 0);
    const third = ledger.recordSent('b', second, 0);
    expect(more.before).toBeNull();
    ledger.onMarkEchoed(first.before!, 0);
    expect(ledger.onMarkEchoed(first.after, 1_000)).toEqual([
      { soundId: 'a', heardMs: 1_000, isComplete: false },
    ]);
    expect(ledger.onMarkEchoed(third.after, 3_000)).toEqual([
      { soundId: 'a', heardMs: 2_000, isComplete: true },
      { soundId: 'b', heardMs: 1_000, isComplete: true },
    ]);
  });

  it('is, after a clear, what was heard before; echoes caused by the clear prove nothing', () => {
    const ledger = new MarkLedger(8);
    const { before, after } = ledger.recordSent('long', 4 * second, 0);
    ledger.onMarkEchoed(before!, 0);
    expect(ledger.clear(1_020)).toEqual([{ soundId: 'long', heardMs: 1_000, isComplete: false }]);
    expect(ledger.onMarkEchoed(after, 1_030)).toEqual([]);
    const next = ledger.recordSent('next', second, 2_000);
    expect(ledger.onMarkEchoed(after, 2_010)).toEqual([]);
    ledger.onMarkEchoed(next.before!, 2_020);
    expect(ledger.heardSoFar(2_140)).toEqual([{ soundId: 'next', heardMs: 100, isComplete: false }]);
  });

  it('is nothing for a sound that never began', () => {
    const ledger = new MarkLedger(8);
    const { before } = ledger.recordSent('a', second, 0);
    ledger.recordSent('b', second, 0);
    ledger.onMarkEchoed(before!, 0);
    expect(ledger.clear(520)).toEqual([
      { soundId: 'a', heardMs: 500, isComplete: false },
      { soundId: 'b', heardMs: 0, isComplete: false },
    ]);
  });

  it('does not count silence between two sounds as playout', () => {
    const ledger = new MarkLedger(8);
    const first = ledger.recordSent('a', second, 0);
    ledger.onMarkEchoed(first.before!, 0);
    ledger.onMarkEchoed(first.after, 1_000);
    const later = ledger.recordSent('b', second, 9_000);
    expect(ledger.heardSoFar(9_400)[0]?.heardMs).toBe(0);
    ledger.onMarkEchoed(later.before!, 9_400);
    expect(ledger.heardSoFar(9_520)[0]?.heardMs).toBe(100);
  });

  it('is not overdue before it was sent, even after a long silence', () => {
    const ledger = new MarkLedger(8);
    const first = ledger.recordSent('a', second, 1_000_000);
    expect(ledger.overdueMs(1_000_050)).toBe(0);
    expect(ledger.overdueMs(1_001_050)).toBe(50);
    ledger.onMarkEchoed(first.before!, 1_000_100);
    expect(ledger.overdueMs(1_001_150)).toBe(50);
    ledger.onMarkEchoed(first.after, 1_001_200);
    expect(ledger.overdueMs(1_090_000)).toBe(0);
    ledger.recordSent('b', second, 1_090_000);
    expect(ledger.overdueMs(1_090_050)).toBe(0);
    expect(ledger.overdueMs(1_091_050)).toBe(50);
    ledger.clear(1_091_050);
    ledger.recordSent('c', second, 1_190_000);
    expect(ledger.overdueMs(1_190_050)).toBe(0);
  });

  it('ignores marks that were never sent', () => {
    const ledger = new MarkLedger(8);
    ledger.recordSent('a', second, 0);
    for (const name of ['', 'x', '0.999999', '7.10', '0.-5', '0.1e3', '0.NaN'])
      expect(ledger.onMarkEchoed(name, 10)).toEqual([]);
  });

  it('never exceeds what a real player has played, whatever the delays', () => {
    const step = fc.record({
      gapMs: fc.integer({ min: 0, max: 1_500 }),
      act: fc.oneof(
        {
          weight: 5,
          arbitrary: fc.record({
            sound: fc.constantFrom('a', 'b', 'c'),
            frames: fc.integer({ min: 1, max: 100 }),
          }),
        },
        fc.constant('clear' as const),
      ),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.integer({ min: 0, max: 120 }), (steps, delayMs) => {
        const ledger = new MarkLedger(8);
        const carrier = new TruePlayer(delayMs);
        let now = 0;
        let generation = 0;
        for (const { gapMs, act } of steps) {
          const until = now + gapMs;
          for (const echo of carrier.playUntil(until)) ledger.onMarkEchoed(echo.name, echo.at);
          now = until;
          if (act === 'clear') {
            generation += 1;
            for (const heard of ledger.clear(now))
              expect(heard.heardMs).toBeLessThanOrEqual(carrier.heardMs(heard.soundId, now));
            carrier.clear(now);
          } else {
            const sound = `${generation}-${act.sound}-${now}`;
            const { before, after } = ledger.recordSent(sound, act.frames * 160, now);
            carrier.receive(now, before, sound, act.frames * 160, after);
          }
          for (const heard of ledger.heardSoFar(now))
            expect(heard.heardMs).toBeLessThanOrEqual(carrier.heardMs(heard.soundId, now));
        }
      }),
      { numRuns: 1_000 },
    );
  });
});

/**
 * Simulates a carrier that plays in 20 ms ticks, with a delay in both directions. Echoes arrive late, never
 * early.
 */
class TruePlayer {
  private queue: ({ sound: string; bytes: number } | { mark: string })[] = [];
  private arriving: { at: number; run: () => void }[] = [];
  private echoes: { name: string; at: number }[] = [];
  private readonly played = new Map<string, number>();
  private tick = 0;

  constructor(private readonly delayMs: number) {}

  receive(now: number, before: string | null, sound: string, bytes: number, after: string): void {
    this.arriving.push({
      at: now + this.delayMs,
      run: () => {
        if (before) this.queue.push({ mark: before });
        this.queue.push({ sound, bytes }, { mark: after });
      },
    });
  }

  clear(now: number): void {
    this.arriving.push({
      at: now + this.delayMs,
      run: () => {
        for (const entry of this.queue) if ('mark' in entry) this.echo(entry.mark);
        this.queue = [];
      },
    });
  }

  playUntil(now: number): { name: string; at: number }[] {
    for (; this.tick <= now; this.tick += 20) {
      while (this.arriving[0] && this.arriving[0].at <= this.tick) this.arriving.shift()?.run();
      let left = 160;
      for (let first = this.queue[0]; first; first = this.queue[0]) {
        if ('mark' in first) this.echo(first.mark);
        else {
          const bytes = Math.min(left, first.bytes);
          if (bytes === 0) break;
          this.played.set(first.sound, (this.played.get(first.sound) ?? 0) + bytes);
          left -= bytes;
          first.bytes -= bytes;
          if (first.bytes > 0) break;
        }
        this.queue.shift();
      }
    }
    const due = this.echoes.filter(({ at }) => at <= now);
    this.echoes = this.echoes.filter(({ at }) => at > now);
    return due;
  }

  /** Audio played by the end of the current tick; a frame counts as a whole. */
  heardMs(sound: string, now: number): number {
    for (const echo of this.playUntil(now)) this.echoes.push(echo);
    return (this.played.get(sound) ?? 0) / 8;
  }

  private echo(name: string): void {
    this.echoes.push({ name, at: this.tick + this.delayMs });
  }
}
