import type { AudioFormat } from '@tandem/contracts';
import { encodeSamples } from './encode-samples.ts';
import { createResampler } from './resampler.ts';
import type { Pcm } from './wav.ts';

/** Rate of the built-in tune: enough for a phone line. */
const TUNE_HZ = 8_000;

/** Seconds of the source that are converted at a time: some milliseconds of work. */
const CHUNK_S = 0.25;

/**
 * Converts a sound to a stream's format at `volume` (0 to 1). Yields it in chunks, so that the event loop is
 * never blocked for long.
 */
export function* lineSound(
  { rateHz, samples }: Pcm,
  volume: number,
  format: AudioFormat,
): Generator<Uint8Array> {
  const resampler = createResampler(rateHz, format.rateHz);
  const encoded = (chunk: Int16Array) =>
    encodeSamples(
      chunk.map((sample) => Math.round(sample * volume)),
      format.encoding,
    );
  const step = Math.ceil(rateHz * CHUNK_S);
  for (let at = 0; at < samples.length; at += step)
    yield encoded(resampler.process(samples.subarray(at, at + step)));
  yield encoded(resampler.flush());
}

/** Chords of the built-in tune, in Hz, two seconds each. */
const CHORDS = [
  [261.63, 329.63, 392.0, 493.88],
  [220.0, 261.63, 329.63, 392.0],
  [174.61, 220.0, 261.63, 329.63],
  [196.0, 246.94, 293.66, 349.23],
] as const;
const CHORD_S = 2;
const NOTE_S = CHORD_S / 4;

/** Returns the default wait music: quiet plucked chords that loop without a seam. */
export function builtInTune(): Pcm {
  const sum = new Float32Array(CHORDS.length * CHORD_S * TUNE_HZ);
  CHORDS.forEach((chord, bar) =>
    chord.forEach((hz, step) => {
      const start = (bar * CHORD_S + step * NOTE_S) * TUNE_HZ;
      for (let at = 0; at < CHORD_S * TUNE_HZ; at += 1) {
        const seconds = at / TUNE_HZ;
        const envelope = Math.min(1, seconds / 0.01) * Math.exp(-2.2 * seconds);
        const tone = Math.sin(2 * Math.PI * hz * seconds) + 0.3 * Math.sin(4 * Math.PI * hz * seconds);
        const place = (start + at) % sum.length;
        sum[place] = (sum[place] as number) + 0.3 * envelope * tone;
      }
    }),
  );
  return {
    rateHz: TUNE_HZ,
    samples: Int16Array.from(sum, (sample) =>
      Math.max(-32_767, Math.min(32_767, Math.round(sample * 32_767))),
    ),
  };
}
