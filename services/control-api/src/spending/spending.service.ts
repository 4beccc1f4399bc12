import { Injectable } from '@nestjs/common';
import type { TenantId } from '@tandem/contracts';
import { SpendingRepository, type BudgetChange, type DaySpending, type TenantBudget } from '@tandem/database';
import { tenantNotFound } from '@tandem/platform';

/** The cost of a tenant's calls, and its limits. */
@Injectable()
export class SpendingService {
  constructor(private readonly spending: SpendingRepository) {}

  /**
   * Returns the spending of a month by day.
   * @param wanted such as 2026-11; the current month of the tenant's calendar when absent
   */
  async ofMonth(tenantId: TenantId, wanted?: string): Promise<{ month: string; days: DaySpending[] }> {
    const month = wanted ?? (await this.spending.currentMonth(tenantId));
    if (month === null) throw tenantNotFound();
    return { month, days: await this.spending.byDay(tenantId, month) };
  }

  budget(tenantId: TenantId): Promise<TenantBudget> {
    return this.spending.budget(tenantId);
  }

  changeBudget(tenantId: TenantId, change: BudgetChange): Promise<TenantBudget> {
    return this.spending.changeBudget(tenantId, change);
  }
}
