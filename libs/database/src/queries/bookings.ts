import type { TenantId } from '@tandem/contracts';
import type { EntityManager } from 'typeorm';
import { query, type Transaction } from '../connection/unit-of-work.ts';
import type {
  Booking,
  BookingFilter,
  BookingIdentity,
  BookingMove,
  BookingRequest,
  WantedTime,
} from '../entities/booking.ts';
import type { Position } from '../rows/page.ts';
import { without } from '../rows/without.ts';
import { CONTACT_SHOWN, contactsWithPhone } from './contacts/contacts.ts';
import { bookingStatus, endsNear, standing } from './holds.ts';

const VIEW = `
SELECT booking.id, booking.reference, ${bookingStatus('booking')} AS status, booking.starts_at AS "startsAt",
  booking.ends_at AS "endsAt", tenant.time_zone AS "timeZone",
  booking.service_id AS "serviceId", json_build_object('key', service.key, 'name', service.name) AS service,
  json_build_object('id', resource.id, 'name', resource.name) AS resource,
  booking.zone_id AS "zoneId",
  CASE WHEN zone.id IS NOT NULL THEN json_build_object('key', zone.key, 'name', zone.name) END AS zone,
  ${CONTACT_SHOWN} AS contact,
  booking.name, booking.notes, booking.call_id AS "callId", booking.created_at AS "createdAt",
  booking.cancelled_at AS "cancelledAt", booking.hold_expires_at AS "holdExpiresAt",
  booking.series_id AS "seriesId"
FROM bookings booking
JOIN tenants tenant ON tenant.id = booking.tenant_id
JOIN services service ON service.id = booking.service_id
JOIN resources resource ON resource.id = booking.resource_id
LEFT JOIN contacts contact ON contact.id = booking.contact_id
LEFT JOIN zones zone ON zone.id = booking.zone_id
WHERE booking.tenant_id = $1`;

export async function findBooking(
  manager: EntityManager,
  tenantId: TenantId,
  id: string,
): Promise<Booking | null> {
  const [found] = await query<Booking>(manager, `${VIEW} AND booking.id = $2`, [tenantId, id]);
  return found ?? null;
}

/** Returns the bookings and holds of a call that stand, for one service and start, the first one first. */
export function findInCall(
  manager: EntityManager,
  { tenantId, callId, serviceKey, startsAt }: Omit<BookingIdentity, 'name'>,
): Promise<Booking[]> {
  return query(
    manager,
    `${VIEW} AND booking.call_id = $2 AND service.key = $3 AND booking.starts_at = $4
       AND ${standing('booking')} ORDER BY booking.created_at, booking.id`,
    [tenantId, callId, serviceKey, startsAt],
  );
}

/** Soonest first, from `start` on; `phones` are the written forms of a contact's number, null for all. */
export function listBookings(
  manager: EntityManager,
  tenantId: TenantId,
  { reference, status, from, until, seriesId }: Omit<BookingFilter, 'contactPhone'>,
  phones: readonly string[] | null,
  start: Position | null,
  limit: number,
): Promise<Booking[]> {
  return query(
    manager,
    `${VIEW} AND ($2::text[] IS NULL OR booking.contact_id IN (${contactsWithPhone('$2::text[]')}))
       AND ($3::text IS NULL OR ${bookingStatus('booking')} = $3)
       AND ($4::timestamptz IS NULL OR booking.starts_at >= $4)
       AND ($5::timestamptz IS NULL OR booking.starts_at < $5)
       AND ($6::timestamptz IS NULL OR (booking.starts_at, booking.id) > ($6, $7::uuid))
       AND ($8::text IS NULL OR booking.reference = $8)
       AND ($9::uuid IS NULL OR booking.series_id = $9)
     ORDER BY booking.starts_at, booking.id LIMIT $10`,
    [tenantId, phones, status, from, until, start?.at, start?.id, reference, seriesId, limit].map(
      (value) => value ?? null,
    ),
  );
}

/**
 * Returns whether a resource that is still in use works in the time wanted, and has no other booking, and no
 * busy time of a connected calendar, too near to it. The transaction holds the resource.
 */
