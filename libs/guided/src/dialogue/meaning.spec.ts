import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DateTime } from 'luxon';
import { clockWords, monthsAhead, resolveDay, sayClock, sayDay } from './calendar.ts';
import { GRAMMAR_NAMES, grammarOf, type GrammarFacts } from './grammars.ts';
import { isEmptyMeaning, readMeaning, type Meaning } from './meaning.ts';
import { sampleOf, toJsgf, wordsOf } from './phrase.ts';

const FACTS: GrammarFacts = {
  times: ['nine', 'ten thirty', 'noon'],
  months: ['november', 'december', 'january'],
};
const today = DateTime.fromISO('2026-03-04', { zone: 'America/New_York' }); // A Wednesday.

describe('reading what was said', () => {
  const CASES: readonly (readonly [string, Meaning])[] = [
    [
      'I need a plumber tomorrow morning, please.',
      { service: 'plumbing', day: { kind: 'offset', days: 1 }, part: 'morning' },
    ],
    ['no heating', { service: 'heating' }],
    ['no wednesday', { day: { kind: 'weekday', weekday: 3, which: 'nearest' }, answer: 'no' }],
    [
      'next friday at half past two',
      { day: { kind: 'weekday', weekday: 5, which: 'next' }, clock: { hour: 14, minute: 30 } },
    ],
    ['march the twenty first', { day: { kind: 'date', month: 3, day: 21 } }],
    ['the sixteenth of may', { day: { kind: 'date', month: 5, day: 16 } }],
    ['the second one please', { ordinal: 2 }],
    ['the last', { ordinal: -1 }],
    ['option three', { ordinal: 3 }],
    ['ten thirty a m', { clock: { hour: 10, minute: 30 } }],
    ['twelve thirty', { clock: { hour: 12, minute: 30 } }],
    ['five', { clock: { hour: 17, minute: 0 } }],
    ['noon', { clock: { hour: 12, minute: 0 } }],
    ["that's not right", { answer: 'no' }],
    ["that's right", { answer: 'yes' }],
    ['book it', { answer: 'yes' }],
    ["i don't mind", { part: 'any' }],
    ['neither', { change: 'time' }],
    ['either', { part: 'any' }],
    ['a different day', { change: 'day' }],
    ['no one more appointment', { answer: 'no', wantsAppointment: true }],
    ["no that's all", { answer: 'no', isDone: true }],
    ['speak to a person', { command: 'person' }],
    ['monday no thursday', { day: { kind: 'weekday', weekday: 4, which: 'nearest' }, answer: 'no' }],
    ['the weather is lovely', {}],
  ];

  it.each(CASES)('"%s"', (text, meaning) => {
    expect(readMeaning(text)).toEqual(meaning);
  });

  it('never throws, whatever it is given', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void readMeaning(text)));
  });

  it('does not depend on case and punctuation', () => {
    const words = fc.constantFrom(...CASES.map(([text]) => text));
    fc.assert(
      fc.property(words, fc.constantFrom(',', '.', '!', ' …'), (text, mark) => {
        expect(readMeaning(`${text.toUpperCase()}${mark}`)).toEqual(readMeaning(text));
      }),
    );
  });
});

describe('the grammars', () => {
  const choices = fc.infiniteStream(fc.nat());
  const sentence = (name: (typeof GRAMMAR_NAMES)[number]) =>
    choices.map((stream) =>
      sampleOf(grammarOf(name, FACTS), (count) => (stream.next().value as number) % count),
    );

  it.each(GRAMMAR_NAMES)('mean something in every sentence of "%s"', (name) => {
    fc.assert(
      fc.property(sentence(name), (text) => {
        expect(isEmptyMeaning(readMeaning(text))).toBe(false);
      }),
      { numRuns: 400 },
    );
  });

  it.each(GRAMMAR_NAMES)('of "%s" are JSGF of plain words', (name) => {
    const jsgf = toJsgf(grammarOf(name, FACTS));
    expect(jsgf).toMatch(/^#JSGF V1\.0;\ngrammar guided;\npublic <turn> = [a-z' ()[\]|]+;\n$/);
    const opens = [...jsgf].filter((char) => char === '(' || char === '[').length;
    const closes = [...jsgf].filter((char) => char === ')' || char === ']').length;
    expect(opens).toBe(closes);
    expect(jsgf).not.toMatch(/\( *\)|\[ *\]|\| *[|)]/);
  });

  it('know the offered times and no others', () => {
    const words = wordsOf(grammarOf('offer', { times: ['nine'], months: ['may'] }));
    expect(words).toContain('nine');
    expect(toJsgf(grammarOf('offer', { times: ['nine'], months: ['may'] }))).toContain('( nine )');
  });
});

