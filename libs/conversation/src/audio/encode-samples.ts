import type { AudioFormat } from '@tandem/contracts';
import { SAMPLE_CODECS } from './sample-codec.ts';

/** Encodes linear samples as a stream of this encoding carries them. The rate is not changed. */
export function encodeSamples(
  samples: Int16Array,
  encoding: AudioFormat['encoding'],
): Uint8Array<ArrayBuffer> {
  const codec = SAMPLE_CODECS[encoding];
  const bytes = new Uint8Array(codec.bytesPerSample * samples.length);
  codec.encode(samples, 0, samples.length, bytes, 0);
  return bytes;
}
