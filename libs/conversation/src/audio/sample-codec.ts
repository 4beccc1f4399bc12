import type { AudioFormat } from '@tandem/contracts';
import { ALAW_TABLES } from './alaw.ts';
import { MULAW_TABLES } from './mulaw.ts';

/** Reads and writes linear samples as a stream of one encoding carries them, into memory that is there. */
export interface SampleCodec {
  readonly bytesPerSample: 1 | 2;
  /** Reads `count` samples that begin at byte `at` into the start of `samples`. */
  decode(bytes: Uint8Array, at: number, samples: Int16Array, count: number): void;
  /** Writes the samples from `from` on, `count` of them, to byte `at`. */
  encode(samples: Int16Array, from: number, count: number, bytes: Uint8Array, at: number): void;
}

/** Does not rely on the byte order of the machine, nor on where in memory a frame begins. */
const linear: SampleCodec = {
  bytesPerSample: 2,
  decode: (bytes, at, samples, count) => {
    for (let index = 0; index < count; index += 1)
      samples[index] = (bytes[at + 2 * index] as number) | ((bytes[at + 2 * index + 1] as number) << 8);
  },
  encode: (samples, from, count, bytes, at) => {
    for (let index = 0; index < count; index += 1) {
      const sample = samples[from + index] as number;
      bytes[at + 2 * index] = sample;
      bytes[at + 2 * index + 1] = sample >> 8;
    }
  },
};

function companded({ decoded, encoded }: typeof MULAW_TABLES): SampleCodec {
  return {
    bytesPerSample: 1,
    decode: (bytes, at, samples, count) => {
      for (let index = 0; index < count; index += 1)
        samples[index] = decoded[bytes[at + index] as number] as number;
    },
    encode: (samples, from, count, bytes, at) => {
      for (let index = 0; index < count; index += 1)
        bytes[at + index] = encoded[(samples[from + index] as number) & 0xffff] as number;
    },
  };
}

export const SAMPLE_CODECS: Readonly<Record<AudioFormat['encoding'], SampleCodec>> = {
  pcmu: companded(MULAW_TABLES),
  pcma: companded(ALAW_TABLES),
  pcm16: linear,
};