describe('days', () => {
  it.each([
    ['monday', '2026-03-09'],
    ['this friday', '2026-03-06'],
    ['friday', '2026-03-06'],
    ['next friday', '2026-03-13'],
    ['next monday', '2026-03-09'],
    ['wednesday', '2026-03-11'],
    ['this wednesday', '2026-03-04'],
    ['this monday', '2026-03-09'],
    ['the day after tomorrow', '2026-03-06'],
    ['march first', '2027-03-01'],
    ['march fourth', '2026-03-04'],
    ['february twenty ninth', '2028-02-29'],
    ['june thirty first', null],
  ])('"%s", said on Wednesday, March 4th, is %s', (text, date) => {
    expect(resolveDay(readMeaning(text).day!, today)).toBe(date);
  });

  it('finds the next day of a number, over short months', () => {
    const inJanuary = DateTime.fromISO('2026-01-31', { zone: 'UTC' });
    expect(resolveDay({ kind: 'date', month: null, day: 30 }, inJanuary)).toBe('2026-03-30');
    expect(resolveDay({ kind: 'date', month: null, day: 31 }, inJanuary)).toBe('2026-01-31');
    expect(resolveDay({ kind: 'date', month: null, day: 3 }, inJanuary)).toBe('2026-02-03');
  });

  it('are never in the past, and at most a leap year away', () => {
    const days = fc.oneof(
      fc.record({
        kind: fc.constant('weekday' as const),
        weekday: fc.integer({ min: 1, max: 7 }),
        which: fc.constantFrom('next' as const, 'this' as const, 'nearest' as const),
      }),
      fc.record({
        kind: fc.constant('date' as const),
        month: fc.option(fc.integer({ min: 1, max: 12 })),
        day: fc.integer({ min: 1, max: 31 }),
      }),
    );
    const from = fc.integer({ min: 0, max: 4000 }).map((offset) => today.plus({ days: offset }));
    fc.assert(
      fc.property(
        days,
        from,
        fc.constantFrom('America/New_York', 'Pacific/Apia', 'Asia/Kathmandu'),
        (words, day, zone) => {
          const start = day.setZone(zone, { keepLocalTime: true });
          const date = resolveDay(words, start);
          if (date === null) return;
          expect(date >= start.toISODate()!).toBe(true);
          expect(
            DateTime.fromISO(date).diff(DateTime.fromISO(start.toISODate()!), 'years').years,
          ).toBeLessThanOrEqual(8);
        },
      ),
    );
  });

  it('are said as people say them', () => {
    expect(sayDay('2026-03-04', today)).toBe('today');
    expect(sayDay('2026-03-05', today)).toBe('tomorrow, Thursday, March 5th');
    expect(sayDay('2026-03-21', today)).toBe('Saturday, March 21st');
    expect(sayDay('2026-03-12', today)).toBe('Thursday, March 12th');
    expect(sayDay('2026-11-02', today)).toBe('Monday, November 2nd');
  });

  it('may be named in this month and the two after it', () => {
    expect(monthsAhead(today.set({ month: 11 }))).toEqual(['november', 'december', 'january']);
  });
});

describe('times', () => {
  it('are understood as they are said, between seven and seven', () => {
    const times = fc.record({
      hour: fc.integer({ min: 7, max: 18 }),
      minute: fc.constantFrom(0, 15, 30, 45),
    });
    fc.assert(fc.property(times, (time) => expect(readMeaning(clockWords(time)).clock).toEqual(time)));
  });

  it.each([
    [{ hour: 9, minute: 5 }, 'nine oh five in the morning'],
    [{ hour: 12, minute: 0 }, 'noon'],
    [{ hour: 12, minute: 12 }, 'twelve twelve in the afternoon'],
    [{ hour: 15, minute: 41 }, 'three forty one in the afternoon'],
    [{ hour: 18, minute: 30 }, 'six thirty in the evening'],
    [{ hour: 0, minute: 20 }, 'twelve twenty in the morning'],
  ])('%j is said "%s"', (time, words) => {
    expect(sayClock(time)).toBe(words);
  });
});
