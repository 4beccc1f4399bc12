import { describe, expect, it } from '@jest/globals';
import { MULAW_SILENCE, mulawTone } from '@tandem/kit';
import { meanMagnitude } from './loudness.ts';

describe('loudness', () => {
  it('measures silence as nothing and a tone as two thirds of its amplitude', () => {
    expect(meanMagnitude(new Uint8Array(160).fill(MULAW_SILENCE))).toBe(0);
    const tone = meanMagnitude(mulawTone(400, 100, 9000));
    expect(tone / 9000).toBeCloseTo(2 / Math.PI, 1);
  });
});
