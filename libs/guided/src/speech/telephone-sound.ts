import { createResampler, encodeMulaw, readWav, type Pcm } from '@tandem/conversation';
import { ProgramFailure } from './subprocess.ts';

const RATES: readonly number[] = [8_000, 16_000, 22_050, 24_000];

/**
 * Returns the speech in a WAV file as µ-law at 8 kHz, without the silence around it.
 * @throws ProgramFailure when the program that wrote the file wrote no speech
 */
export function telephoneSound(file: Uint8Array, program: string): Uint8Array {
  const { rateHz, samples } = readSound(file, program);
  if (samples.length === 0 || !RATES.includes(rateHz)) throw new ProgramFailure('exit-code', program);
  const resampler = createResampler(rateHz, 8_000);
  const body = resampler.process(samples);
  const tail = resampler.flush();
  const whole = new Int16Array(body.length + tail.length);
  whole.set(body);
  whole.set(tail, body.length);
  return encodeMulaw(withoutSilence(whole));
}

function readSound(file: Uint8Array, program: string): Pcm {
  try {
    return readWav(file);
  } catch (cause) {
    throw new ProgramFailure('exit-code', program, { cause });
  }
}

/** 40 dB below full scale. */
const SILENCE_LEVEL = 328;
/** Silence kept before and after, 40 ms and 160 ms, so that sentences do not run into one another. */
const LEAD_SAMPLES = 320;
const TAIL_SAMPLES = 1_280;

function withoutSilence(samples: Int16Array): Int16Array {
  const isLoud = (sample: number): boolean => Math.abs(sample) > SILENCE_LEVEL;
  const first = samples.findIndex(isLoud);
  if (first < 0) return samples;
  const last = samples.findLastIndex(isLoud);
  return samples.slice(Math.max(0, first - LEAD_SAMPLES), last + TAIL_SAMPLES);
}
