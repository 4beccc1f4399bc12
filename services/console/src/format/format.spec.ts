import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { age, Clock, duration, latency, money, phone, position, sentence } from './format.ts';

describe('a length of time', () => {
  it.each([
    [null, '—'],
    [0, '0:00'],
    [59_999, '0:59'],
    [61_000, '1:01'],
    [3_600_000, '1:00:00'],
    [10_868_000, '3:01:08'],
  ])('%s ms is %s', (ms, text) => expect(duration(ms)).toBe(text));

  it.each([
    [83_440, '1:23.4'],
    [59_960, '1:00.0'],
    [0, '0:00.0'],
  ])('the position %s ms is %s', (ms, text) => expect(position(ms)).toBe(text));

  it.each([
    [-5, '0 s'],
    [59_000, '59 s'],
    [240_000, '4 min'],
    [7_200_000, '2 h'],
    [200_000_000, '2 d'],
  ])('an age of %s ms is %s', (ms, text) => expect(age(ms)).toBe(text));

  it('is whole milliseconds where it is a latency', () => {
    expect([latency(619.6), latency(null)]).toEqual(['620 ms', '—']);
  });
});

describe('other figures', () => {
  it.each([
    [0.0421, '$0.0421'],
    [1.84, '$1.84'],
    [0, '$0.00'],
    [null, '—'],
  ])('%s US dollars are %s', (usd, text) => expect(money(usd, 'en-US')).toBe(text));

  it.each([
    ['+12025550123', '+1 202 555 0123'],
    ['+493012345', '+493012345'],
    ['anonymous', 'anonymous'],
  ])('the number %s is written %s', (number, text) => expect(phone(number)).toBe(text));

  it('codes are written as sentences', () => {
    expect([sentence('agent-goodbye'), sentence('book_appointment'), sentence('')]).toEqual([
      'Agent goodbye',
      'Book appointment',
      '',
    ]);
  });
});

describe('a clock of a zone', () => {
  it('names the day unless it is today', () => {
    const clock = new Clock('en-US', 'America/New_York');
    const now = new Date('2027-03-01T20:00:00Z');
    expect(clock.short('2027-03-01T14:00:05Z', now)).toBe('09:00:05 AM');
    expect(clock.short('2027-03-01T03:00:00Z', now)).toBe('Feb 28, 2027, 10:00:00 PM');
    expect(clock.at(null)).toBe('—');
  });

  it.each([
    ['2027-03-14', 'America/New_York', '2027-03-14T05:00:00.000Z'],
    ['2027-03-15', 'America/New_York', '2027-03-15T04:00:00.000Z'],
    ['2027-11-07', 'America/New_York', '2027-11-07T04:00:00.000Z'],
    ['2027-06-01', 'Asia/Kolkata', '2027-05-31T18:30:00.000Z'],
  ])('begins %s in %s at %s', (date, zone, instant) =>
    expect(new Clock('en-US', zone).startOf(date)).toBe(instant),
  );

  it('begins each day at the hour the zone shows for that instant', () => {
    const days = fc.date({ min: new Date('2020-01-01'), max: new Date('2040-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(
        days,
        fc.constantFrom('Europe/Berlin', 'America/Chicago', 'Pacific/Auckland'),
        (day, zone) => {
          const date = day.toISOString().slice(0, 10);
          const start = new Date(new Clock('en-US', zone).startOf(date));
          const shown = new Intl.DateTimeFormat('en-CA', { timeZone: zone }).format(start);
          const before = new Intl.DateTimeFormat('en-CA', { timeZone: zone }).format(start.getTime() - 1);
          return shown === date && before < date;
        },
      ),
    );
  });
});
