import { describe, expect, it } from '@jest/globals';
import { DAYS, Random } from '../../availability/test/random-case.ts';
import { movedAlike, occurrencesOf, type Repeat } from './occurrences.ts';
import { plainSeries } from './test/plain-series.ts';

/** Cases compared; set TANDEM_AVAILABILITY_CASES to compare more, and …_FIRST to begin with a later one. */
const CASES = Number(process.env['TANDEM_AVAILABILITY_CASES'] ?? 500);
const FIRST = Number(process.env['TANDEM_AVAILABILITY_FIRST'] ?? 0);
const ENDS_AFTER_MS = 60_000 + CASES * 40;
const DAY_MS = 86_400_000;

const iso = (instants: readonly number[]) => instants.map((ms) => new Date(ms).toISOString());

describe('the times of a series', () => {
  const start = Date.parse('2027-03-02T09:00:00-05:00');

  it('keep the time of day of the business through a change of clocks', () => {
    const repeat: Repeat = { every: 1, unit: 'week', count: 3 };
    expect(iso(occurrencesOf(start, repeat, 'America/New_York', 52))).toEqual([
      '2027-03-02T14:00:00.000Z',
      '2027-03-09T14:00:00.000Z',
      '2027-03-16T13:00:00.000Z',
    ]);
  });

  it('are on the same weekday of the month, a fifth one on the last', () => {
    const repeat: Repeat = { every: 1, unit: 'month', count: 4 };
    const days = (at: number) =>
      occurrencesOf(at, repeat, 'UTC', 52).map((ms) => new Date(ms).toISOString().slice(0, 10));
    expect(days(Date.parse('2027-03-09T09:00:00Z'))).toEqual([
      '2027-03-09',
      '2027-04-13',
      '2027-05-11',
      '2027-06-08',
    ]);
    expect(days(Date.parse('2027-03-30T09:00:00Z'))).toEqual([
      '2027-03-30',
      '2027-04-27',
      '2027-05-25',
      '2027-06-29',
    ]);
  });

  it('end with the last day', () => {
    const repeat: Repeat = { every: 2, unit: 'week', until: '2027-03-30' };
    expect(occurrencesOf(start, repeat, 'America/New_York', 52)).toHaveLength(3);
  });

  it('are moved alike by the clock of the business', () => {
    const later = movedAlike(
      Date.parse('2027-03-16T13:00:00Z'),
      start,
      Date.parse('2027-03-03T15:30:00Z'),
      'America/New_York',
    );
    expect(new Date(later).toISOString()).toBe('2027-03-17T14:30:00.000Z');
  });

  it(
    `agree with a plain calendar in ${CASES} cases, in zones whose clocks change`,
    () => {
      for (let number = FIRST; number < FIRST + CASES; number++) {
        const random = new Random(number);
        const [timeZone, date] = random.oneOf(DAYS);
        const before = random.integer(0, 40);
        const at = Date.parse(`${date}T00:00:00Z`) - before * DAY_MS + random.integer(0, 287) * 300_000;
        const repeat: Repeat = {
          every: random.integer(1, 12),
          unit: random.oneOf(['week', 'week', 'month'] as const),
          ...(random.integer(0, 1) === 0
            ? { count: random.integer(2, 12) }
            : { until: new Date(at + random.integer(0, 200) * DAY_MS).toISOString().slice(0, 10) }),
        };
        const product = occurrencesOf(at, repeat, timeZone, 12);
        const reference = plainSeries(at, repeat, timeZone, 12);
        if (JSON.stringify(product) !== JSON.stringify(reference))
          expect({ number, timeZone, repeat, times: iso(product) }).toEqual({
            number,
            timeZone,
            repeat,
            times: iso(reference),
          });
      }
    },
    ENDS_AFTER_MS,
  );
});