export async function isFree(
  transaction: Transaction,
  resourceId: string,
  { startsAt, endsAt, occupiedFrom, occupiedUntil, movedId }: WantedTime,
): Promise<boolean> {
  const free = await query(
    transaction,
    `SELECT 1 FROM resources WHERE id = $1 AND is_active
       AND NOT EXISTS (SELECT 1 FROM bookings kept WHERE resource_id = $1 AND ${standing('kept')}
         AND ${endsNear('kept', '$2::timestamptz')}
         AND occupied && tstzrange($2::timestamptz, $3::timestamptz) AND id IS DISTINCT FROM $4)
       AND NOT EXISTS (SELECT 1 FROM resource_leave WHERE resource_id = $1
         AND starts_at < $6::timestamptz AND ends_at > $5::timestamptz)
       AND NOT EXISTS (SELECT 1 FROM calendar_busy WHERE resource_id = $1
         AND starts_at < $3::timestamptz AND ends_at > $2::timestamptz)`,
    [resourceId, occupiedFrom, occupiedUntil, movedId ?? null, startsAt, endsAt],
  );
  return free.length === 1;
}

/**
 * Returns the bookings and holds of a resource that stand and lie in part between two instants, soonest
 * first, and how many there are.
 */
export async function findOfResource(
  manager: EntityManager,
  tenantId: TenantId,
  resourceId: string,
  { from, until }: { from: Date; until: Date | null },
  limit: number,
): Promise<{ bookings: Booking[]; count: number }> {
  const found = await query<Booking & { count: number }>(
    manager,
    `WITH view AS (${VIEW} AND booking.resource_id = $2 AND ${standing('booking')}
       AND ${endsNear('booking', '$3::timestamptz')}
       AND booking.occupied && tstzrange($3::timestamptz, $4::timestamptz)
       AND booking.period && tstzrange($3::timestamptz, $4::timestamptz))
     SELECT *, (count(*) OVER ())::integer AS count FROM view ORDER BY "startsAt", id LIMIT $5`,
    [tenantId, resourceId, from, until, limit],
  );
  return { bookings: found.map((row) => without(row, 'count')), count: found[0]?.count ?? 0 };
}

/** Returns the id of the new booking; null when the tenant has a booking with this reference. */
export async function insertBooking(
  transaction: Transaction,
  request: BookingRequest,
  { resourceId, contactId, reference }: BookingPlace,
): Promise<string | null> {
  const [inserted] = await query<{ id: string }>(
    transaction,
    `INSERT INTO bookings (tenant_id, resource_id, service_id, contact_id, period, occupied, reference, name,
       notes, call_id, tool_call_id, zone_id, status, hold_expires_at, series_id)
     VALUES ($1, $2, $3, $4, tstzrange($5::timestamptz, $6::timestamptz),
       tstzrange($7::timestamptz, $8::timestamptz), $9, $10, $11, $12, $13, $14,
       CASE WHEN $15::integer IS NULL THEN 'booked' ELSE 'held' END,
       clock_timestamp() + $15::integer * interval '1 second', $16)
     ON CONFLICT (tenant_id, reference) DO NOTHING RETURNING id`,
    [
      request.tenantId,
      resourceId,
      request.serviceId,
      contactId,
      request.startsAt,
      request.endsAt,
      request.occupiedFrom,
      request.occupiedUntil,
      reference,
      request.name,
      request.notes,
      request.callId,
      request.toolCallId,
      request.zoneId ?? null,
      request.holdSeconds ?? null,
      request.seriesId ?? null,
    ],
  );
  return inserted?.id ?? null;
}

/** The parts of a booking that are decided while it is made. */
interface BookingPlace {
  readonly resourceId: string;
  readonly contactId: string | null;
  readonly reference: string;
}

export async function moveBooking(
  transaction: Transaction,
  { tenantId, id, startsAt, endsAt, occupiedFrom, occupiedUntil }: BookingMove,
  resourceId: string,
): Promise<void> {
  await query(
    transaction,
    `UPDATE bookings SET resource_id = $3, period = tstzrange($4::timestamptz, $5::timestamptz),
       occupied = tstzrange($6::timestamptz, $7::timestamptz)
     WHERE tenant_id = $1 AND id = $2`,
    [tenantId, id, resourceId, startsAt, endsAt, occupiedFrom, occupiedUntil],
  );
}
