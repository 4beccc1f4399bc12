import { toWeeklyHours, type TenantId, type WeeklyHours } from '@tandem/contracts';
import type { DataSource, EntityManager } from 'typeorm';
import { query, run, type Transaction } from '../../connection/unit-of-work.ts';
import type { Service } from './catalogue.repository.ts';

/** All that decides which appointments of one service are free in a stretch of time. */
export interface Calendar {
  /** IANA name. */
  readonly timeZone: string;
  /** How many days ahead may be booked. */
  readonly horizonDays: number;
  /** Null when the tenant has no such service. */
  readonly service: Service | null;
  /** Keys of all services on offer, for whoever asked for one that is not. */
  readonly serviceKeys: readonly string[];
  /** Those who do the service, by id. */
  readonly resources: readonly CalendarResource[];
  /** Days without appointments. */
  readonly closedDates: readonly { readonly date: string; readonly name: string }[];
  /** What is booked with these resources, whatever for. */
  readonly busy: readonly BusyPeriod[];
}

/**
 * What of a calendar is read: from so many days before the wanted time, or now where that is later, on; and
 * so many days after both and after the notice.
 */
interface CalendarStretch {
  readonly wanted: Date;
  readonly now: Date;
  readonly daysBefore: number;
  readonly daysAfter: number;
}

export interface CalendarResource {
  readonly id: string;
  readonly name: string;
  readonly hours: readonly WeeklyHours[];
}

export interface BusyPeriod {
  readonly resourceId: string;
  /** Unix time in ms; `endMs` is free again. */
  readonly startMs: number;
  readonly endMs: number;
}

interface CalendarRow {
  time_zone: string;
  horizon_days: number;
  service: Service | null;
  service_keys: string[];
  resources: { id: string; name: string; hours: { weekday: number; opens: string; closes: string }[] }[];
  closed_dates: { date: string; name: string }[];
  busy: BusyPeriod[];
}

const SQL = `
WITH wanted AS (SELECT id, key, name, duration_minutes, notice_minutes FROM services WHERE tenant_id = $1 AND key = $2 AND is_active),
span AS (
  SELECT greatest($3::timestamptz, $4::timestamptz) - $5::integer * interval '1 day' AS first,
    greatest($3::timestamptz, $4::timestamptz + coalesce((SELECT notice_minutes FROM wanted), 0) * interval '1 minute') + $6::integer * interval '1 day' AS last
),
able AS (
  SELECT resource.id, resource.name FROM resources resource JOIN resource_services link ON link.resource_id = resource.id
  WHERE resource.tenant_id = $1 AND resource.is_active AND link.service_id = (SELECT id FROM wanted)
)
SELECT tenant.time_zone, tenant.booking_horizon_days AS horizon_days,
  (SELECT json_build_object('id', id, 'key', key, 'name', name, 'durationMinutes', duration_minutes, 'noticeMinutes', notice_minutes) FROM wanted) AS service,
  coalesce((SELECT json_agg(key ORDER BY key) FROM services WHERE tenant_id = $1 AND is_active), '[]') AS service_keys,
  coalesce((SELECT json_agg(json_build_object('id', able.id, 'name', able.name, 'hours', coalesce(
      (SELECT json_agg(json_build_object('weekday', weekday, 'opens', opens::text, 'closes', closes::text)) FROM resource_hours WHERE resource_id = able.id), '[]')
    ) ORDER BY able.id) FROM able), '[]') AS resources,
  coalesce((SELECT json_agg(json_build_object('date', date::text, 'name', name)) FROM closed_dates
    WHERE tenant_id = $1 AND scope = 'bookings' AND date BETWEEN (SELECT first::date - 1 FROM span) AND (SELECT last::date + 1 FROM span)), '[]') AS closed_dates,
  coalesce((SELECT json_agg(json_build_object('resourceId', booking.resource_id,
      'startMs', (extract(epoch FROM booking.starts_at) * 1000)::bigint, 'endMs', (extract(epoch FROM booking.ends_at) * 1000)::bigint))
    FROM bookings booking WHERE booking.resource_id IN (SELECT id FROM able) AND booking.status = 'booked'
      AND booking.period && (SELECT tstzrange(first, last) FROM span)), '[]') AS busy
FROM tenants tenant WHERE tenant.id = $1`;

/** Reads calendars. What is free is worked out by the caller: it is a matter of clocks, not of rows. */
export class CalendarRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** One query. Null when there is no such tenant. */
  async load(
    tenantId: TenantId,
    serviceKey: string,
    stretch: CalendarStretch,
    transaction?: Transaction,
  ): Promise<Calendar | null> {
    const { wanted, now, daysBefore, daysAfter } = stretch;
    const read = (manager: EntityManager) =>
      query<CalendarRow>(manager, SQL, [tenantId, serviceKey, wanted, now, daysBefore, daysAfter]);
    const [row] = await (transaction ? read(transaction) : run(this.dataSource, read));
    return row ? toCalendar(row) : null;
  }
}

function toCalendar(row: CalendarRow): Calendar {
  return {
    timeZone: row.time_zone,
    horizonDays: row.horizon_days,
    service: row.service,
    serviceKeys: row.service_keys,
    resources: row.resources.map((resource) => ({
      id: resource.id,
      name: resource.name,
      hours: resource.hours.map(toWeeklyHours),
    })),
    closedDates: row.closed_dates,
    busy: row.busy,
  };
}
