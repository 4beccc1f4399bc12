import { describe, expect, it } from '@jest/globals';
import type { OpeningHours } from '@tandem/contracts';
import { hoursOfDay, resolveWindow, type LocalWindow } from './callback-window.ts';

/** Monday to Friday, nine to five with a break at noon, in New York. */
const OFFICE: OpeningHours = {
  timeZone: 'America/New_York',
  isAlwaysOpen: false,
  hours: [1, 2, 3, 4, 5].flatMap((weekday) => [
    { weekday, opensMinute: 780, closesMinute: 1020 },
    { weekday, opensMinute: 540, closesMinute: 720 },
  ]),
  closedDates: ['2027-03-03'],
};
/** Monday, 1 March 2027, ten o'clock in New York. */
const NOW = new Date('2027-03-01T15:00:00Z');

const resolve = (window: LocalWindow, opening = OFFICE) => {
  const found = resolveWindow(window, opening, NOW);
  return typeof found === 'string' ? found : [found.from.toISOString(), found.until.toISOString()];
};

describe('the time of a callback', () => {
  it('is by the clock of the business, and an hour long unless its end is named', () => {
    expect(resolve({ date: '2027-03-02', from: '14:00' })).toEqual([
      '2027-03-02T19:00:00.000Z',
      '2027-03-02T20:00:00.000Z',
    ]);
    expect(resolve({ date: '2027-03-02', from: '09:00', until: '17:00' })).toEqual([
      '2027-03-02T14:00:00.000Z',
      '2027-03-02T22:00:00.000Z',
    ]);
    // The clocks have changed.
    expect(resolve({ date: '2027-03-15', from: '14:00' })).toEqual([
      '2027-03-15T18:00:00.000Z',
      '2027-03-15T19:00:00.000Z',
    ]);
  });

  it('is none where the clocks skip the hour in which it would begin', () => {
    const always = { ...OFFICE, isAlwaysOpen: true };
    expect(resolve({ date: '2027-03-14', from: '02:30', until: '03:00' }, always)).toBe('outside-hours');
  });

  it.each([
    ['yesterday', { date: '2027-02-26', from: '14:00' }, 'in-the-past'],
    ['earlier today', { date: '2027-03-01', from: '09:30' }, 'in-the-past'],
    ['a stretch that is over', { date: '2027-03-01', from: '09:00', until: '10:00' }, 'in-the-past'],
    ['a far day', { date: '2027-06-01', from: '14:00' }, 'too-far-ahead'],
    ['before anyone is there', { date: '2027-03-02', from: '08:30' }, 'outside-hours'],
    ['beyond the end of the day', { date: '2027-03-02', from: '16:30' }, 'outside-hours'],
    ['a Sunday', { date: '2027-03-07', from: '14:00' }, 'outside-hours'],
    ['a holiday', { date: '2027-03-03', from: '14:00' }, 'outside-hours'],
  ] as const)('is not %s', (_what, window, refusal) => {
    expect(resolve(window)).toBe(refusal);
  });

  it('may be under way', () => {
    expect(resolve({ date: '2027-03-01', from: '09:00', until: '12:00' })).toHaveLength(2);
  });

  it('ends with the day where it is always open', () => {
    const opening = { ...OFFICE, isAlwaysOpen: true };
    expect(resolve({ date: '2027-03-07', from: '23:30' }, opening)).toEqual([
      '2027-03-08T04:30:00.000Z',
      '2027-03-08T05:00:00.000Z',
    ]);
  });
});

describe('the hours of a day', () => {
  it('are in order, and none when it is closed', () => {
    expect(hoursOfDay('2027-03-02', OFFICE)).toEqual([
      { opens: '09:00', closes: '12:00' },
      { opens: '13:00', closes: '17:00' },
    ]);
    expect(hoursOfDay('2027-03-03', OFFICE)).toEqual([]);
    expect(hoursOfDay('2027-03-07', OFFICE)).toEqual([]);
    expect(hoursOfDay('2027-03-07', { ...OFFICE, isAlwaysOpen: true })).toEqual([
      { opens: '00:00', closes: '24:00' },
    ]);
  });
});
