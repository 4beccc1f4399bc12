import { PCM16_24K, PCMA_8K, PCMU_8K, bytesPerMs, type AudioFormat } from '@tandem/contracts';
import { encodeAlaw, encodeMulaw } from '@tandem/kit';
import { asObject } from './json.ts';

/** The session's spelling of a format. Only `audio/pcm` carries a rate, and only 24,000. */
type WireFormat =
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

/** Audio of one answer, handed out in pieces. */
export interface AudioSource {
  readonly byteLength: number;
  base64(offset: number, length: number): string;
  bytes(offset: number, length: number): Uint8Array;
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

/** Bytes of linear samples in a format. The samples must already be at the format's rate. */
export function encodeSamples(samples: Int16Array, format: AudioFormat): Uint8Array {
  if (format.encoding === 'pcm16') {
    const out = Buffer.alloc(samples.length * 2);
    for (const [index, sample] of samples.entries()) out.writeInt16LE(sample, index * 2);
    return out;
  }
  return format.encoding === 'pcmu' ? encodeMulaw(samples) : encodeAlaw(samples);
}
