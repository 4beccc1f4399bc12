import { describe, expect, it } from '@jest/globals';
import { readCalendarObject } from '@tandem/simulators';
import { toCalendarEvent, type ShownBooking } from '../calendar-event.ts';
import { bookingOfUid, writeCalendar } from './write-calendar.ts';

const BOOKING: ShownBooking = {
  id: '5b0d3f9a-0000-4000-8000-000000000001',
  reference: 'K48215',
  serviceName: 'Boiler, service; "deluxe" \\ €',
  name: 'Zoë Ångström-Fjällräven',
  phone: '+12025550123',
  notes: `Two lines,\nthe second one ${'with 🛠 many words '.repeat(12)}`,
  startsAt: new Date('2027-03-01T14:00:00Z'),
  endsAt: new Date('2027-03-01T15:30:00Z'),
  createdAt: new Date('2027-02-01T10:00:00Z'),
  changedAt: new Date('2027-02-03T11:12:13.999Z'),
  revision: 3,
  status: 'booked',
};

describe('a calendar as iCalendar text', () => {
  it('has the same content for an independent reader', () => {
    const text = writeCalendar('Maria', [toCalendarEvent(BOOKING, 'full')]);
    const { name, events } = readCalendarObject(text);
    expect(name).toBe('Maria');
    expect(events).toEqual([
      {
        uid: `${BOOKING.id}@bookings.tandem`,
        summary: `Busy: ${BOOKING.serviceName}, K48215, ${BOOKING.name}`,
        description: `${BOOKING.name}\n+12025550123\n${BOOKING.notes}`,
        start: BOOKING.startsAt,
        end: BOOKING.endsAt,
        stamp: new Date('2027-02-03T11:12:13Z'),
        sequence: 3,
        status: 'CONFIRMED',
      },
    ]);
    expect(bookingOfUid(events[0]!.uid)).toBe(BOOKING.id);
  });

  it('has lines of at most 75 octets, each ended by CR and LF, and cuts no character', () => {
    const text = writeCalendar('Maria', [toCalendarEvent(BOOKING, 'full')]);
    expect(text.endsWith('END:VCALENDAR\r\n')).toBe(true);
    expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    for (const line of text.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
    expect(text).not.toContain('\ufffd');
  });

  it('tells no more than its detail allows', () => {
    const busy = writeCalendar(null, [toCalendarEvent(BOOKING, 'busy')]);
    const service = writeCalendar(null, [toCalendarEvent(BOOKING, 'service')]);
    expect(readCalendarObject(busy).events[0]).toMatchObject({ summary: 'Busy', description: null });
    expect(service).toContain('K48215');
    for (const text of [busy, service])
      for (const personal of ['Zo', '+1202555', 'Two lines']) expect(text).not.toContain(personal);
    expect(busy).not.toContain('K48215');
  });

  it('shows a cancelled booking as cancelled and free', () => {
    const text = writeCalendar(null, [toCalendarEvent({ ...BOOKING, status: 'cancelled' }, 'service')]);
    expect(readCalendarObject(text).events[0]).toMatchObject({ status: 'CANCELLED' });
    expect(text).toContain('TRANSP:TRANSPARENT\r\n');
  });
});
