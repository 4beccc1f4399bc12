import { describe, expect, it } from '@jest/globals';
import { isBudgetReached } from './budget-gate.ts';

const budget = (dailyMicros: number | null, monthlyMicros: number | null = null) => ({
  dailyMicros,
  monthlyMicros,
  warnShare: 0.8,
});

describe('a tenant’s budget', () => {
  it('is reached when the day’s or the month’s limit is used up', () => {
    expect(isBudgetReached(budget(100), { dayMicros: 99, monthMicros: 5_000 })).toBe(false);
    expect(isBudgetReached(budget(100), { dayMicros: 100, monthMicros: 0 })).toBe(true);
    expect(isBudgetReached(budget(null, 100), { dayMicros: 5_000, monthMicros: 100 })).toBe(true);
  });

  it('of zero is reached from the start; without a limit it is never reached', () => {
    expect(isBudgetReached(budget(0), { dayMicros: 0, monthMicros: 0 })).toBe(true);
    expect(isBudgetReached(budget(null), { dayMicros: 9e12, monthMicros: 9e12 })).toBe(false);
  });
});
