import type { TenantId } from '@tandem/contracts';
import type { Redis } from 'ioredis';
import { keys } from '../redis/keys.ts';

/** Cost of a tenant's calls so far, running ones included, in micros (millionths of a US dollar). */
export interface TenantSpending {
  readonly dayMicros: number;
  readonly monthMicros: number;
}

/** An addition: how much, and the sums it led to. */
export interface Spent extends TenantSpending {
  readonly micros: number;
}

/** Longer than the period: calls admitted on its last evening may still be adding. */
export const DAY_TTL_S = 3 * 86_400;
export const MONTH_TTL_S = 40 * 86_400;

/** The month of a day: YYYY-MM of YYYY-MM-DD. */
export const monthOf = (day: string): string => day.slice(0, 7);

/**
 * Spending of tenants, counted while calls run. Each period has two figures: `opened`, the cost of recorded
 * calls when it was first asked for, and `added`, the cost of calls since (see `append-events.ts`). A period
 * is opened before its first call is admitted. When Redis has lost everything, recorded calls are read from
 * Postgres again, and running ones, which are not there yet, add their restored events again.
 */
export class SpendLedger {
  constructor(private readonly redis: Redis) {}

  /**
   * @param recorded micros that calls in Postgres cost in a period (YYYY-MM-DD or YYYY-MM); asked for once
   * per period
   */
  async spent(
    tenantId: TenantId,
    day: string,
    recorded: (period: string) => Promise<number>,
  ): Promise<TenantSpending> {
    const [dayMicros, monthMicros] = await Promise.all([
      this.inPeriod(tenantId, day, DAY_TTL_S, recorded),
      this.inPeriod(tenantId, monthOf(day), MONTH_TTL_S, recorded),
    ]);
    return { dayMicros, monthMicros };
  }

  private async inPeriod(
    tenantId: TenantId,
    period: string,
    ttlS: number,
    recorded: (period: string) => Promise<number>,
  ): Promise<number> {
    const key = keys.spend(tenantId, period);
    const [opened, added] = await this.redis.hmget(key, 'opened', 'added');
    if (opened) return Number(opened) + Number(added ?? 0);
    const micros = await recorded(period);
    const replies = await this.redis
      .multi()
      .hsetnx(key, 'opened', micros)
      .expire(key, ttlS)
      .hmget(key, 'opened', 'added')
      .exec();
    const [openedNow, addedNow] = (replies?.[2]?.[1] ?? []) as (string | null)[];
    return Number(openedNow ?? micros) + Number(addedNow ?? 0);
  }
}
