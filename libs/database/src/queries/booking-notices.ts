import type { AppointmentFacts, BookingTexts, MessageChannel, TenantId } from '@tandem/contracts';
import type { EntityManager } from 'typeorm';
import { query, type Transaction } from '../connection/unit-of-work.ts';
import { isDenied, isQuiet, smsNumber } from './quiet-hours.ts';

/** A notice of a booking whose time has come. */
export interface DueNotice {
  readonly tenantId: TenantId;
  readonly bookingId: string;
  readonly kind: 'confirmation' | 'reminder';
  readonly minutesBefore: number;
  readonly channel: MessageChannel;
  /** When the booking was given its time. */
  readonly timedAt: Date;
  /** Whether a reminder nearer to the appointment is due as well. */
  readonly isSuperseded: boolean;
  readonly facts: AppointmentFacts;
  readonly texts: BookingTexts;
  readonly contact: {
    readonly phone: string;
    readonly email: string | null;
    readonly isDenied: boolean;
  } | null;
}

/** A row of {@link SQL}. */
type Row = Omit<DueNotice, 'facts'> &
  Omit<AppointmentFacts, 'number'> & { readonly smsNumber: string | null };

/**
 * Every notice that is wished for, joined with the bookings it is due for and was not settled for. A
 * reminder whose moment lies before its booking was given its time, or before it was set up, is not due;
 * neither is anything while it is quiet, so that it waits for the end of that, nor once the appointment has
 * begun. $1 now  $2 limit
 */
const SQL = `
WITH plan AS (
  SELECT service.tenant_id, service.id AS service_id, wish.*,
    CASE WHEN own.service_id IS NULL THEN general.since ELSE own.since END AS since
  FROM (SELECT tenant_id FROM booking_settings UNION SELECT tenant_id FROM service_reminders) setting
  JOIN tenants tenant ON tenant.id = setting.tenant_id
  JOIN services service ON service.tenant_id = setting.tenant_id
  LEFT JOIN booking_settings general ON general.tenant_id = setting.tenant_id
  LEFT JOIN service_reminders own ON own.service_id = service.id
  CROSS JOIN LATERAL (
    SELECT 'reminder' AS kind, (item->>'minutesBefore')::integer AS minutes, item->>'channel' AS channel
    FROM jsonb_array_elements(CASE WHEN own.service_id IS NULL THEN general.reminders ELSE own.reminders END)
      item
    UNION ALL
    SELECT 'confirmation', 0, CASE WHEN own.service_id IS NULL THEN general.confirmation
      ELSE own.confirmation END
  ) wish
  WHERE wish.channel IS NOT NULL AND NOT ${isQuiet('$1::timestamptz', 'tenant.time_zone', 'general')}
), due AS (
  SELECT booking.*, plan.kind, plan.minutes, plan.channel,
    row_number() OVER (PARTITION BY booking.id, plan.kind, plan.channel ORDER BY plan.minutes) > 1
      AS is_superseded
  FROM plan JOIN bookings booking
    ON booking.tenant_id = plan.tenant_id AND booking.service_id = plan.service_id
      AND booking.status = 'booked' AND booking.starts_at > $1::timestamptz
      AND booking.timed_at <= $1::timestamptz
      AND (plan.kind = 'reminder'
          AND booking.starts_at <= $1::timestamptz + plan.minutes * interval '1 minute'
          AND booking.starts_at - plan.minutes * interval '1 minute'
            >= greatest(booking.timed_at, plan.since)
        OR plan.kind = 'confirmation' AND booking.timed_at >= plan.since
          AND booking.timed_at > $1::timestamptz - interval '1 day')
  WHERE NOT EXISTS (SELECT 1 FROM booking_notices settled
    WHERE settled.booking_id = booking.id AND settled.kind = plan.kind
      AND settled.minutes_before = plan.minutes AND settled.channel = plan.channel
      AND settled.timed_at = booking.timed_at)
  ORDER BY booking.starts_at, booking.id, plan.minutes LIMIT $2
)
SELECT due.tenant_id AS "tenantId", due.id AS "bookingId", due.kind, due.minutes AS "minutesBefore",
  due.channel, due.timed_at AS "timedAt", due.is_superseded AS "isSuperseded",
  tenant.company_name AS company, tenant.time_zone AS "timeZone", service.name AS service, due.reference,
  due.starts_at AS "startsAt", coalesce(contact.language, tenant.language) AS language,
  coalesce(settings.texts, '{}') AS texts, ${smsNumber('due.tenant_id', 'settings')} AS "smsNumber",
  CASE WHEN contact.id IS NOT NULL THEN json_build_object('phone', contact.phone, 'email', contact.email,
    'isDenied', ${isDenied('due.tenant_id', 'contact.id', 'due.channel')}) END AS contact
FROM due
JOIN tenants tenant ON tenant.id = due.tenant_id
JOIN services service ON service.id = due.service_id
LEFT JOIN booking_settings settings ON settings.tenant_id = due.tenant_id
LEFT JOIN contacts contact ON contact.id = due.contact_id
ORDER BY due.starts_at, due.id, due.minutes`;

export async function findDueNotices(manager: EntityManager, now: Date, limit: number): Promise<DueNotice[]> {
  const rows = await query<Row>(manager, SQL, [now, limit]);
  return rows.map(({ company, service, reference, startsAt, timeZone, language, smsNumber, ...notice }) => ({
    ...notice,
    facts: { company, service, reference, startsAt, timeZone, language, number: smsNumber },
  }));
}

/**
 * Claims a notice: no other transaction sends it. False when it was settled already, or its booking was
 * cancelled or moved meanwhile; that waits until this transaction has ended otherwise.
 */
export async function claimNotice(transaction: Transaction, notice: DueNotice): Promise<boolean> {
  const { tenantId, bookingId, kind, minutesBefore, channel, timedAt } = notice;
  const standing = await query(
    transaction,
    `SELECT 1 FROM bookings WHERE tenant_id = $1 AND id = $2 AND status = 'booked' AND timed_at = $3
     FOR SHARE`,
    [tenantId, bookingId, timedAt],
  );
  if (standing.length === 0) return false;
  const claimed = await query(
    transaction,
    `INSERT INTO booking_notices (booking_id, kind, minutes_before, channel, timed_at, tenant_id)
     VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING RETURNING booking_id`,
    [bookingId, kind, minutesBefore, channel, timedAt, tenantId],
  );
  return claimed.length === 1;
}
