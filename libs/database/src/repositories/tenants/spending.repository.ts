import type { TenantId } from '@tandem/contracts';
import type { DataSource, EntityManager } from 'typeorm';
import { run } from '../../connection/unit-of-work.ts';
import { TenantBudgetRow } from '../../entities/tenant.entities.ts';
import {
  readCurrentMonth,
  sumByDay,
  sumSpending,
  type DaySpending,
  type Period,
} from '../../queries/spending.ts';
import { without } from '../../rows/without.ts';

/** Limits on the cost of a tenant's calls, in micros (millionths of a US dollar); null for no limit. */
export type TenantBudget = Readonly<Omit<TenantBudgetRow, 'tenantId'>>;

/** Absent fields stay as they are. */
export type BudgetChange = { readonly [Field in keyof TenantBudget]?: TenantBudget[Field] | undefined };

/** The budget of a tenant that has set none. */
export const NO_BUDGET: TenantBudget = { dailyMicros: null, monthlyMicros: null, warnShare: 0.8 };

/** Budgets of tenants, and the cost of their calls. A call counts on the local day it was admitted. */
export class SpendingRepository {
  constructor(private readonly dataSource: DataSource) {}

  budget(tenantId: TenantId): Promise<TenantBudget> {
    return run(this.dataSource, tenantId, (manager) => this.read(manager, tenantId));
  }

  async changeBudget(tenantId: TenantId, change: BudgetChange): Promise<TenantBudget> {
    return run(this.dataSource, tenantId, async (manager) => {
      const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
      await manager.upsert(TenantBudgetRow, { tenantId, ...given }, ['tenantId']);
      return this.read(manager, tenantId);
    });
  }

  /** Returns the month (YYYY-MM) of the tenant's clock; null when there is no such tenant. */
  currentMonth(tenantId: TenantId): Promise<string | null> {
    return run(this.dataSource, tenantId, (manager) => readCurrentMonth(manager, tenantId));
  }

  /** Returns the micros spent by recorded calls of a local day (YYYY-MM-DD) or month (YYYY-MM). */
  spent(tenantId: TenantId, period: string): Promise<number> {
    return run(this.dataSource, tenantId, (manager) => sumSpending(manager, tenantId, boundsOf(period)));
  }

  /** Returns the spending of a local month (YYYY-MM) by day; days without calls are absent. */
  byDay(tenantId: TenantId, month: string): Promise<DaySpending[]> {
    return run(this.dataSource, tenantId, (manager) => sumByDay(manager, tenantId, boundsOf(month)));
  }

  private async read(manager: EntityManager, tenantId: TenantId): Promise<TenantBudget> {
    const budget = await manager.findOneBy(TenantBudgetRow, { tenantId });
    return budget ? without(budget, 'tenantId') : NO_BUDGET;
  }
}

/** Returns the bounds of `YYYY-MM-DD` or `YYYY-MM`. */
function boundsOf(period: string): Period {
  const [year, month, day] = period.split('-').map(Number) as [number, number, number | undefined];
  const next = day === undefined ? Date.UTC(year, month, 1) : Date.UTC(year, month - 1, day + 1);
  return [day === undefined ? `${period}-01` : period, new Date(next).toISOString().slice(0, 10)];
}
