import type { CallSpending, Spent } from '@tandem/call-state';
import { MICROS_PER_USD, type NewCallEvent } from '@tandem/contracts';

/**
 * Returns an event for each budget threshold of the tenant's day and month that one addition has crossed.
 * Additions of all relays are counted one after the other, so each threshold is crossed by exactly one call.
 * @param atMs since the call was admitted
 */
export function thresholdsCrossed(
  spending: CallSpending,
  spent: Spent,
  atMs: number,
): Extract<NewCallEvent, { type: 'budget.reached' }>[] {
  const limits = [
    { scope: 'day' as const, limit: spending.dailyMicros, sum: spent.dayMicros },
    { scope: 'tenant' as const, limit: spending.monthlyMicros, sum: spent.monthMicros },
  ];
  return limits.flatMap(({ scope, limit, sum }) =>
    [...new Set([spending.warnShare, 1])].flatMap((share) => {
      if (limit === null) return [];
      const threshold = Math.ceil(limit * share);
      if (sum < threshold || sum - spent.micros >= threshold) return [];
      return [
        { type: 'budget.reached' as const, data: { scope, share, costUsd: sum / MICROS_PER_USD, atMs } },
      ];
    }),
  );
}
