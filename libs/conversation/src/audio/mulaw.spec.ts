import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeMulaw, encodeMulaw, MULAW_SILENCE } from './mulaw.ts';

const decodeOne = (code: number) => decodeMulaw(Uint8Array.of(code))[0] as number;
const encodeOne = (sample: number) => encodeMulaw(Int16Array.of(sample))[0] as number;

/** ITU-T G.711, table 2a, columns 6 and 7: code of the positive value, decoded value in 14 bits. */
const TABLE_2A: readonly (readonly [code: number, value14: number])[] = [
  [0xff, 0],
  [0xfe, 2],
  [0xf0, 30],
  [0xef, 33],
  [0xe0, 93],
  [0xdf, 99],
  [0xd0, 219],
  [0xcf, 231],
  [0xc0, 471],
  [0xbf, 495],
  [0xb0, 975],
  [0xaf, 1023],
  [0xa0, 1983],
  [0x9f, 2079],
  [0x90, 3999],
  [0x8f, 4191],
  [0x80, 8031],
];

describe('µ-law', () => {
  it('decodes the values of the standard, and their mirror below zero', () => {
    for (const [code, value14] of TABLE_2A) {
      expect(decodeOne(code)).toBe(value14 * 4);
      expect(Math.abs(decodeOne(code & 0x7f) + value14 * 4)).toBe(0);
    }
  });

  it('gives every code back, but for negative zero, which becomes zero', () => {
    for (let code = 0; code < 256; code += 1)
      expect(encodeOne(decodeOne(code))).toBe(code === 0x7f ? 0xff : code);
  });

  it('encodes every sample to the nearest level of its segment, and clips beyond the last', () => {
    for (let sample = -32_768; sample <= 32_767; sample += 1) {
      const magnitude = Math.abs(sample);
      const segment = Math.max(0, Math.floor(Math.log2(Math.min(magnitude, 32_635) + 132)) - 7);
      const halfStep = 4 << segment;
      const error = Math.abs(decodeOne(encodeOne(sample)) - sample);
      if (error > (magnitude > 32_635 ? 32_768 - 32_124 : halfStep))
        throw new RangeError(`sample ${sample} is off by ${error}`);
    }
    expect(encodeOne(32_767)).toBe(0x80);
    expect(encodeOne(-32_768)).toBe(0x00);
  });

  it('never turns a louder sample into a quieter one', () => {
    fc.assert(
      fc.property(fc.integer({ min: -32_768, max: 32_766 }), (sample) => {
        expect(decodeOne(encodeOne(sample + 1))).toBeGreaterThanOrEqual(decodeOne(encodeOne(sample)));
      }),
    );
  });

  it('keeps speech-level tones 37 dB above its noise', () => {
    const tone = Int16Array.from({ length: 8000 }, (_, index) =>
      Math.round(8000 * Math.sin((2 * Math.PI * 1004 * index) / 8000)),
    );
    const heard = decodeMulaw(encodeMulaw(tone));
    let signal = 0;
    let noise = 0;
    tone.forEach((sample, index) => {
      signal += sample ** 2;
      noise += (sample - (heard[index] as number)) ** 2;
    });
    expect(10 * Math.log10(signal / noise)).toBeGreaterThan(37);
  });

  it('is silent at its silence', () => {
    expect(decodeOne(MULAW_SILENCE)).toBe(0);
    expect(encodeOne(0)).toBe(MULAW_SILENCE);
  });
});
