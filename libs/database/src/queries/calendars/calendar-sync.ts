import type { EntityManager } from 'typeorm';
import { query } from '../../connection/unit-of-work.ts';
import type { CalendarBacklog, ClaimedCalendar, DueCalendarEvent } from '../../entities/calendar-sync.ts';
import { SHOWN, SHOWN_FROM, type BookingInCalendar } from './shown-bookings.ts';

/*
 * Gives calendars with something to do to a worker, tenants in turn and those of a tenant in the order of
 * their last turn. $1 how many, $2 lease in ms
 */
const CLAIM = `
WITH ranked AS (
  SELECT candidate.id, candidate.claimed_at, row_number() OVER (
      PARTITION BY candidate.tenant_id ORDER BY candidate.claimed_at NULLS FIRST, candidate.id) AS turn
  FROM calendar_connections candidate
  WHERE candidate.state = 'active' AND (candidate.paused_until IS NULL OR candidate.paused_until <= now())
    AND (candidate.claimed_until IS NULL OR candidate.claimed_until <= now())
    AND (candidate.next_read_at <= now() OR EXISTS (SELECT 1 FROM calendar_events due
      WHERE due.connection_id = candidate.id AND NOT due.is_settled AND due.next_attempt_at <= now()))
), picked AS MATERIALIZED (
  SELECT id FROM calendar_connections
  WHERE id IN (SELECT id FROM ranked ORDER BY turn, claimed_at NULLS FIRST LIMIT $1)
    AND (claimed_until IS NULL OR claimed_until <= now())
  FOR NO KEY UPDATE SKIP LOCKED
)
UPDATE calendar_connections connection
SET claimed_at = clock_timestamp(), claimed_until = now() + $2 * interval '1 ms'
FROM picked, tenants tenant
WHERE connection.id = picked.id AND tenant.id = connection.tenant_id
RETURNING connection.id, connection.tenant_id AS "tenantId", connection.resource_id AS "resourceId",
  connection.kind, connection.address, connection.detail,
  connection.sealed_credentials AS "sealedCredentials", connection.failures,
  connection.next_read_at <= now() AS "isReadDue", tenant.time_zone AS "timeZone",
  tenant.booking_horizon_days AS "horizonDays"`;

export function claimCalendars(
  manager: EntityManager,
  free: number,
  leaseMs: number,
): Promise<ClaimedCalendar[]> {
  return query(manager, CLAIM, [free, leaseMs]);
}

/** Returns events of a calendar that are due, those that wait longest first. */
export async function findDueEvents(
  manager: EntityManager,
  connectionId: string,
  limit: number,
): Promise<DueCalendarEvent[]> {
  const rows = await query<Omit<DueCalendarEvent, 'booking' | 'revision'> & BookingInCalendar & DueRevision>(
    manager,
    `SELECT event.booking_id AS "bookingId", event.is_wanted AS "isWanted",
       event.revision AS "dueRevision", event.attempts, event.remote_id AS "remoteId",
       event.remote_tag AS "remoteTag", ${SHOWN}
     FROM calendar_events event JOIN bookings booking ON booking.id = event.booking_id ${SHOWN_FROM}
     WHERE event.connection_id = $1 AND NOT event.is_settled AND event.next_attempt_at <= now()
     ORDER BY event.next_attempt_at, event.booking_id LIMIT $2`,
    [connectionId, limit],
  );
  return rows.map(({ bookingId, isWanted, dueRevision, attempts, remoteId, remoteTag, ...booking }) => ({
    bookingId,
    isWanted,
    revision: dueRevision,
    attempts,
    remoteId,
    remoteTag,
    booking,
  }));
}

interface DueRevision {
  readonly dueRevision: number;
}

export async function readCalendarBacklog(manager: EntityManager): Promise<CalendarBacklog> {
  const [found] = await query<CalendarBacklog>(
    manager,
    `SELECT count(*) FILTER (WHERE state = 'needs-authorization')::integer AS "needingAuthorization",
       count(*) FILTER (WHERE state = 'active' AND failures > 0)::integer AS failing,
       (SELECT count(*)::integer FROM calendar_events WHERE NOT is_settled) AS "pendingEvents",
       coalesce(extract(epoch FROM now() - min(coalesce(busy_read_at, created_at))), 0)::float8
         AS "oldestReadS"
     FROM calendar_connections WHERE sealed_credentials IS NOT NULL`,
  );
  return found ?? { needingAuthorization: 0, failing: 0, pendingEvents: 0, oldestReadS: 0 };
}
