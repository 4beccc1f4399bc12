import type { TenantId } from '@tandem/contracts';
import type { EntityManager } from 'typeorm';
import { query, type Transaction } from '../connection/unit-of-work.ts';
import type {
  FreedTime,
  NewWaitingEntry,
  OfferTerms,
  WaitingEntry,
  WaitingFilter,
} from '../entities/waiting-list.ts';
import type { Position } from '../rows/page.ts';
import { contactsWithPhone } from './contacts/contacts.ts';
import { DEFAULT_OFFER_MINUTES, isDenied, isQuiet, smsNumber } from './quiet-hours.ts';

/** The result of an offer is read from its booking, whose hold ends by the clock. */
const STATUS = `CASE
    WHEN entry.status = 'offered' AND booking.id IS NULL THEN 'expired'
    WHEN entry.status = 'offered' AND booking.hold_expires_at IS NULL THEN 'booked'
    WHEN entry.status = 'offered' AND booking.status = 'cancelled' THEN 'cancelled'
    WHEN entry.status = 'offered' AND booking.hold_expires_at <= now() THEN 'expired'
    WHEN entry.status = 'waiting' AND entry.until_date < (now() AT TIME ZONE tenant.time_zone)::date
      THEN 'expired'
    ELSE entry.status END`;

const VIEW = `
SELECT entry.id, ${STATUS} AS status, entry.service_id AS "serviceId",
  json_build_object('key', service.key, 'name', service.name) AS service,
  CASE WHEN resource.id IS NOT NULL THEN json_build_object('id', resource.id, 'name', resource.name) END
    AS resource,
  entry.zone_id AS "zoneId",
  CASE WHEN zone.id IS NOT NULL THEN json_build_object('key', zone.key, 'name', zone.name) END AS zone,
  json_build_object('id', contact.id, 'phone', contact.phone, 'name', contact.name) AS contact,
  entry.name, entry.notes, entry.from_date::text AS "fromDate", entry.until_date::text AS "untilDate",
  entry.part_of_day AS "partOfDay", entry.booking_id AS "bookingId", entry.offered_at AS "offeredAt",
  entry.call_id AS "callId", entry.created_at AS "createdAt"
FROM waiting_list entry
JOIN tenants tenant ON tenant.id = entry.tenant_id
JOIN services service ON service.id = entry.service_id
JOIN contacts contact ON contact.id = entry.contact_id
LEFT JOIN resources resource ON resource.id = entry.resource_id
LEFT JOIN zones zone ON zone.id = entry.zone_id
LEFT JOIN bookings booking ON booking.id = entry.booking_id
WHERE entry.tenant_id = $1`;

export async function findWaiting(
  manager: EntityManager,
  tenantId: TenantId,
  id: string,
): Promise<WaitingEntry | null> {
  const [found] = await query<WaitingEntry>(manager, `${VIEW} AND entry.id = $2`, [tenantId, id]);
  return found ?? null;
}

/** Returns the entry that waits and was made in the same call with the same fields; notes do not count. */
export async function findSameWaiting(
  manager: EntityManager,
  entry: NewWaitingEntry,
  phones: readonly string[],
): Promise<WaitingEntry | null> {
  const { tenantId, callId, serviceId, resourceId, zoneId, fromDate, untilDate, partOfDay, name } = entry;
  const [found] = await query<WaitingEntry>(
    manager,
    `${VIEW} AND entry.status = 'waiting' AND entry.call_id = $2 AND entry.service_id = $3
       AND entry.resource_id IS NOT DISTINCT FROM $4 AND entry.zone_id IS NOT DISTINCT FROM $5
       AND entry.from_date = $6::date AND entry.until_date = $7::date AND entry.part_of_day = $8
       AND entry.name IS NOT DISTINCT FROM $9 AND entry.contact_id IN (${contactsWithPhone('$10::text[]')})
     ORDER BY entry.created_at LIMIT 1`,
    [tenantId, callId, serviceId, resourceId, zoneId, fromDate, untilDate, partOfDay, name, phones],
  );
  return found ?? null;
}

/** Longest waiting first, from `start` on; `phones` are the written forms of a contact's number. */
export function listWaiting(
  manager: EntityManager,
  tenantId: TenantId,
  { status, serviceKey }: WaitingFilter,
  phones: readonly string[] | null,
  start: Position | null,
  limit: number,
): Promise<WaitingEntry[]> {
  return query(
    manager,
    `${VIEW} AND ($2::text[] IS NULL OR entry.contact_id IN (${contactsWithPhone('$2::text[]')}))
       AND ($3::text IS NULL OR ${STATUS} = $3)
       AND ($4::text IS NULL OR service.key = $4)
       AND ($5::timestamptz IS NULL OR (entry.created_at, entry.id) > ($5, $6::uuid))
     ORDER BY entry.created_at, entry.id LIMIT $7`,
    [tenantId, phones, status, serviceKey, start?.at, start?.id, limit].map((value) => value ?? null),
  );
}

