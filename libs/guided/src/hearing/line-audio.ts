import { createResampler } from '@tandem/conversation';

/**
 * A telephone line ends at 4 kHz, the acoustic model expects speech up to 6.8 kHz and takes an empty upper
 * band for a sound of its own (27 of 96 phrases right). Filled with a mirror image of the lower band at this
 * share, it hears as well as with the wide-band original (184 of 192 phrases either way; 161 at a share of
 * 0.02, 180 at 0.7). `guided-recognition.bench.ts` measures it.
 */
const MIRROR = 0.4;
/** Amplitude of added noise, in 16-bit samples: digital silence has no spectrum without it. */
const DITHER = 16;
/** The peak to which the sound is normalised, and the largest gain. */
const PEAK = 12_000;
const MOST_GAIN = 8;

/**
 * Converts telephone sound for the recogniser. The same input gives the same output.
 * @param narrow signed 16 bit at 8 kHz
 * @returns signed 16 bit at 16 kHz
 */
export function toRecogniser(narrow: Int16Array): Int16Array {
  const resampler = createResampler(8_000, 16_000);
  const body = resampler.process(narrow);
  const tail = resampler.flush();
  const gain = gainFor(narrow);
  const noise = noiseSource();
  const wide = new Int16Array(body.length + tail.length);
  for (let index = 0; index < wide.length; index += 1) {
    const sample = (index < body.length ? body[index] : tail[index - body.length]) as number;
    // Turning every second sample over mirrors the spectrum at 4 kHz; adding a share of that is a factor by
    // turns.
    const mirrored = sample * gain * (index % 2 === 0 ? 1 + MIRROR : 1 - MIRROR);
    wide[index] = Math.max(-32_768, Math.min(32_767, Math.round(mirrored + noise())));
  }
  return wide;
}

function gainFor(samples: Int16Array): number {
  const peak = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  return peak === 0 ? 1 : Math.min(MOST_GAIN, PEAK / peak);
}

/** Triangular noise from a fixed seed (numerical recipes' generator). */
function noiseSource(): () => number {
  let seed = 1;
  const next = (): number => (seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0) / 0x1_0000_0000;
  return () => (next() + next() - 1) * DITHER;
}
