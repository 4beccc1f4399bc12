import type { TenantId } from '@tandem/contracts';
import type { DataSource } from 'typeorm';
import { query, run } from '../../connection/unit-of-work.ts';

/** What a tenant's calls may cost, in micros (millionths of a US dollar); null for no limit. */
export interface TenantBudget {
  readonly dailyMicros: number | null;
  readonly monthlyMicros: number | null;
  /** Warned of at this share of a limit. */
  readonly warnShare: number;
}

/** What is absent stays. */
export type BudgetChange = { readonly [Field in keyof TenantBudget]?: TenantBudget[Field] | undefined };

/** A tenant without a row has no limits. */
export interface BudgetColumns {
  daily_micros: string | null;
  monthly_micros: string | null;
  warn_share: number | null;
}

/** A day of the tenant's own calendar, with the calls admitted on it. */
export interface DaySpending {
  /** YYYY-MM-DD. */
  readonly date: string;
  readonly calls: number;
  readonly micros: number;
  /** Reports of usage that have no price; with any, `micros` is a lower bound. */
  readonly unpriced: number;
}

const DEFAULT_WARN_SHARE = 0.8;

/** Calls of the tenant `$1` admitted from the local day `$2` to before `$3`. */
const IN_PERIOD = `
FROM tenants tenant JOIN calls call ON call.tenant_id = tenant.id
WHERE tenant.id = $1 AND call.admitted_at >= $2::date::timestamp AT TIME ZONE tenant.time_zone AND call.admitted_at < $3::date::timestamp AT TIME ZONE tenant.time_zone`;

/** What tenants spend and may spend. A call counts on the local day it was admitted. */
export class SpendingRepository {
  constructor(private readonly dataSource: DataSource) {}

  async budget(tenantId: TenantId): Promise<TenantBudget> {
    const [row] = await run(this.dataSource, (manager) =>
      query<BudgetColumns>(
        manager,
        'SELECT daily_micros, monthly_micros, warn_share FROM tenant_budgets WHERE tenant_id = $1',
        [tenantId],
      ),
    );
    return toTenantBudget(row);
  }

  /** Sets what is given; what is absent stays. */
  async changeBudget(
    tenantId: TenantId,
    { dailyMicros, monthlyMicros, warnShare }: BudgetChange,
  ): Promise<TenantBudget> {
    const [row] = await run(this.dataSource, (manager) =>
      query<BudgetColumns>(
        manager,
        `INSERT INTO tenant_budgets AS kept (tenant_id, daily_micros, monthly_micros, warn_share) VALUES ($1, $2, $3, coalesce($4, ${DEFAULT_WARN_SHARE}))
         ON CONFLICT (tenant_id) DO UPDATE SET daily_micros = CASE WHEN $5 THEN excluded.daily_micros ELSE kept.daily_micros END,
           monthly_micros = CASE WHEN $6 THEN excluded.monthly_micros ELSE kept.monthly_micros END, warn_share = coalesce($4, kept.warn_share)
         RETURNING daily_micros, monthly_micros, warn_share`,
        [
          tenantId,
          dailyMicros ?? null,
          monthlyMicros ?? null,
          warnShare ?? null,
          dailyMicros !== undefined,
          monthlyMicros !== undefined,
        ],
      ),
    );
    return toTenantBudget(row);
  }

  /** The month (YYYY-MM) it is by the tenant's clock; null when there is no such tenant. */
  async currentMonth(tenantId: TenantId): Promise<string | null> {
    const [row] = await run(this.dataSource, (manager) =>
      query<{ month: string }>(
        manager,
        `SELECT to_char(now() AT TIME ZONE time_zone, 'YYYY-MM') AS month FROM tenants WHERE id = $1`,
        [tenantId],
      ),
    );
    return row?.month ?? null;
  }

  /** Micros spent by recorded calls of a local day (YYYY-MM-DD) or month (YYYY-MM). */
  async spent(tenantId: TenantId, period: string): Promise<number> {
    const [from, until] = boundsOf(period);
    const [row] = await run(this.dataSource, (manager) =>
      query<{ micros: string }>(
        manager,
        `SELECT coalesce(sum(call.cost_micros), 0)::text AS micros ${IN_PERIOD}`,
        [tenantId, from, until],
      ),
    );
    return Number(row?.micros ?? 0);
  }

  /** Day by day over a local month (YYYY-MM); days without calls are absent. */
  async byDay(tenantId: TenantId, month: string): Promise<DaySpending[]> {
    const [from, until] = boundsOf(month);
    const found = await run(this.dataSource, (manager) =>
      query<{ date: string; calls: number; micros: string; unpriced: string }>(
        manager,
        `SELECT (call.admitted_at AT TIME ZONE tenant.time_zone)::date::text AS date, count(*)::integer AS calls, coalesce(sum(call.cost_micros), 0)::text AS micros,
           coalesce(sum((call.cost->>'unpriced')::bigint), 0)::text AS unpriced ${IN_PERIOD} GROUP BY 1 ORDER BY 1`,
        [tenantId, from, until],
      ),
    );
    return found.map((row) => ({ ...row, micros: Number(row.micros), unpriced: Number(row.unpriced) }));
  }
}

export function toTenantBudget(row: BudgetColumns | undefined): TenantBudget {
  const amount = (micros: string | null | undefined): number | null =>
    micros === null || micros === undefined ? null : Number(micros);
  return {
    dailyMicros: amount(row?.daily_micros),
    monthlyMicros: amount(row?.monthly_micros),
    warnShare: row?.warn_share ?? DEFAULT_WARN_SHARE,
  };
}

/** First day, and first day after, of `YYYY-MM-DD` or `YYYY-MM`. */
function boundsOf(period: string): [string, string] {
  const [year, month, day] = period.split('-').map(Number) as [number, number, number | undefined];
  const next = day === undefined ? Date.UTC(year, month, 1) : Date.UTC(year, month - 1, day + 1);
  return [day === undefined ? `${period}-01` : period, new Date(next).toISOString().slice(0, 10)];
}
