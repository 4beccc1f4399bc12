import type { TenantId } from '@tandem/contracts';
import type { EntityManager } from 'typeorm';
import { query } from '../connection/unit-of-work.ts';
import type { BookableService } from '../entities/business.entities.ts';
import { endsNear, standing } from './holds.ts';

/** Everything that decides which appointments of one service are free, as stored. */
interface StoredCalendar {
  readonly timeZone: string;
  readonly horizonDays: number;
  readonly service: BookableService | null;
  readonly serviceKeys: readonly string[];
  readonly zoneId: string | null;
  readonly resources: readonly {
    readonly id: string;
    readonly name: string;
    readonly hours: readonly { weekday: number; opens: string; closes: string }[];
  }[];
  readonly closedDates: readonly { readonly date: string; readonly name: string }[];
  readonly busy: readonly BusyPeriod[];
  /** Busy times of connected calendars. */
  readonly elsewhere: readonly BusyPeriod[];
  readonly leave: readonly Leave[];
}

/** A time in which a resource does not work; Unix time in ms, the end not included. */
export interface Leave {
  readonly resourceId: string;
  readonly startMs: number;
  readonly endMs: number;
}

/** An appointment of a resource; Unix time in ms, the ends not included. */
export interface BusyPeriod {
  readonly resourceId: string;
  readonly startMs: number;
  readonly endMs: number;
  /** The appointment with the buffers it was made with. */
  readonly occupiedFromMs: number;
  readonly occupiedUntilMs: number;
  /** When a hold ends; absent or null for a booking. */
  readonly heldUntilMs?: number | null;
}

/** A service by its key, which must be on offer, or by its id, also when it no longer is. */
export type ServiceName = { readonly key: string } | { readonly id: string };

/** A zone by its key, or by its id; a deleted one keeps nobody away. */
export type ZoneName = { readonly key: string } | { readonly id: string };

/**
 * The part of a calendar that is read: from `daysBefore` the wanted time, or now where that is later, to
 * `daysAfter` both and the notice.
 */
export interface CalendarStretch {
  readonly wanted: Date;
  readonly now: Date;
  readonly daysBefore: number;
  readonly daysAfter: number;
  /** Only resources that go to this zone. */
  readonly zone?: ZoneName | undefined;
}

/** Returns SQL for the ms since 1970 of an instant. */
export const ms = (instant: string) => `(extract(epoch FROM ${instant}) * 1000)::bigint`;

/**
 * $1 tenant  $2 service key  $3 time wanted  $4 now  $5 days before  $6 days after  $7 service id
 * $8 zone key  $9 zone id
 */
const SQL = `
WITH wanted AS (
  SELECT * FROM services WHERE tenant_id = $1 AND (id = $7::uuid OR key = $2::text AND is_active)
), within AS (
  SELECT id FROM zones WHERE tenant_id = $1 AND is_active AND (key = $8::text OR id = $9::uuid)
), span AS (
  SELECT greatest($3::timestamptz, $4::timestamptz) - $5::integer * interval '1 day' AS first,
    greatest($3::timestamptz,
      $4::timestamptz + coalesce((SELECT notice_minutes FROM wanted), 0) * interval '1 minute')
      + $6::integer * interval '1 day' AS last
), able AS (
  SELECT resource.id, resource.name
  FROM resources resource JOIN resource_services link ON link.resource_id = resource.id
  JOIN wanted service ON service.id = link.service_id
  WHERE resource.tenant_id = $1 AND resource.is_active AND service.skills <@ resource.skills
    AND (NOT EXISTS (SELECT 1 FROM within)
      OR NOT EXISTS (SELECT 1 FROM resource_zones served WHERE served.resource_id = resource.id)
      OR EXISTS (SELECT 1 FROM resource_zones served JOIN within ON within.id = served.zone_id
        WHERE served.resource_id = resource.id))
)
SELECT tenant.time_zone AS "timeZone", tenant.booking_horizon_days AS "horizonDays",
  (SELECT json_build_object('id', id, 'key', key, 'name', name, 'durationMinutes', duration_minutes,
    'noticeMinutes', notice_minutes, 'bufferBeforeMinutes', buffer_before_minutes,
    'bufferAfterMinutes', buffer_after_minutes) FROM wanted) AS service,
  coalesce((SELECT json_agg(key ORDER BY key) FROM services WHERE tenant_id = $1 AND is_active), '[]')
    AS "serviceKeys",
  (SELECT id FROM within) AS "zoneId",
  coalesce((SELECT json_agg(json_build_object('id', able.id, 'name', able.name, 'hours', coalesce(
      (SELECT json_agg(json_build_object('weekday', weekday, 'opens', opens::text, 'closes', closes::text))
        FROM resource_hours WHERE resource_id = able.id), '[]')) ORDER BY able.id) FROM able), '[]')
    AS resources,
  coalesce((SELECT json_agg(json_build_object('date', date::text, 'name', name)) FROM closed_dates
    WHERE tenant_id = $1 AND scope = 'bookings'
      AND date BETWEEN (SELECT first::date - 1 FROM span) AND (SELECT last::date + 1 FROM span)), '[]')
    AS "closedDates",
  coalesce((SELECT json_agg(json_build_object('resourceId', booking.resource_id,
      'startMs', ${ms('booking.starts_at')}, 'endMs', ${ms('booking.ends_at')},
      'occupiedFromMs', ${ms('lower(booking.occupied)')},
      'occupiedUntilMs', ${ms('upper(booking.occupied)')},
      'heldUntilMs', ${ms('booking.hold_expires_at')}))
    FROM bookings booking
    WHERE booking.resource_id IN (SELECT id FROM able) AND ${standing('booking')}
      AND ${endsNear('booking', '(SELECT first FROM span)')}
      AND booking.occupied && (SELECT tstzrange(first, last) FROM span)), '[]')
    AS busy,
  coalesce((SELECT json_agg(json_build_object('resourceId', busy.resource_id,
      'startMs', ${ms('busy.starts_at')}, 'endMs', ${ms('busy.ends_at')},
      'occupiedFromMs', ${ms('busy.starts_at')}, 'occupiedUntilMs', ${ms('busy.ends_at')}))
    FROM calendar_busy busy
    WHERE busy.resource_id IN (SELECT id FROM able)
      AND busy.starts_at < (SELECT last FROM span) AND busy.ends_at > (SELECT first FROM span)), '[]')
    AS elsewhere,
  coalesce((SELECT json_agg(json_build_object('resourceId', leave.resource_id,
      'startMs', ${ms('leave.starts_at')}, 'endMs', ${ms('leave.ends_at')}))
    FROM resource_leave leave
    WHERE leave.resource_id IN (SELECT id FROM able)
      AND leave.starts_at < (SELECT last FROM span) AND leave.ends_at > (SELECT first FROM span)), '[]')
    AS leave
FROM tenants tenant WHERE tenant.id = $1`;

/** Reads one stretch in one query. Null when there is no such tenant. */
export async function readCalendar(
  manager: EntityManager,
  tenantId: TenantId,
  service: ServiceName,
  { wanted, now, daysBefore, daysAfter, zone }: CalendarStretch,
): Promise<StoredCalendar | null> {
  const [key, id] = keyAndId(service);
  const parameters = [tenantId, key, wanted, now, daysBefore, daysAfter, id, ...keyAndId(zone)];
  const [found] = await query<StoredCalendar>(manager, SQL, parameters);
  return found ?? null;
}

function keyAndId(name: ServiceName | ZoneName | undefined): [key: string | null, id: string | null] {
  if (name === undefined) return [null, null];
  return 'id' in name ? [null, name.id] : [name.key, null];
}
