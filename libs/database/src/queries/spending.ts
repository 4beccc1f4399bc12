import type { TenantId } from '@tandem/contracts';
import type { EntityManager } from 'typeorm';
import { query } from '../connection/unit-of-work.ts';

/** A day of the tenant's own calendar, with the calls admitted on it. */
export interface DaySpending {
  /** YYYY-MM-DD. */
  readonly date: string;
  readonly calls: number;
  readonly micros: number;
  /** Reports of usage that have no price; with any, `micros` is a lower bound. */
  readonly unpriced: number;
}

/** Calls of the tenant `$1` admitted from the local day `$2` to before `$3`. */
const IN_PERIOD = `
FROM tenants tenant JOIN calls call ON call.tenant_id = tenant.id
WHERE tenant.id = $1
  AND call.admitted_at >= $2::date::timestamp AT TIME ZONE tenant.time_zone
  AND call.admitted_at < $3::date::timestamp AT TIME ZONE tenant.time_zone`;

/** First local day, and first day after. */
export type Period = readonly [from: string, until: string];

export async function sumSpending(
  manager: EntityManager,
  tenantId: TenantId,
  period: Period,
): Promise<number> {
  const sql = `SELECT coalesce(sum(call.cost_micros), 0)::float8 AS micros ${IN_PERIOD}`;
  const [sum] = await query<{ micros: number }>(manager, sql, [tenantId, ...period]);
  return sum?.micros ?? 0;
}

/** Days without calls are absent. */
export function sumByDay(manager: EntityManager, tenantId: TenantId, period: Period): Promise<DaySpending[]> {
  return query(
    manager,
    `SELECT (call.admitted_at AT TIME ZONE tenant.time_zone)::date::text AS date,
       count(*)::integer AS calls, coalesce(sum(call.cost_micros), 0)::float8 AS micros,
       coalesce(sum((call.cost->>'unpriced')::bigint), 0)::float8 AS unpriced
     ${IN_PERIOD} GROUP BY 1 ORDER BY 1`,
    [tenantId, ...period],
  );
}

/** Returns the month (YYYY-MM) of the tenant's clock; null when there is no such tenant. */
export async function readCurrentMonth(manager: EntityManager, tenantId: TenantId): Promise<string | null> {
  const [now] = await query<{ month: string }>(
    manager,
    `SELECT to_char(now() AT TIME ZONE time_zone, 'YYYY-MM') AS month FROM tenants WHERE id = $1`,
    [tenantId],
  );
  return now?.month ?? null;
}
