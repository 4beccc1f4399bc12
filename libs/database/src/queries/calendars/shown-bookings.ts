/** A booking with everything that a calendar may show of it. */
export interface BookingInCalendar {
  readonly id: string;
  readonly reference: string;
  /** Holds are never shown. */
  readonly status: 'booked' | 'cancelled';
  readonly serviceName: string;
  readonly name: string | null;
  readonly phone: string | null;
  readonly notes: string;
  readonly startsAt: Date;
  readonly endsAt: Date;
  readonly createdAt: Date;
  readonly changedAt: Date;
  readonly revision: number;
}

/** SQL: what a calendar may show of `booking`, with the joins it needs. */
export const SHOWN = `booking.id, booking.reference,
  CASE booking.status WHEN 'booked' THEN 'booked' ELSE 'cancelled' END AS status,
  service.name AS "serviceName",
  coalesce(booking.name, contact.name) AS name, contact.phone, booking.notes,
  booking.starts_at AS "startsAt", booking.ends_at AS "endsAt", booking.created_at AS "createdAt",
  booking.changed_at AS "changedAt", booking.revision`;
export const SHOWN_FROM = `JOIN services service ON service.id = booking.service_id
  LEFT JOIN contacts contact ON contact.id = booking.contact_id`;
