import type { TenantId } from '@tandem/contracts';
import type { EntityManager } from 'typeorm';
import { query } from '../connection/unit-of-work.ts';

/** A day on which a business is closed, whatever its hours say. */
export interface ClosedDate {
  /** YYYY-MM-DD, local. */
  readonly date: string;
  /** Such as the holiday's name. */
  readonly name: string;
  /** Callers hear that it is closed (`calls`); no appointments are offered (`bookings`). */
  readonly closedFor: readonly ('calls' | 'bookings')[];
}

/** Returns the closed dates of a year, by date; of this year on the tenant's clock when `year` is null. */
export async function listClosedDates(
  manager: EntityManager,
  tenantId: TenantId,
  year: number | null,
): Promise<{ readonly year: number; readonly items: ClosedDate[] } | null> {
  const [found] = await query<{ year: number; items: ClosedDate[] }>(
    manager,
    `WITH wanted AS (
       SELECT coalesce($2::integer, extract(year FROM now() AT TIME ZONE time_zone))::integer AS year
       FROM tenants WHERE id = $1
     ), closed AS (
       SELECT date, name, json_agg(scope ORDER BY scope DESC) AS closed_for FROM closed_dates, wanted
       WHERE tenant_id = $1
         AND date BETWEEN make_date(wanted.year, 1, 1) AND make_date(wanted.year, 12, 31)
       GROUP BY date, name
     )
     SELECT wanted.year, coalesce((SELECT json_agg(json_build_object(
         'date', closed.date::text, 'name', closed.name, 'closedFor', closed.closed_for)
         ORDER BY closed.date, closed.name) FROM closed), '[]') AS items
     FROM wanted`,
    [tenantId, year],
  );
  return found ?? null;
}

/** Inserts a closed date. Returns whether it was open before for all that it is closed for now. */
export async function insertClosedDate(
  manager: EntityManager,
  tenantId: TenantId,
  { date, name, closedFor }: ClosedDate,
): Promise<boolean> {
  const inserted = await query(
    manager,
    `INSERT INTO closed_dates (tenant_id, scope, date, name) SELECT $1, unnest($2::text[]), $3::date, $4
     ON CONFLICT DO NOTHING RETURNING 1`,
    [tenantId, closedFor, date, name],
  );
  return inserted.length === closedFor.length;
}
