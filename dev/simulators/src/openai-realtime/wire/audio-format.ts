import { PCM16_24K, PCMA_8K, PCMU_8K, bytesPerMs, type AudioFormat } from '@tandem/contracts';
import { asObject } from './json.ts';

/** The session's spelling of a format. Only `audio/pcm` carries a rate, and only 24,000. */
export type WireFormat =
  | { readonly type: 'audio/pcm'; readonly rate: 24000 }
  | { readonly type: 'audio/pcmu' }
  | { readonly type: 'audio/pcma' };

export const WIRE_PCM: WireFormat = { type: 'audio/pcm', rate: 24000 };

/** The format behind the session's spelling; an absent `type` means the default, 24 kHz PCM. */
export function toAudioFormat(wire: unknown): AudioFormat {
  switch (asObject(wire)['type']) {
    case 'audio/pcmu':
      return PCMU_8K;
    case 'audio/pcma':
      return PCMA_8K;
    default:
      return PCM16_24K;
  }
}

/** Milliseconds of `bytes` of audio, not rounded. */
export function toMs(bytes: number, format: AudioFormat): number {
  return bytes / bytesPerMs(format);
}

/** Whole bytes of `ms` of audio, cut to whole samples. */
export function toBytes(ms: number, format: AudioFormat): number {
  const bytes = Math.floor(ms * bytesPerMs(format));
  return format.encoding === 'pcm16' ? bytes - (bytes % 2) : bytes;
}

/** Linear 16-bit value of each G.711 µ-law byte (ITU-T G.711). */
export const MULAW_LINEAR = Int16Array.from({ length: 256 }, (_, byte) => {
  const code = ~byte & 0xff;
  const magnitude = (((code & 0x0f) << 3) + 0x84) << ((code >> 4) & 7);
  return code & 0x80 ? 0x84 - magnitude : magnitude - 0x84;
});

/** Linear 16-bit value of each G.711 A-law byte (ITU-T G.711). */
export const ALAW_LINEAR = Int16Array.from({ length: 256 }, (_, byte) => {
  const code = byte ^ 0x55;
  const segment = (code >> 4) & 7;
  const mantissa = (code & 0x0f) << 4;
  const magnitude = segment === 0 ? mantissa + 8 : (mantissa + 0x108) << (segment - 1);
  return code & 0x80 ? magnitude : -magnitude;
});

function segmentOf(magnitude: number, floor: number): number {
  let segment = 0;
  for (let rest = magnitude >> floor; rest > 1 && segment < 7; rest >>= 1) segment++;
  return segment;
}

export function toMulaw(sample: number): number {
  const sign = sample < 0 ? 0x80 : 0;
  const magnitude = Math.min(Math.abs(sample), 32635) + 0x84;
  const segment = segmentOf(magnitude, 7);
  return ~(sign | (segment << 4) | ((magnitude >> (segment + 3)) & 0x0f)) & 0xff;
}

export function toAlaw(sample: number): number {
  const sign = sample < 0 ? 0 : 0x80;
  const magnitude = Math.min(sample < 0 ? -sample - 1 : sample, 32767);
  const segment = magnitude < 256 ? 0 : segmentOf(magnitude, 7);
  const mantissa = (magnitude >> (segment === 0 ? 4 : segment + 3)) & 0x0f;
  return (sign | (segment << 4) | mantissa) ^ 0x55;
}

/** Bytes of linear samples in a format. The samples must already be at the format's rate. */
export function encodeSamples(samples: Int16Array, format: AudioFormat): Uint8Array {
  if (format.encoding === 'pcm16') {
    const out = Buffer.alloc(samples.length * 2);
    for (const [index, sample] of samples.entries()) out.writeInt16LE(sample, index * 2);
    return out;
  }
  const encode = format.encoding === 'pcmu' ? toMulaw : toAlaw;
  return Uint8Array.from(samples, encode);
}
