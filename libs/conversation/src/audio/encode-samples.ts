import type { AudioFormat } from '@tandem/contracts';
import { encodeAlaw } from './alaw.ts';
import { encodeMulaw } from './mulaw.ts';

/** Encodes linear samples as a stream of this encoding carries them. The rate is not changed. */
export function encodeSamples(
  samples: Int16Array,
  encoding: AudioFormat['encoding'],
): Uint8Array<ArrayBuffer> {
  return ENCODERS[encoding](samples);
}

const ENCODERS: Readonly<Record<AudioFormat['encoding'], (samples: Int16Array) => Uint8Array<ArrayBuffer>>> =
  {
    pcmu: encodeMulaw,
    pcma: encodeAlaw,
    pcm16: (samples) => {
      const bytes = new Uint8Array(2 * samples.length);
      const view = new DataView(bytes.buffer);
      samples.forEach((sample, index) => view.setInt16(2 * index, sample, true));
      return bytes;
    },
  };
