import type { TenantId } from '@tandem/contracts';
import { query, type Transaction } from '../../connection/unit-of-work.ts';

/*
 * Brings the rows of `calendar_events` to what bookings are now: an event in each connected calendar of the
 * booking's resource, and none in those of another resource or for a cancelled booking.
 */
const wantEvents = (bookings: string) => `
WITH booking AS (
  SELECT id, tenant_id, resource_id, status, revision FROM bookings WHERE tenant_id = $1 AND ${bookings}
), wanted AS (
  INSERT INTO calendar_events AS event (connection_id, booking_id, tenant_id, is_wanted, revision)
  SELECT connection.id, booking.id, booking.tenant_id, true, booking.revision
  FROM booking JOIN calendar_connections connection ON connection.resource_id = booking.resource_id
  WHERE booking.status = 'booked'
  ON CONFLICT (connection_id, booking_id) DO UPDATE SET is_wanted = true, revision = excluded.revision,
    is_settled = false, attempts = 0, next_attempt_at = now(), last_fault = NULL
  WHERE event.revision < excluded.revision
)
UPDATE calendar_events event SET is_wanted = false, revision = booking.revision, is_settled = false,
  attempts = 0, next_attempt_at = now(), last_fault = NULL
FROM booking, calendar_connections connection
WHERE event.booking_id = booking.id AND connection.id = event.connection_id AND event.is_wanted
  AND (booking.status <> 'booked' OR connection.resource_id <> booking.resource_id)`;

const OF_BOOKING = wantEvents('id = $2');
const OF_CONNECTION = wantEvents(`(
  status = 'booked' AND ends_at > now()
    AND resource_id = (SELECT resource_id FROM calendar_connections WHERE id = $2)
  OR id IN (SELECT booking_id FROM calendar_events event
    WHERE event.connection_id = $2 AND event.revision < bookings.revision))`);

/** Writes what connected calendars should have of a booking, in the transaction that changes it. */
export async function wantEventsOfBooking(
  transaction: Transaction,
  tenantId: TenantId,
  bookingId: string,
): Promise<void> {
  await query(transaction, OF_BOOKING, [tenantId, bookingId]);
}

/**
 * Writes what a connected calendar should have: of bookings made before it was connected, and of those that
 * were changed by a service of the release before, or from a console.
 */
export async function wantEventsOfConnection(
  transaction: Transaction,
  tenantId: TenantId,
  connectionId: string,
): Promise<void> {
  await query(transaction, OF_CONNECTION, [tenantId, connectionId]);
}
