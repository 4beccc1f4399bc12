import type { TenantId } from '@tandem/contracts';
import { In, type DataSource } from 'typeorm';
import { acrossTenants, query, run, transact } from '../../connection/unit-of-work.ts';
import { BookingRow } from '../../entities/business.entities.ts';
import type {
  CalendarBacklog,
  CalendarBusyTime,
  ClaimedCalendar,
  DueCalendarEvent,
} from '../../entities/calendar-sync.ts';
import { CalendarConnectionRow, type CalendarEventRow } from '../../entities/connected-calendar.entities.ts';
import { claimCalendars, findDueEvents, readCalendarBacklog } from '../../queries/calendars/calendar-sync.ts';
import { wantEventsOfConnection } from '../../queries/calendars/wanted-events.ts';

/** Events of bookings that ended longer ago are no longer written. */
const DAYS_AFTER = 7;

type Calendar = Pick<ClaimedCalendar, 'id' | 'tenantId'>;

/** Connected calendars at work: one worker has a calendar at a time. */
export class CalendarSyncRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Claims calendars with something to do for `leaseMs`. */
  claim(free: number, leaseMs: number): Promise<ClaimedCalendar[]> {
    return acrossTenants(this.dataSource, 'due-work', (manager) => claimCalendars(manager, free, leaseMs));
  }

  /** Returns the ids among these that are bookings of the tenant. */
  async ownBookings(tenantId: TenantId, ids: readonly string[]): Promise<Set<string>> {
    if (ids.length === 0) return new Set();
    const found = await run(this.dataSource, tenantId, (manager) =>
      manager.find(BookingRow, { select: { id: true }, where: { tenantId, id: In([...ids]) } }),
    );
    return new Set(found.map(({ id }) => id));
  }

  /** Replaces the busy times of a calendar, and brings what should be written there up to date. */
  async storeBusy(
    { id, tenantId, resourceId }: ClaimedCalendar,
    busy: readonly CalendarBusyTime[],
    nextReadMs: number,
  ): Promise<void> {
    await transact(this.dataSource, tenantId, async (transaction) => {
      await query(transaction, 'DELETE FROM calendar_busy WHERE connection_id = $1', [id]);
      await query(
        transaction,
        `INSERT INTO calendar_busy (connection_id, tenant_id, resource_id, starts_at, ends_at)
         SELECT $1, $2, $3, to_timestamp(starts / 1000), to_timestamp(ends / 1000)
         FROM unnest($4::float8[], $5::float8[]) AS busy(starts, ends)`,
        [id, tenantId, resourceId, busy.map(({ startMs }) => startMs), busy.map(({ endMs }) => endMs)],
      );
      await query(
        transaction,
        `DELETE FROM calendar_events event USING bookings booking
         WHERE event.connection_id = $1 AND booking.id = event.booking_id
           AND booking.ends_at < now() - $2::integer * interval '1 day'`,
        [id, DAYS_AFTER],
      );
      await wantEventsOfConnection(transaction, tenantId, id);
      await query(
        transaction,
        `UPDATE calendar_connections SET busy_read_at = now(),
           next_read_at = now() + $2 * interval '1 ms' WHERE id = $1`,
        [id, nextReadMs],
      );
    });
  }

  dueEvents({ id, tenantId }: Calendar, limit: number): Promise<DueCalendarEvent[]> {
    return run(this.dataSource, tenantId, (manager) => findDueEvents(manager, id, limit));
  }

  /** Stores what the calendar has now; an event that was changed meanwhile stays due. */
  async settle(
    { id: connectionId, tenantId }: Calendar,
    { bookingId, revision, isWanted }: DueCalendarEvent,
    remote: Pick<CalendarEventRow, 'remoteId' | 'remoteTag'>,
  ): Promise<void> {
    await run(this.dataSource, tenantId, (manager) =>
      query(
        manager,
        `UPDATE calendar_events SET is_settled = (revision = $3 AND is_wanted = $4), remote_id = $5,
           remote_tag = $6, attempts = 0, last_fault = NULL
         WHERE connection_id = $1 AND booking_id = $2`,
        [connectionId, bookingId, revision, isWanted, remote.remoteId, remote.remoteTag],
      ),
    );
  }

  /** Stores that the calendar did not take an event, which is due again after this time. */
  async failEvent(
    { id: connectionId, tenantId }: Calendar,
    bookingId: string,
    fault: string,
    delayMs: number,
  ): Promise<void> {
    await run(this.dataSource, tenantId, (manager) =>
      query(
        manager,
        `UPDATE calendar_events SET attempts = attempts + 1, last_fault = $3,
           next_attempt_at = now() + $4 * interval '1 ms'
         WHERE connection_id = $1 AND booking_id = $2`,
        [connectionId, bookingId, fault, delayMs],
      ),
    );
  }

  /** Ends a turn in which the calendar answered. */
  async succeeded({ id, tenantId }: Calendar): Promise<void> {
    await run(this.dataSource, tenantId, (manager) =>
      manager.update(
        CalendarConnectionRow,
        { id },
        { failures: 0, lastFault: null, lastFaultAt: null, pausedUntil: null, claimedUntil: null },
      ),
    );
  }

  /** Ends a turn that failed; the calendar rests for this time. */
  async failed({ id, tenantId }: Calendar, fault: string, restMs: number): Promise<void> {
    await run(this.dataSource, tenantId, (manager) =>
      query(
        manager,
        `UPDATE calendar_connections SET failures = failures + 1, last_fault = $2, last_fault_at = now(),
           paused_until = now() + $3 * interval '1 ms', claimed_until = NULL WHERE id = $1`,
        [id, fault, restMs],
      ),
    );
  }

  /** Ends a turn whose credentials were refused, unless they were replaced meanwhile. */
  async needsAuthorization(
    { id, tenantId, sealedCredentials }: ClaimedCalendar,
    fault: string,
  ): Promise<void> {
    await run(this.dataSource, tenantId, (manager) =>
      query(
        manager,
        `UPDATE calendar_connections SET claimed_until = NULL, last_fault = $2, last_fault_at = now(),
           failures = failures + 1,
           state = CASE WHEN sealed_credentials = $3 THEN 'needs-authorization' ELSE state END
         WHERE id = $1`,
        [id, fault, sealedCredentials],
      ),
    );
  }

  /** Replaces credentials that nobody has replaced meanwhile. @returns whether they were */
  async replaceCredentials({ id, tenantId }: Calendar, before: string, after: string): Promise<boolean> {
    const { affected } = await run(this.dataSource, tenantId, (manager) =>
      manager.update(CalendarConnectionRow, { id, sealedCredentials: before }, { sealedCredentials: after }),
    );
    return affected === 1;
  }

  /** Returns credentials that were sealed with another key, up to a hundred. */
  sealedOtherwise(keyId: string): Promise<(Calendar & { readonly sealedCredentials: string })[]> {
    return acrossTenants(this.dataSource, 'upkeep', (manager) =>
      query(
        manager,
        `SELECT id, tenant_id AS "tenantId", sealed_credentials AS "sealedCredentials" FROM calendar_connections
         WHERE sealed_credentials IS NOT NULL AND NOT starts_with(sealed_credentials, $1) LIMIT 100`,
        [`${keyId}.`],
      ),
    );
  }

  backlog(): Promise<CalendarBacklog> {
    return acrossTenants(this.dataSource, 'upkeep', readCalendarBacklog);
  }
}
