import { describe, expect, it } from '@jest/globals';
import { isDepartmentOpen, isOpenAt, localDate, minuteOfDay, type OpeningHours } from './opening-hours.ts';

const opening = (change: Partial<OpeningHours> = {}): OpeningHours => ({
  timeZone: 'America/New_York',
  isAlwaysOpen: false,
  hours: [
    { weekday: 1, opensMinute: 9 * 60, closesMinute: 17 * 60 },
    { weekday: 7, opensMinute: 0, closesMinute: 24 * 60 },
  ],
  closedDates: [],
  ...change,
});
const openAt = (instant: string, change: Partial<OpeningHours> = {}) =>
  isOpenAt(opening(change), new Date(instant));

describe('opening hours', () => {
  it('hold by the wall clock of their zone, from the first minute to before the last', () => {
    expect(openAt('2027-01-04T13:59:59-00:00')).toBe(false);
    expect(openAt('2027-01-04T14:00:00Z')).toBe(true);
    expect(openAt('2027-01-04T21:59:59Z')).toBe(true);
    expect(openAt('2027-01-04T22:00:00Z')).toBe(false);
    expect(openAt('2027-01-05T15:00:00Z')).toBe(false);
  });

  it('move with daylight saving time', () => {
    expect(openAt('2027-07-05T13:00:00Z')).toBe(true);
    expect(openAt('2027-07-05T21:00:00Z')).toBe(false);
  });

  it('cover a whole day, the day before the clocks change included', () => {
    expect(openAt('2027-03-14T04:59:59Z')).toBe(false);
    expect(openAt('2027-03-14T05:00:00Z')).toBe(true);
    expect(openAt('2027-03-14T07:30:00Z')).toBe(true);
    expect(openAt('2027-03-15T03:59:59Z')).toBe(true);
    expect(openAt('2027-03-15T04:00:00Z')).toBe(false);
  });

  it('do not count where it is always open', () => {
    expect(openAt('2027-01-06T03:00:00Z', { isAlwaysOpen: true, hours: [] })).toBe(true);
  });

  it('give way to a closed date, which is a local day', () => {
    const closed = { isAlwaysOpen: true, closedDates: ['2027-01-04'] };
    expect(openAt('2027-01-04T04:59:59Z', closed)).toBe(true);
    expect(openAt('2027-01-04T05:00:00Z', closed)).toBe(false);
    expect(openAt('2027-01-05T04:59:59Z', closed)).toBe(false);
    expect(openAt('2027-01-05T05:00:00Z', closed)).toBe(true);
  });

  it('are read from times of day, midnight at both ends', () => {
    expect(['00:00:00', '09:30', '24:00:00'].map(minuteOfDay)).toEqual([0, 570, 1440]);
  });
});

describe('a department', () => {
  const hours = [1, 2, 3, 4, 5].map((weekday) => ({ weekday, opensMinute: 8 * 60, closesMinute: 17 * 60 }));

  it('takes calls in its hours, by the wall clock of the tenant', () => {
    const at = (instant: string) => isDepartmentOpen({ hours }, 'America/New_York', new Date(instant));
    expect(
      [
        '2027-01-04T12:59:00Z',
        '2027-01-04T13:00:00Z',
        '2027-01-04T21:59:00Z',
        '2027-01-04T22:00:00Z',
        '2027-01-09T15:00:00Z',
      ].map(at),
    ).toEqual([false, true, true, false, false]);
    expect(isDepartmentOpen({ hours }, 'Europe/Berlin', new Date('2027-01-04T12:59:00Z'))).toBe(true);
  });

  it('without hours is always there', () => {
    expect(isDepartmentOpen({ hours: [] }, 'UTC', new Date('2027-01-09T03:00:00Z'))).toBe(true);
  });
});

describe('a local date', () => {
  it('turns at midnight of its own zone', () => {
    expect(localDate(new Date('2027-01-04T04:59:59Z'), 'America/New_York')).toBe('2027-01-03');
    expect(localDate(new Date('2027-01-04T05:00:00Z'), 'America/New_York')).toBe('2027-01-04');
  });
});
