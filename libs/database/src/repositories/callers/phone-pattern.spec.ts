import { describe, expect, it } from '@jest/globals';
import { patternsOf } from './phone-pattern.ts';

describe('beginnings of numbers', () => {
  it.each([
    ['+52155*', '+525512345678', true],
    ['+5255*', '+525512345678', true],
    ['+55118*', '+5511987654321', true],
    ['+5411*', '+5491123456789', true],
    ['+549*', '+5491123456789', true],
    ['+549*', '+541123456789', false],
  ])('%s fits %s: %s', (pattern, e164, fits) => {
    expect(patternsOf(e164).includes(pattern)).toBe(fits);
  });
});

describe('the patterns of a number', () => {
  it('are the number itself, then its beginnings from the longest to the shortest', () => {
    expect(patternsOf('+1202555')).toEqual([
      '+1202555',
      '+1202555*',
      '+120255*',
      '+12025*',
      '+1202*',
      '+120*',
      '+12*',
      '+1*',
    ]);
  });
});
