import { describe, expect, it } from '@jest/globals';
import { thresholdsCrossed } from './budget-thresholds.ts';

const spending = { day: '2026-11-25', dailyMicros: 1_000_000, monthlyMicros: 5_000_000, warnShare: 0.8 };
const crossed = (dayMicros: number, micros: number, monthMicros = dayMicros, limits = spending) =>
  thresholdsCrossed(limits, { dayMicros, monthMicros, micros }, 4_000).map(
    ({ data }) => `${data.scope} ${data.share} at ${data.costUsd}`,
  );

describe('a tenant’s budget', () => {
  it('gives one event for each threshold, to the call that crosses it', () => {
    expect(crossed(799_999, 50_000)).toEqual([]);
    expect(crossed(800_000, 1)).toEqual(['day 0.8 at 0.8']);
    expect(crossed(900_000, 50_000)).toEqual([]);
    expect(crossed(1_000_000, 100_000)).toEqual(['day 1 at 1']);
    expect(crossed(1_200_000, 200_000)).toEqual([]);
  });

  it('may have several thresholds crossed at once', () => {
    expect(crossed(1_100_000, 1_100_000, 5_000_000)).toEqual([
      'day 0.8 at 1.1',
      'day 1 at 1.1',
      'tenant 0.8 at 5',
      'tenant 1 at 5',
    ]);
  });

  it('has no thresholds without limits, and one where the warning share is 1', () => {
    expect(
      crossed(9e9, 9e9, 9e9, { ...spending, dailyMicros: null as never, monthlyMicros: null as never }),
    ).toEqual([]);
    expect(crossed(1_000_000, 1_000_000, 0, { ...spending, warnShare: 1 })).toEqual(['day 1 at 1']);
  });
});
