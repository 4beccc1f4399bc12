import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createResampler, type SampleRateHz } from './resampler.ts';

const PAIRS: readonly (readonly [SampleRateHz, SampleRateHz])[] = [
  [8_000, 16_000],
  [16_000, 8_000],
  [8_000, 24_000],
  [24_000, 8_000],
  [16_000, 24_000],
  [24_000, 16_000],
  [22_050, 8_000],
];

function tone(rateHz: number, frequencyHz: number, seconds = 1): Int16Array {
  return Int16Array.from({ length: rateHz * seconds }, (_, index) =>
    Math.round(16_000 * Math.sin((2 * Math.PI * frequencyHz * index) / rateHz)),
  );
}

/** Level of one frequency in dB against the tone above, read under a Blackman window away from the edges. */
function levelDb(samples: Int16Array, rateHz: number, frequencyHz: number): number {
  const window = samples.subarray(Math.floor(rateHz * 0.1), Math.floor(rateHz * 0.9));
  let real = 0;
  let imaginary = 0;
  let weight = 0;
  window.forEach((sample, index) => {
    const at = (2 * Math.PI * index) / window.length;
    const share = 0.42 - 0.5 * Math.cos(at) + 0.08 * Math.cos(2 * at);
    const phase = (2 * Math.PI * frequencyHz * index) / rateHz;
    real += share * sample * Math.cos(phase);
    imaginary += share * sample * Math.sin(phase);
    weight += share;
  });
  return 20 * Math.log10((2 * Math.hypot(real, imaginary)) / weight / 16_000 + 1e-9);
}

function resampled(from: SampleRateHz, to: SampleRateHz, input: Int16Array): Int16Array {
  return createResampler(from, to).process(input);
}

describe('resampler', () => {
  it.each(PAIRS)('passes the band of the lower rate unchanged, %i to %i Hz', (from, to) => {
    const lower = Math.min(from, to);
    for (const share of [0.0125, 0.05, 0.125, 0.25, 0.375, 0.425]) {
      const frequency = lower * share;
      expect(Math.abs(levelDb(resampled(from, to, tone(from, frequency)), to, frequency))).toBeLessThan(0.02);
    }
  });

  it.each(PAIRS.filter(([from, to]) => from > to))('folds nothing back, %i to %i Hz', (from, to) => {
    for (let frequency = to * 0.575; frequency <= from / 2; frequency += to * 0.05) {
      const folded = Math.abs(frequency - Math.round(frequency / to) * to);
      expect(levelDb(resampled(from, to, tone(from, frequency)), to, folded)).toBeLessThan(-80);
    }
  });

  it.each(PAIRS.filter(([from, to]) => from < to))('leaves no mirror image, %i to %i Hz', (from, to) => {
    for (let frequency = from * 0.05; frequency <= from * 0.425; frequency += from * 0.075) {
      const output = resampled(from, to, tone(from, frequency));
      for (const image of [from - frequency, from + frequency].filter((candidate) => candidate < to / 2)) {
        expect(levelDb(output, to, image)).toBeLessThan(-80);
      }
    }
  });

  it.each(PAIRS)('gives the same however the stream is cut, %i to %i Hz', (from, to) => {
    const input = tone(from, 440, 0.05);
    const whole = resampled(from, to, input);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: input.length }), { maxLength: 8 }), (cuts) => {
        const resampler = createResampler(from, to);
        const edges = [0, ...cuts.toSorted((a, b) => a - b), input.length];
        const pieces = edges
          .slice(1)
          .flatMap((edge, index) => [...resampler.process(input.subarray(edges[index], edge))]);
        expect(pieces).toEqual([...whole]);
      }),
      { numRuns: 40 },
    );
  });

  it.each(PAIRS)(
    'flushes to the length of the input, aligned with it, and starts afresh, %i to %i Hz',
    (from, to) => {
      const resampler = createResampler(from, to);
      const input = tone(from, 500, 0.2);
      const first = [...resampler.process(input), ...resampler.flush()];
      const delay = first.length - (input.length * to) / from;
      expect(Math.abs(delay - (resampler.delayMs * to) / 1000)).toBeLessThanOrEqual(0.5 + ((from / to) % 1));
      const wanted = tone(to, 500, 0.2);
      const middle = wanted.length / 2;
      const error = Array.from({ length: 200 }, (_, index) =>
        Math.abs((first[Math.round(delay) + middle + index] as number) - (wanted[middle + index] as number)),
      );
      // Half an output sample of 500 Hz at full swing.
      expect(Math.max(...error)).toBeLessThan((16_000 * Math.PI * 500) / to + 2);
      expect([...resampler.process(input), ...resampler.flush()]).toEqual(first);
    },
  );

  it('keeps streams apart', () => {
    const one = createResampler(8_000, 16_000);
    const other = createResampler(8_000, 16_000);
    one.process(tone(8_000, 1000, 0.1));
    expect(Math.max(...other.process(new Int16Array(160)).map(Math.abs))).toBe(0);
  });

  it('clips instead of wrapping', () => {
    const square = Int16Array.from({ length: 800 }, (_, index) =>
      Math.floor(index / 8) % 2 === 0 ? 32_767 : -32_768,
    );
    const output = createResampler(8_000, 24_000).process(square);
    expect(Math.max(...output)).toBe(32_767);
    expect(Math.min(...output)).toBe(-32_768);
    const jumps = output
      .slice(1)
      .map((sample, index) => (Math.abs(sample - (output[index] as number)) > 40_000 ? 1 : 0));
    expect(Math.max(...jumps)).toBe(0);
  });

  it('is a plain copy between equal rates', () => {
    const input = tone(8_000, 440, 0.02);
    const output = createResampler(8_000, 8_000).process(input);
    expect(output).toEqual(input);
    expect(output.buffer).not.toBe(input.buffer);
  });
});
