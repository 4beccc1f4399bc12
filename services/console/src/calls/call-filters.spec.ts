import { describe, expect, it } from '@jest/globals';
import { dayAfter, readCallFilters, REFUSALS, STATUSES } from './call-filters.ts';

describe('filters in an address', () => {
  it('are read by name, and all else is left out', () => {
    expect(
      readCallFilters({ from: '+12025550123', status: 'completed', since: '2027-03-01', other: 'x', to: '' }),
    ).toEqual({ from: '+12025550123', status: 'completed', since: '2027-03-01' });
  });

  it('keep a number that was read as one', () => {
    expect(readCallFilters({ from: 12025550123 })).toEqual({ from: '12025550123' });
  });

  it.each(['yesterday', '2027-13-41', 20270301, null])('have no day in %p', (since) =>
    expect(readCallFilters({ since })).toEqual({}),
  );

  it('end with the last day, its hours included', () => {
    expect(['2027-02-28', '2028-02-28', '2027-12-31'].map(dayAfter)).toEqual([
      '2027-03-01',
      '2028-02-29',
      '2028-01-01',
    ]);
  });

  it('name each status and reason once', () => {
    for (const list of [STATUSES, REFUSALS]) expect(new Set<string>(list).size).toBe(list.length);
  });
});
