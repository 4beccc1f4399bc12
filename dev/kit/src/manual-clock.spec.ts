import { describe, expect, it } from '@jest/globals';
import { ManualClock } from './manual-clock.ts';

describe('a manual clock', () => {
  it('runs timers in the order of their due time, at their due time', () => {
    const clock = new ManualClock();
    const ran: [string, number][] = [];
    const timer = (name: string, delayMs: number) =>
      clock.after(delayMs, () => ran.push([name, clock.now()]));
    timer('late', 30);
    timer('early', 10);
    timer('never', 20).cancel();
    timer('early too', 10);
    clock.advance(29);
    expect(ran).toEqual([
      ['early', 10],
      ['early too', 10],
    ]);
    expect(clock.pendingTimers).toBe(1);
    clock.advance(1);
    expect(ran.at(-1)).toEqual(['late', 30]);
  });

  it('lets promises settle between timers', async () => {
    const clock = new ManualClock();
    const ran: string[] = [];
    clock.after(1, () => void Promise.resolve().then(() => clock.after(1, () => ran.push('chained'))));
    await clock.pass(5);
    expect([ran, clock.now()]).toEqual([['chained'], 5]);
  });

  it('runs timers of a stalled process when time moves on, at the time it woke', () => {
    const clock = new ManualClock(1_000);
    const ran: number[] = [];
    clock.after(10, () => ran.push(clock.now()));
    clock.stall(50);
    expect(ran).toEqual([]);
    clock.advance(1);
    expect([ran, clock.wallTime()]).toEqual([[50], 1_051]);
  });
});
