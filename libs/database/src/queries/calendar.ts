import type { TenantId } from '@tandem/contracts';
import type { EntityManager } from 'typeorm';
import { query } from '../connection/unit-of-work.ts';
import type { Service } from '../entities/business.entities.ts';

/** Everything that decides which appointments of one service are free, as stored. */
interface StoredCalendar {
  readonly timeZone: string;
  readonly horizonDays: number;
  readonly service: Service | null;
  readonly serviceKeys: readonly string[];
  readonly resources: readonly {
    readonly id: string;
    readonly name: string;
    readonly hours: readonly { weekday: number; opens: string; closes: string }[];
  }[];
  readonly closedDates: readonly { readonly date: string; readonly name: string }[];
  readonly busy: readonly BusyPeriod[];
}

export interface BusyPeriod {
  readonly resourceId: string;
  /** Unix time in ms; the resource is free again at `endMs`. */
  readonly startMs: number;
  readonly endMs: number;
}

/**
 * The part of a calendar that is read: from `daysBefore` the wanted time, or now where that is later, to
 * `daysAfter` both and the notice.
 */
export interface CalendarStretch {
  readonly wanted: Date;
  readonly now: Date;
  readonly daysBefore: number;
  readonly daysAfter: number;
}

/** $1 tenant  $2 service key  $3 time wanted  $4 now  $5 days before  $6 days after */
const SQL = `
WITH wanted AS (
  SELECT id, key, name, duration_minutes, notice_minutes FROM services
  WHERE tenant_id = $1 AND key = $2 AND is_active
), span AS (
  SELECT greatest($3::timestamptz, $4::timestamptz) - $5::integer * interval '1 day' AS first,
    greatest($3::timestamptz,
      $4::timestamptz + coalesce((SELECT notice_minutes FROM wanted), 0) * interval '1 minute')
      + $6::integer * interval '1 day' AS last
), able AS (
  SELECT resource.id, resource.name
  FROM resources resource JOIN resource_services link ON link.resource_id = resource.id
  WHERE resource.tenant_id = $1 AND resource.is_active AND link.service_id = (SELECT id FROM wanted)
)
SELECT tenant.time_zone AS "timeZone", tenant.booking_horizon_days AS "horizonDays",
  (SELECT json_build_object('id', id, 'key', key, 'name', name, 'durationMinutes', duration_minutes,
    'noticeMinutes', notice_minutes) FROM wanted) AS service,
  coalesce((SELECT json_agg(key ORDER BY key) FROM services WHERE tenant_id = $1 AND is_active), '[]')
    AS "serviceKeys",
  coalesce((SELECT json_agg(json_build_object('id', able.id, 'name', able.name, 'hours', coalesce(
      (SELECT json_agg(json_build_object('weekday', weekday, 'opens', opens::text, 'closes', closes::text))
        FROM resource_hours WHERE resource_id = able.id), '[]')) ORDER BY able.id) FROM able), '[]')
    AS resources,
  coalesce((SELECT json_agg(json_build_object('date', date::text, 'name', name)) FROM closed_dates
    WHERE tenant_id = $1 AND scope = 'bookings'
      AND date BETWEEN (SELECT first::date - 1 FROM span) AND (SELECT last::date + 1 FROM span)), '[]')
    AS "closedDates",
  coalesce((SELECT json_agg(json_build_object('resourceId', booking.resource_id,
      'startMs', (extract(epoch FROM booking.starts_at) * 1000)::bigint,
      'endMs', (extract(epoch FROM booking.ends_at) * 1000)::bigint))
    FROM bookings booking
    WHERE booking.resource_id IN (SELECT id FROM able) AND booking.status = 'booked'
      AND booking.period && (SELECT tstzrange(first, last) FROM span)), '[]')
    AS busy
FROM tenants tenant WHERE tenant.id = $1`;

/** Reads one stretch in one query. Null when there is no such tenant. */
export async function readCalendar(
  manager: EntityManager,
  tenantId: TenantId,
  serviceKey: string,
  { wanted, now, daysBefore, daysAfter }: CalendarStretch,
): Promise<StoredCalendar | null> {
  const parameters = [tenantId, serviceKey, wanted, now, daysBefore, daysAfter];
  const [found] = await query<StoredCalendar>(manager, SQL, parameters);
  return found ?? null;
}
