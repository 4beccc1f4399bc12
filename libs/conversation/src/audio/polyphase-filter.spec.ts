import { describe, expect, it } from '@jest/globals';
import { designFilter, type PolyphaseFilter } from './polyphase-filter.ts';

const PAIRS = [
  [8_000, 16_000],
  [16_000, 8_000],
  [8_000, 24_000],
  [24_000, 8_000],
  [16_000, 24_000],
  [24_000, 16_000],
] as const;

/** Returns the gain in dB at a frequency, computed from the coefficients; 0 dB at 0 Hz. */
function gainDb({ up, phases, tapsPerPhase }: PolyphaseFilter, hz: number, innerHz: number): number {
  let re = 0;
  let im = 0;
  phases.forEach((taps, phase) =>
    taps.forEach((coefficient, tap) => {
      const at = (2 * Math.PI * hz * ((tapsPerPhase - 1 - tap) * up + phase)) / innerHz;
      re += coefficient * Math.cos(at);
      im += coefficient * Math.sin(at);
    }),
  );
  return 20 * Math.log10(Math.hypot(re, im) / up + 1e-12);
}

describe('the filter of the resampler', () => {
  it.each(PAIRS)('is flat to 42.5 %% of the lower rate, %i to %i Hz', (from, to) => {
    const filter = designFilter(from, to);
    const lower = Math.min(from, to);
    for (let hz = 0; hz <= 0.425 * lower; hz += 50)
      expect(Math.abs(gainDb(filter, hz, from * filter.up))).toBeLessThan(0.001);
  });

  it.each(PAIRS)('lets nothing through above 57.5 %% of the lower rate, %i to %i Hz', (from, to) => {
    const filter = designFilter(from, to);
    const innerHz = from * filter.up;
    for (let hz = 0.575 * Math.min(from, to); hz <= innerHz / 2; hz += 50)
      expect(gainDb(filter, hz, innerHz)).toBeLessThan(-83);
  });

  it.each(PAIRS)('has phases that are multiplied four at a time, %i to %i Hz', (from, to) => {
    const { phases, tapsPerPhase } = designFilter(from, to);
    expect(tapsPerPhase % 4).toBe(0);
    expect(phases.every(({ length }) => length === tapsPerPhase)).toBe(true);
  });
});
