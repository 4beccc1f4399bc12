import { describe, expect, it } from '@jest/globals';
import { localToday, spokenCode, spokenDay, spokenTime } from './spoken.ts';

describe('spoken times', () => {
  it('are those of the business, however far away the worker is', () => {
    expect(spokenTime('2027-03-02T00:05:00+14:00', 'en-US')).toBe('Tuesday, March 2 at 12:05 AM');
    expect(spokenTime('2027-03-02T12:00:00-05:00', 'en-US')).toBe('Tuesday, March 2 at 12 PM');
  });

  it('have plain spaces only, and no minutes where an hour alone is said', () => {
    expect(spokenTime('2027-03-02T09:00:00-05:00', 'en-US')).toMatch(/^[\x20-\x7e]+$/);
    expect(spokenTime('2027-03-02T09:00:00-05:00', 'en-GB')).toBe('Tuesday 2 March at 9:00');
  });

  it('are in the language of the call, or in English when nobody knows it', () => {
    expect(spokenTime('2027-03-02T09:30:00+01:00', 'de-DE')).toBe('Dienstag, 2. März um 9:30');
    for (const language of ['tlh', 'not a language', ''])
      expect(spokenDay('2027-03-02', language)).toBe('Tuesday, March 2');
  });

  it('say a code one character at a time', () => {
    expect(spokenCode('sw1a 1aa')).toBe('S W 1 A, 1 A A');
    expect(spokenCode(' 12207-1234 ')).toBe('1 2 2 0 7, 1 2 3 4');
  });

  it('know the day of the business', () => {
    expect(localToday('Pacific/Auckland', Date.parse('2027-03-01T12:00:00Z'))).toBe('2027-03-02');
  });
});
