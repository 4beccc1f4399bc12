import { describe, expect, it } from '@jest/globals';
import { cleanedText, isVisible, unstorablePlaces, visibleText } from './text.ts';

const NAME = visibleText(10);

describe('text that must show something', () => {
  it.each([
    '',
    ' ',
    '\0',
    '\u200b',
    '\u200b\u2060\ufeff',
    '\u00ad',
    '\u0301',
    '\u3164',
    '\u2800',
    '\t\u0007',
    'x\0y',
    '\ud800x',
    'x'.repeat(11),
  ])('is not %j', (text) => {
    expect(NAME.safeParse(text).success).toBe(false);
  });

  it.each(['Alex', ' Alex ', '李', 'é', 'Jo\u200dHn', '👩\u200d🔧', 'ا', '-'])('may be %j', (text) => {
    expect(NAME.parse(text)).toBe(text.trim());
  });

  it('is looked at after it was trimmed', () => {
    expect(NAME.parse(`  ${'x'.repeat(10)}  `)).toHaveLength(10);
  });
});

describe('text nobody can mend', () => {
  it('is cleaned before it is checked', () => {
    expect(cleanedText().min(1).parse('a\0b')).toBe('ab');
    expect(cleanedText().min(1).safeParse('\0').success).toBe(false);
    expect(cleanedText().parse('\ud800')).toBe('\ufffd');
  });
});

describe('looking for what cannot be stored', () => {
  it('names each place, keys included', () => {
    expect(unstorablePlaces({ a: 'x\0', b: [{ c: 'fine' }, '\udfff'], ['k\0']: 1, d: null, e: 3 })).toEqual([
      ['a'],
      ['b', 1],
      ['k'],
    ]);
    expect(unstorablePlaces('x')).toEqual([]);
    expect(unstorablePlaces(Array<string>(50).fill('\0'))).toHaveLength(20);
  });

  it('is not led into the depth', () => {
    expect(unstorablePlaces(JSON.parse('['.repeat(50_000) + ']'.repeat(50_000)))).toEqual([]);
  });

  it('takes a text of only whitespace for invisible, however long, in no time', () => {
    expect(isVisible(' '.repeat(1_000_000))).toBe(false);
  });
});
