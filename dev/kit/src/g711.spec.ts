import { describe, expect, it } from '@jest/globals';
import { ALAW_LINEAR, decodeMulaw, encodeAlaw, encodeMulaw, MULAW_LINEAR } from './g711.ts';

const EVERY_BYTE = Uint8Array.from({ length: 256 }, (_, byte) => byte);

describe('µ-law', () => {
  it('decodes and encodes the corner values of G.711', () => {
    expect([0x00, 0x80, 0x7f, 0xff].map((byte) => MULAW_LINEAR[byte])).toEqual([-32124, 32124, 0, 0]);
    expect([...encodeMulaw(Int16Array.of(0, -1, 32_767, -32_768, 4, -4))]).toEqual([
      0xff, 0x7f, 0x80, 0x00, 0xfe, 0x7e,
    ]);
  });

  it('returns every byte but the negative zero after decoding and encoding', () => {
    const bytes = EVERY_BYTE.filter((byte) => byte !== 0x7f);
    expect(encodeMulaw(decodeMulaw(bytes))).toEqual(bytes);
  });

  it('is never further off than half a step of its segment', () => {
    for (let sample = -32_635; sample <= 32_635; sample += 7) {
      const [decoded] = decodeMulaw(encodeMulaw(Int16Array.of(sample)));
      const halfStep = 2 ** Math.max(2, Math.floor(Math.log2(Math.abs(sample) + 132)) - 5);
      expect(Math.abs((decoded ?? 0) - sample)).toBeLessThanOrEqual(halfStep);
    }
  });
});

describe('A-law', () => {
  it('decodes the corner values of G.711', () => {
    expect([0x2a, 0xaa, 0x55, 0xd5].map((byte) => ALAW_LINEAR[byte])).toEqual([-32256, 32256, -8, 8]);
  });

  it('returns every byte after decoding and encoding', () => {
    expect(encodeAlaw(ALAW_LINEAR)).toEqual(EVERY_BYTE);
  });

  it('is off by no more than the step of its segment', () => {
    for (let sample = -32_768; sample <= 32_767; sample += 97) {
      const decoded = ALAW_LINEAR[encodeAlaw(Int16Array.of(sample))[0] as number] as number;
      expect(Math.abs(decoded - sample)).toBeLessThanOrEqual(Math.max(16, Math.abs(sample) / 16 + 512));
    }
  });
});
