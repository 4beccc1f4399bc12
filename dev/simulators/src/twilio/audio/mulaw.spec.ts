import { describe, expect, it } from '@jest/globals';
import { decodeMulaw, encodeMulaw, meanMagnitude, mulawTone, SILENCE_BYTE } from './mulaw.ts';

describe('µ-law', () => {
  it('encodes the corner values of G.711', () => {
    expect([...encodeMulaw(Int16Array.of(0, -1, 32_767, -32_768, 4, -4))]).toEqual([
      0xff, 0x7f, 0x80, 0x00, 0xfe, 0x7e,
    ]);
  });

  it('gives every byte but the negative zero back after decoding and encoding', () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => byte !== 0x7f);
    expect(encodeMulaw(decodeMulaw(bytes))).toEqual(bytes);
  });

  it('is never further off than half a step of its segment', () => {
    for (let sample = -32_635; sample <= 32_635; sample += 7) {
      const [decoded] = decodeMulaw(encodeMulaw(Int16Array.of(sample)));
      const halfStep = 2 ** Math.max(2, Math.floor(Math.log2(Math.abs(sample) + 132)) - 5);
      expect(Math.abs((decoded ?? 0) - sample)).toBeLessThanOrEqual(halfStep);
    }
  });

  it('measures silence as nothing and a tone as two thirds of its amplitude', () => {
    expect(meanMagnitude(new Uint8Array(160).fill(SILENCE_BYTE))).toBe(0);
    const tone = meanMagnitude(mulawTone(400, 100, 9000));
    expect(tone / 9000).toBeCloseTo(2 / Math.PI, 1);
  });
});
