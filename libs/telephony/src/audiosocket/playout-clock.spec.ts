import { describe, expect, it } from '@jest/globals';
import type { Clock, Timer } from '@tandem/conversation';
import { ManualClock } from '@tandem/conversation/testing';
import { PlayoutClock } from './playout-clock.ts';

/** Fires its timers late by what it is told, as a busy event loop does. */
class LateClock implements Clock {
  lateMs = 0;

  constructor(readonly clock: ManualClock) {}

  now(): number {
    return this.clock.now();
  }

  wallTime(): number {
    return this.clock.wallTime();
  }

  after(delayMs: number, run: () => void): Timer {
    return this.clock.after(delayMs + this.lateMs, run);
  }
}

function given() {
  const clock = new LateClock(new ManualClock());
  const startedAt = clock.now();
  const playout = new PlayoutClock(clock);
  const ticks: [atMs: number, frames: number][] = [];
  const player = {
    play: (frames: number, now: number) => void ticks.push([now - startedAt, frames]),
  };
  return { clock, playout, ticks, player, startedAt };
}

describe('the playout clock', () => {
  it('gives a player one frame every 20 ms', async () => {
    const { clock, playout, ticks, player } = given();
    playout.add(player);
    await clock.clock.pass(100);
    expect(ticks).toEqual([20, 40, 60, 80, 100].map((atMs) => [atMs, 1]));
  });

  it('does not drift when each tick is late', async () => {
    const { clock, playout, ticks, player } = given();
    clock.lateMs = 7;
    playout.add(player);
    await clock.clock.pass(10_010);
    expect(ticks.reduce((sum, [, frames]) => sum + frames, 0)).toBe(500);
    // The late timer of the slot before.
    expect(ticks.at(-1)).toEqual([10_002, 1]);
  });

  it('makes up for a late tick, up to three frames at once', async () => {
    const { clock, playout, ticks, player } = given();
    playout.add(player);
    await clock.clock.pass(20);
    clock.lateMs = 45;
    await clock.clock.pass(40);
    clock.lateMs = 0;
    await clock.clock.pass(60);
    expect(ticks.every(([, frames]) => frames <= 3)).toBe(true);
    expect(ticks.reduce((sum, [, frames]) => sum + frames, 0)).toBe(6);
  });

  it('leaves out what is later than three frames', async () => {
    const { clock, playout, ticks, player } = given();
    clock.lateMs = 1_000;
    playout.add(player);
    await clock.clock.pass(1_020);
    clock.lateMs = 0;
    await clock.clock.pass(1_100);
    expect(ticks[0]).toEqual([1_005, 3]);
    expect(ticks.slice(1).every(([, frames]) => frames <= 3)).toBe(true);
  });

  it('plays what is due when a socket is read before its timer fires', async () => {
    const { clock, playout, ticks, player } = given();
    clock.lateMs = 50;
    playout.add(player);
    await clock.clock.pass(21);
    expect(ticks).toEqual([]);
    playout.playDue(clock.now());
    playout.playDue(clock.now());
    expect(ticks).toEqual([[21, 1]]);
    await clock.clock.pass(34);
    expect(ticks).toEqual([
      [21, 1],
      [55, 1],
    ]);
  });

  it('spreads players over the time of a frame, each at its own 20 ms', async () => {
    const { clock, playout, startedAt } = given();
    const played = Array.from({ length: 8 }, () => [] as number[]);
    for (const times of played) playout.add({ play: (_frames, now) => void times.push(now - startedAt) });
    await clock.clock.pass(60);
    expect(played.map(([first]) => first)).toEqual([20, 15, 10, 5, 20, 15, 10, 5]);
    for (const times of played)
      expect(times.slice(1).map((atMs, index) => atMs - (times[index] ?? 0))).toEqual(
        times.slice(1).map(() => 20),
      );
  });

  it('rests while nobody plays', async () => {
    const { clock, playout, ticks, player } = given();
    playout.add(player);
    await clock.clock.pass(40);
    playout.delete(player);
    expect(clock.clock.pendingTimers).toBe(0);
    await clock.clock.pass(1_000);
    playout.add(player);
    await clock.clock.pass(20);
    expect(ticks).toEqual([
      [20, 1],
      [40, 1],
      [1_060, 1],
    ]);
  });
});
