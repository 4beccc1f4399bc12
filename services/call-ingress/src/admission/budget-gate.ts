import { Injectable } from '@nestjs/common';
import { SpendLedger, type CallSpending, type TenantSpending } from '@tandem/call-state';
import { localDate } from '@tandem/contracts';
import { SpendingRepository, type DialledNumber, type TenantBudget } from '@tandem/database';

/**
 * Checks a tenant's budget against what its calls have cost so far, live ones included.
 */
@Injectable()
export class BudgetGate {
  constructor(
    private readonly ledger: SpendLedger,
    private readonly recorded: SpendingRepository,
  ) {}

  /**
   * Opens the day the call counts on, also for a tenant without a budget: one may be set during a call.
   * @throws when Redis cannot be reached, or Postgres on the first call of a day
   */
  async check(
    { id, timeZone, budget }: DialledNumber['tenant'],
    at: Date,
  ): Promise<{ spending: CallSpending; isReached: boolean }> {
    const day = localDate(at, timeZone);
    const spent = await this.ledger.spent(id, day, (period) => this.recorded.spent(id, period));
    return { spending: { day, ...budget }, isReached: isBudgetReached(budget, spent) };
  }
}

export function isBudgetReached(budget: TenantBudget, spent: TenantSpending): boolean {
  const isUsedUp = (micros: number, limit: number | null): boolean => limit !== null && micros >= limit;
  return isUsedUp(spent.dayMicros, budget.dailyMicros) || isUsedUp(spent.monthMicros, budget.monthlyMicros);
}
