import type { CallSpending, Spent } from '@tandem/call-state';
import { MICROS_PER_USD, type NewCallEvent } from '@tandem/contracts';

/**
 * Which marks of the tenant's day and month one addition has passed, as facts for the call that passed them.
 * Additions are counted one after the other for all relays, so each mark is passed by exactly one call.
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
      const mark = Math.ceil(limit * share);
      if (sum < mark || sum - spent.micros >= mark) return [];
      return [
        { type: 'budget.reached' as const, data: { scope, share, costUsd: sum / MICROS_PER_USD, atMs } },
      ];
    }),
  );
}
