import type { WireFormat } from '../wire/control-messages.ts';

/** G.711 µ-law (ITU-T G.711, table 2): a bias before the segments, and the largest magnitude that fits. */
const BIAS = 0x84;
const CLIP = 32_635;

const DECODED = Int16Array.from({ length: 256 }, (_, code) => expand(code));

function expand(code: number): number {
  const inverted = ~code & 0xff;
  const magnitude = ((((inverted & 0x0f) << 3) + BIAS) << ((inverted & 0x70) >> 4)) - BIAS;
  return inverted & 0x80 ? -magnitude : magnitude;
}

function compress(sample: number): number {
  const sign = sample < 0 ? 0x80 : 0;
  const biased = Math.min(Math.abs(sample), CLIP) + BIAS;
  const segment = 24 - Math.clz32(biased);
  return ~(sign | (segment << 4) | ((biased >> (segment + 3)) & 0x0f)) & 0xff;
}

/** Returns the bytes of one sample. */
export function bytesPerSample({ encoding }: WireFormat): number {
  return encoding === 'pcm16' ? 2 : 1;
}

/** Returns signed 16-bit samples. A last half sample is dropped. */
export function decodeAudio(audio: Uint8Array, format: WireFormat): Int16Array<ArrayBuffer> {
  const samples = new Int16Array(Math.floor(audio.byteLength / bytesPerSample(format)));
  if (format.encoding === 'pcmu') {
    for (let index = 0; index < samples.length; index += 1)
      samples[index] = DECODED[audio[index] as number] as number;
    return samples;
  }
  const view = new DataView(audio.buffer, audio.byteOffset, audio.byteLength);
  for (let index = 0; index < samples.length; index += 1) samples[index] = view.getInt16(2 * index, true);
  return samples;
}

/** Writes samples into `target` from byte `at` on, which has room for them. */
export function encodeAudio(samples: Int16Array, format: WireFormat, target: Uint8Array, at: number): void {
  if (format.encoding === 'pcmu') {
    for (let index = 0; index < samples.length; index += 1)
      target[at + index] = compress(samples[index] as number);
    return;
  }
  const view = new DataView(target.buffer, target.byteOffset, target.byteLength);
  for (let index = 0; index < samples.length; index += 1)
    view.setInt16(at + 2 * index, samples[index] as number, true);
}
