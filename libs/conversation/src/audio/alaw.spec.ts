import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ALAW_SILENCE, decodeAlaw, encodeAlaw } from './alaw.ts';

const decodeOne = (code: number) => decodeAlaw(Uint8Array.of(code))[0] as number;
const encodeOne = (sample: number) => encodeAlaw(Int16Array.of(sample))[0] as number;

/** ITU-T G.711, table 1a: code of the positive value as on the line, decoded value in 13 bits. */
const TABLE_1A: readonly (readonly [code: number, value13: number])[] = [
  [0xd5, 1],
  [0xda, 31],
  [0xc5, 33],
  [0xca, 63],
  [0xf5, 66],
  [0xfa, 126],
  [0xe5, 132],
  [0xea, 252],
  [0x95, 264],
  [0x9a, 504],
  [0x85, 528],
  [0x8a, 1008],
  [0xb5, 1056],
  [0xba, 2016],
  [0xa5, 2112],
  [0xaa, 4032],
];

describe('A-law', () => {
  it('decodes the values of the standard, and their mirror below zero', () => {
    for (const [code, value13] of TABLE_1A) {
      expect(decodeOne(code)).toBe(value13 * 8);
      expect(decodeOne(code & 0x7f)).toBe(-value13 * 8);
    }
  });

  it('gives every code back', () => {
    for (let code = 0; code < 256; code += 1) expect(encodeOne(decodeOne(code))).toBe(code);
  });

  it('encodes every sample to the nearest level of its segment', () => {
    for (let sample = -32_768; sample <= 32_767; sample += 1) {
      const segment = Math.max(1, Math.floor(Math.log2(Math.max(1, Math.abs(sample)))) - 7);
      const error = Math.abs(decodeOne(encodeOne(sample)) - sample);
      if (error > 8 << (segment - 1)) throw new RangeError(`sample ${sample} is off by ${error}`);
    }
    expect([encodeOne(32_767), encodeOne(-32_768)]).toEqual([0xaa, 0x2a]);
  });

  it('never turns a louder sample into a quieter one', () => {
    fc.assert(
      fc.property(fc.integer({ min: -32_768, max: 32_766 }), (sample) => {
        expect(decodeOne(encodeOne(sample + 1))).toBeGreaterThanOrEqual(decodeOne(encodeOne(sample)));
      }),
    );
  });

  it('encodes zero as its silence', () => {
    expect(encodeOne(0)).toBe(ALAW_SILENCE);
  });
});
