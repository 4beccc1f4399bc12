import { describe, expect, it } from '@jest/globals';
import { SincResampler } from './sinc-resampler.ts';

const RATES: [number, number][] = [
  [48_000, 16_000],
  [48_000, 8_000],
  [44_100, 16_000],
  [44_100, 8_000],
  [16_000, 48_000],
  [8_000, 48_000],
  [16_000, 44_100],
  [8_000, 44_100],
];

const tone = (hz: number, rateHz: number, seconds: number) =>
  Float32Array.from({ length: rateHz * seconds }, (_, n) => 0.5 * Math.sin((2 * Math.PI * hz * n) / rateHz));

function resampled(from: number, to: number, input: Float32Array, chunk = 128): Float32Array {
  const resampler = new SincResampler(from, to);
  const output = new Float32Array(Math.ceil((input.length * to) / from) + 1_000);
  let at = 0;
  for (let start = 0; start < input.length; start += chunk)
    at += resampler.process(input.subarray(start, start + chunk), output.subarray(at));
  return output.subarray(0, at);
}

const rms = (samples: Float32Array) =>
  Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
const db = (ratio: number) => 20 * Math.log10(ratio);
const settled = (samples: Float32Array) => samples.subarray(samples.length >> 2, (samples.length * 3) >> 2);

describe.each(RATES)('from %i to %i Hz', (from, to) => {
  const lower = Math.min(from, to);

  it('a tone of the voice keeps its level within 0.1 dB', () => {
    const hz = lower * 0.2;
    const level = rms(settled(resampled(from, to, tone(hz, from, 0.5)))) / (0.5 / Math.SQRT2);
    expect(Math.abs(db(level))).toBeLessThan(0.1);
  });

  if (from > to)
    it('a tone that would alias is 70 dB down', () => {
      const level = rms(settled(resampled(from, to, tone(lower * 0.6, from, 0.5)))) / (0.5 / Math.SQRT2);
      expect(db(level)).toBeLessThan(-70);
    });

  it('makes as many samples as the rates say, in chunks of any length the same ones', () => {
    const input = tone(440, from, 0.2);
    const whole = resampled(from, to, input, input.length);
    expect(whole.length).toBe(Math.ceil((input.length * to) / from));
    for (const chunk of [1, 7, 128, 1_000]) expect(resampled(from, to, input, chunk)).toEqual(whole);
  });

  it('says how much input a number of output samples needs', () => {
    const resampler = new SincResampler(from, to);
    for (const wanted of [128, 1, 127, 333, 128]) {
      const inputs = resampler.inputsFor(wanted);
      expect(resampler.outputsFor(inputs)).toBeGreaterThanOrEqual(wanted);
      expect(inputs === 0 ? 0 : resampler.outputsFor(inputs - 1)).toBeLessThan(wanted);
      resampler.process(new Float32Array(inputs), new Float32Array(wanted + 1_000));
    }
  });
});
