import { expect, it } from '@jest/globals';
import { readBusy, readFreeBusy } from './read-busy.ts';

const START = Date.parse('2027-03-01T10:00:00Z');
const event = (length: string) =>
  [
    'BEGIN:VCALENDAR',
    'BEGIN:VEVENT',
    'UID:1',
    'DTSTART:20270301T100000Z',
    length,
    'END:VEVENT',
    'END:VCALENDAR',
  ].join('\r\n');
const timesOf = (length: string) => JSON.stringify(readBusy(event(length), 'UTC'));

it('durations may have a sign, and one that is none makes no busy time', () => {
  for (const duration of ['PT1H', '+PT1H'])
    expect(timesOf(`DURATION:${duration}`)).toContain(`${START + 3_600_000}`);
  for (const duration of ['', 'soon', '+', '-PT1H'])
    expect(timesOf(`DURATION:${duration}`)).not.toContain('endMs');
  const freeBusy = (period: string) =>
    readFreeBusy(['BEGIN:VFREEBUSY', `FREEBUSY:20270301T100000Z/${period}`, 'END:VFREEBUSY'].join('\r\n'));
  expect(freeBusy('+PT1H')).toEqual([{ startMs: START, endMs: START + 3_600_000, bookingId: null }]);
  expect(freeBusy('Pnever')).toEqual([]);
});
