import type { CalendarEvent } from '../calendar-event.ts';
import { escapeText, foldLine, formatInstant } from './content-lines.ts';

const PRODUCT = '-//Tandem//Bookings//EN';

/** Returns the UID of a booking's event, the same in every calendar and for ever. */
export const uidOf = (bookingId: string): string => `${bookingId}@bookings.tandem`;

const UID = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@bookings\.tandem$/;

/** Returns the booking an event was written for; null for an event of others. */
export const bookingOfUid = (uid: string): string | null => UID.exec(uid)?.[1] ?? null;

/**
 * Returns a calendar as iCalendar text (RFC 5545). Times are in UTC, so that it needs no time zones; DTSTAMP
 * is the last change of each event, so that an unchanged calendar is the same text.
 * @param name shown by programs that subscribe to it; null for an object of CalDAV, which has none
 */
export function writeCalendar(name: string | null, events: readonly CalendarEvent[]): string {
  return [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    `PRODID:${PRODUCT}`,
    'CALSCALE:GREGORIAN',
    ...(name === null ? [] : [`NAME:${escapeText(name)}`, `X-WR-CALNAME:${escapeText(name)}`]),
    ...(name === null ? [] : ['REFRESH-INTERVAL;VALUE=DURATION:PT15M', 'X-PUBLISHED-TTL:PT15M']),
    ...events.flatMap(linesOf),
    'END:VCALENDAR',
  ]
    .map(foldLine)
    .join('');
}

function linesOf(event: CalendarEvent): string[] {
  const { bookingId, summary, description, startMs, endMs, createdMs, changedMs, revision } = event;
  return [
    'BEGIN:VEVENT',
    `UID:${uidOf(bookingId)}`,
    `DTSTAMP:${formatInstant(changedMs)}`,
    `CREATED:${formatInstant(createdMs)}`,
    `LAST-MODIFIED:${formatInstant(changedMs)}`,
    `SEQUENCE:${revision}`,
    `DTSTART:${formatInstant(startMs)}`,
    `DTEND:${formatInstant(endMs)}`,
    `SUMMARY:${escapeText(summary)}`,
    ...(description === '' ? [] : [`DESCRIPTION:${escapeText(description)}`]),
    `STATUS:${event.isCancelled ? 'CANCELLED' : 'CONFIRMED'}`,
    `TRANSP:${event.isCancelled ? 'TRANSPARENT' : 'OPAQUE'}`,
    'END:VEVENT',
  ];
}