/** Returns the number of entries that wait, those whose days are over left out. */
export async function countWaiting(manager: EntityManager, tenantId: TenantId): Promise<number> {
  const [found] = await query<{ n: number }>(
    manager,
    `SELECT count(*)::integer AS n FROM waiting_list entry JOIN tenants tenant ON tenant.id = entry.tenant_id
     WHERE entry.tenant_id = $1 AND entry.status = 'waiting'
       AND entry.until_date >= (now() AT TIME ZONE tenant.time_zone)::date`,
    [tenantId],
  );
  return found?.n ?? 0;
}

/**
 * Returns the freed time that is due for longest, of a business that is not quiet then, and keeps it from
 * other transactions; null when there is none. One that is over is due whatever failed before.
 */
export async function takeFreedTime(transaction: Transaction, now: Date): Promise<FreedTime | null> {
  const [found] = await query<FreedTime>(
    transaction,
    `SELECT freed.id, freed.tenant_id AS "tenantId", freed.resource_id AS "resourceId",
       freed.starts_at AS "startsAt", freed.ends_at AS "endsAt", freed.attempts
     FROM freed_times freed JOIN tenants tenant ON tenant.id = freed.tenant_id
     LEFT JOIN booking_settings settings ON settings.tenant_id = freed.tenant_id
     WHERE freed.ends_at <= $1::timestamptz
       OR freed.next_attempt_at <= clock_timestamp()
         AND NOT ${isQuiet('$1::timestamptz', 'tenant.time_zone', 'settings')}
     ORDER BY freed.next_attempt_at, freed.id LIMIT 1 FOR UPDATE OF freed SKIP LOCKED`,
    [now],
  );
  return found ?? null;
}

/**
 * Stores that the offer of a freed time failed, which is due again after this time; null for never.
 * @returns false when another transaction has tried it meanwhile
 */
export async function postponeFreedTime(
  manager: EntityManager,
  { tenantId, id, attempts }: FreedTime,
  pauseMs: number | null,
): Promise<boolean> {
  const postponed = await query(
    manager,
    `UPDATE freed_times SET attempts = attempts + 1,
       next_attempt_at = coalesce(clock_timestamp() + $4::float8 * interval '1 ms', 'infinity')
     WHERE tenant_id = $1 AND id = $2 AND attempts = $3 RETURNING id`,
    [tenantId, id, attempts, pauseMs],
  );
  return postponed.length > 0;
}

/**
 * Returns the entries a freed time could be for, the longest waiting first, after one of them: the resource
 * does their service and goes to their zone, and it lies within their days, one to each side. Nobody is
 * listed for a zone that was deleted, so only resources that go everywhere go there.
 */
export function findCandidates(
  transaction: Transaction,
  { tenantId, resourceId, startsAt, endsAt }: FreedTime,
  after: Position | null,
  limit: number,
): Promise<WaitingEntry[]> {
  return query(
    transaction,
    `${VIEW} AND entry.status = 'waiting' AND service.is_active
       AND entry.until_date >= (now() AT TIME ZONE tenant.time_zone)::date
       AND (entry.resource_id IS NULL OR entry.resource_id = $2)
       AND EXISTS (SELECT 1 FROM resource_services link
         WHERE link.resource_id = $2 AND link.service_id = entry.service_id)
       AND (entry.zone_id IS NULL
         OR NOT EXISTS (SELECT 1 FROM resource_zones served WHERE served.resource_id = $2)
         OR EXISTS (SELECT 1 FROM resource_zones served
           WHERE served.resource_id = $2 AND served.zone_id = entry.zone_id))
       AND entry.from_date <= ($4::timestamptz AT TIME ZONE tenant.time_zone)::date
       AND entry.until_date >= ($3::timestamptz AT TIME ZONE tenant.time_zone)::date - 1
       AND ($5::timestamptz IS NULL OR (entry.created_at, entry.id) > ($5, $6::uuid))
     ORDER BY entry.created_at, entry.id LIMIT $7`,
    [tenantId, resourceId, startsAt, endsAt, after?.at ?? null, after?.id ?? null, limit],
  );
}

export async function findOfferTerms(
  manager: EntityManager,
  tenantId: TenantId,
  contactId: string,
): Promise<OfferTerms | null> {
  const [found] = await query<OfferTerms>(
    manager,
    `SELECT tenant.company_name AS "companyName", tenant.language,
       coalesce(settings.offer_minutes, ${DEFAULT_OFFER_MINUTES}) AS "offerMinutes",
       coalesce(settings.texts, '{}') AS texts,
       ${smsNumber('tenant.id', 'settings')} AS "smsNumber",
       ${isDenied('tenant.id', '$2', `'sms'`)} AS "isDenied"
     FROM tenants tenant LEFT JOIN booking_settings settings ON settings.tenant_id = tenant.id
     WHERE tenant.id = $1`,
    [tenantId, contactId],
  );
  return found ?? null;
}
