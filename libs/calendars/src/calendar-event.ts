/** How much a calendar tells of a booking; the default is `service`. */
export const CALENDAR_DETAILS = ['busy', 'service', 'full'] as const;
export type CalendarDetail = (typeof CALENDAR_DETAILS)[number];

/** A booking as a calendar shows it. */
export interface CalendarEvent {
  readonly bookingId: string;
  readonly summary: string;
  readonly description: string;
  /** Unix time in ms. */
  readonly startMs: number;
  readonly endMs: number;
  readonly createdMs: number;
  readonly changedMs: number;
  /** Counts the changes of the booking. */
  readonly revision: number;
  readonly isCancelled: boolean;
}

/** A booking with what could be told of it. */
export interface ShownBooking {
  readonly id: string;
  readonly reference: string;
  readonly serviceName: string;
  /** The person it is for, and how to reach them. */
  readonly name: string | null;
  readonly phone: string | null;
  readonly notes: string;
  readonly startsAt: Date;
  readonly endsAt: Date;
  readonly createdAt: Date;
  readonly changedAt: Date;
  readonly revision: number;
  readonly status: 'booked' | 'cancelled';
}

/** Returns a booking as a calendar of this detail shows it: personal data in `full` alone. */
export function toCalendarEvent(booking: ShownBooking, detail: CalendarDetail): CalendarEvent {
  return {
    bookingId: booking.id,
    ...textOf(booking, detail),
    startMs: booking.startsAt.getTime(),
    endMs: booking.endsAt.getTime(),
    createdMs: booking.createdAt.getTime(),
    changedMs: booking.changedAt.getTime(),
    revision: booking.revision,
    isCancelled: booking.status === 'cancelled',
  };
}

function textOf(
  { reference, serviceName, name, phone, notes }: ShownBooking,
  detail: CalendarDetail,
): Pick<CalendarEvent, 'summary' | 'description'> {
  if (detail === 'busy') return { summary: 'Busy', description: '' };
  const summary = `Busy: ${serviceName}, ${reference}`;
  if (detail === 'service') return { summary, description: '' };
  const lines = [name, phone, notes].filter((line) => line !== null && line !== '');
  return { summary: name === null ? summary : `${summary}, ${name}`, description: lines.join('\n') };
}
