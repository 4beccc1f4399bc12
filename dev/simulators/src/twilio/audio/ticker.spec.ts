import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '@tandem/kit';
import { Ticker } from './ticker.ts';

function counter(onTick: (nowMs: number) => void = () => undefined) {
  return {
    times: [] as number[],
    tick(nowMs: number) {
      this.times.push(nowMs);
      onTick(nowMs);
    },
  };
}

describe('the ticker', () => {
  it('ticks every 20 ms', () => {
    const clock = new ManualClock();
    const ticker = new Ticker(clock, { slots: 1 });
    const member = counter();
    ticker.add(member);
    clock.advance(100);
    expect(member.times).toEqual([20, 40, 60, 80, 100]);
  });

  it('spreads its members over the slots of a period', () => {
    const clock = new ManualClock();
    const ticker = new Ticker(clock, { slots: 4 });
    const members = Array.from({ length: 4 }, () => counter());
    for (const member of members) ticker.add(member);
    clock.advance(40);
    expect(members.map((member) => member.times[0])).toEqual([5, 10, 15, 20]);
    expect(members.every((member) => member.times.length === 2)).toBe(true);
  });

  it('does not drift: late ticks are made up and the rhythm stays on its grid', () => {
    const clock = new ManualClock();
    const ticker = new Ticker(clock, { slots: 1 });
    const member = counter();
    ticker.add(member);
    clock.advance(20);
    clock.stall(73);
    clock.advance(0);
    expect(member.times).toEqual([20, 93, 93, 93]);
    clock.advance(27);
    expect(member.times).toEqual([20, 93, 93, 93, 100, 120]);
    expect(ticker.stats.maxLateMs).toBe(53);
  });

  it('skips what it missed beyond the bound, counts it, and keeps the grid', () => {
    const clock = new ManualClock();
    const ticker = new Ticker(clock, { slots: 1, maxCatchUpMs: 100 });
    const member = counter();
    ticker.add(member);
    clock.stall(1000);
    clock.advance(0);
    expect(member.times.length + ticker.stats.skippedTicks).toBe(50);
    expect(member.times.length).toBe(6);
    clock.advance(20);
    expect(member.times.at(-1)).toBe(1020);
  });

  it('lets members leave and join in the middle of a round', () => {
    const clock = new ManualClock();
    const ticker = new Ticker(clock, { slots: 1 });
    const late = counter();
    const leaver = counter(() => {
      ticker.remove(leaver);
      ticker.add(late);
    });
    const stayer = counter();
    ticker.add(leaver);
    ticker.add(stayer);
    clock.advance(60);
    expect(leaver.times).toEqual([20]);
    expect(stayer.times).toEqual([20, 40, 60]);
    expect(late.times.at(-1)).toBe(60);
    expect(ticker.members).toBe(2);
  });

  it('runs once a period after its only member was exchanged during a tick', () => {
    const clock = new ManualClock();
    const ticker = new Ticker(clock, { slots: 1 });
    const second = counter();
    const first = counter(() => {
      ticker.remove(first);
      ticker.add(second);
    });
    ticker.add(first);
    clock.advance(100);
    expect(second.times.slice(-2)).toEqual([80, 100]);
    expect(new Set(second.times).size).toBe(second.times.length);
  });

  it('rests while it has no members', () => {
    const clock = new ManualClock();
    const ticker = new Ticker(clock);
    const member = counter();
    ticker.add(member);
    ticker.remove(member);
    clock.advance(1000);
    expect(member.times).toEqual([]);
    expect(ticker.stats.ticks).toBe(0);
  });
});
