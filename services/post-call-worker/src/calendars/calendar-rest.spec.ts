import { describe, expect, it } from '@jest/globals';
import { eventRestOf, restOf } from './calendar-rest.ts';

describe('the rest of a calendar that failed', () => {
  it('doubles up to an hour, varied by a fifth', () => {
    expect([0, 1, 2].map((failures) => restOf(failures, null, 0.5))).toEqual([5_000, 10_000, 20_000]);
    expect(restOf(500, null, 0.5)).toBe(3_600_000);
    expect([restOf(0, null, 0), restOf(0, null, 1)]).toEqual([4_000, 6_000]);
  });

  it('is no shorter than the calendar asks for, and at most a day', () => {
    expect(restOf(0, 90_000, 0.5)).toBe(90_000);
    expect(restOf(0, 7 * 86_400_000, 0.5)).toBe(86_400_000);
  });

  it('is longer for an event that is refused', () => {
    expect([eventRestOf(0, 0.5), eventRestOf(50, 0.5)]).toEqual([60_000, 21_600_000]);
  });
});
