import { describe, expect, it } from '@jest/globals';
import { resample } from './resample.ts';

const AMPLITUDE = 10_000;

function tone(frequencyHz: number, rateHz: number, seconds = 0.5): Int16Array {
  return Int16Array.from({ length: rateHz * seconds }, (_, index) =>
    Math.round(AMPLITUDE * Math.sin((2 * Math.PI * frequencyHz * index) / rateHz)),
  );
}

/** Returns the level of the middle relative to the tone, in dB: the ends hold the filter's run-in. */
function levelDb(samples: Int16Array): number {
  const middle = samples.subarray(samples.length / 4, (samples.length * 3) / 4);
  const power = middle.reduce((sum, sample) => sum + sample * sample, 0) / middle.length;
  return 10 * Math.log10(power / (AMPLITUDE ** 2 / 2));
}

describe.each([16_000, 22_050, 24_000, 44_100])('resampling %i Hz to 8 kHz', (rateHz) => {
  it.each([300, 1_000, 2_000, 3_400])('keeps a tone of %i Hz', (frequencyHz) => {
    expect(Math.abs(levelDb(resample(tone(frequencyHz, rateHz), rateHz, 8_000)))).toBeLessThan(0.1);
  });

  it.each([4_200, 5_000, 6_500, 7_800])('removes a tone of %i Hz, which 8 kHz cannot hold', (frequencyHz) => {
    expect(levelDb(resample(tone(frequencyHz, rateHz), rateHz, 8_000))).toBeLessThan(-60);
  });
});

describe('resampling', () => {
  it('keeps the duration', () => {
    expect(resample(new Int16Array(16_000), 16_000, 8_000)).toHaveLength(8_000);
    expect(resample(new Int16Array(22_050), 22_050, 8_000)).toHaveLength(8_000);
  });

  it('keeps the instant: a click stays where it was', () => {
    const click = new Int16Array(1_600);
    click[800] = 32_000;
    const output = resample(click, 16_000, 8_000);
    expect(output.indexOf(Math.max(...output))).toBe(400);
  });

  it('keeps a steady level exactly', () => {
    const output = resample(new Int16Array(8_000).fill(1_234), 16_000, 8_000);
    expect(new Set(output.subarray(1_000, 3_000))).toEqual(new Set([1_234]));
  });

  it('clips instead of wrapping around', () => {
    const square = Int16Array.from({ length: 1_600 }, (_, index) =>
      Math.floor(index / 40) % 2 === 0 ? 32_767 : -32_768,
    );
    const output = resample(square, 16_000, 8_000);
    const flips = output.filter(
      (sample, index) => index > 0 && Math.sign(sample) !== Math.sign(output[index - 1] ?? 0),
    ).length;
    expect(flips).toBeLessThanOrEqual(40);
    expect(Math.max(...output)).toBe(32_767);
  });

  it('raises the rate as well', () => {
    const output = resample(tone(1_000, 8_000), 8_000, 16_000);
    expect(output).toHaveLength(8_000);
    expect(Math.abs(levelDb(output))).toBeLessThan(0.1);
  });
});
