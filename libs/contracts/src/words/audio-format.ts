/** `pcmu` and `pcma` are G.711 (8 bit, 8 kHz); `pcm16` is signed 16-bit little-endian mono. */
type AudioEncoding = 'pcmu' | 'pcma' | 'pcm16';

export interface AudioFormat {
  readonly encoding: AudioEncoding;
  readonly rateHz: number;
}

/**
 * Twilio Media Streams speak only this (`audio/x-mulaw`, 8000, 1 channel); OpenAI Realtime calls it
 * `audio/pcmu`.
 */
export const PCMU_8K: AudioFormat = { encoding: 'pcmu', rateHz: 8000 };
export const PCMA_8K: AudioFormat = { encoding: 'pcma', rateHz: 8000 };
/** Linear telephone audio, as Asterisk sends it (`slin`). */
export const PCM16_8K: AudioFormat = { encoding: 'pcm16', rateHz: 8000 };
export const PCM16_16K: AudioFormat = { encoding: 'pcm16', rateHz: 16000 };
export const PCM16_24K: AudioFormat = { encoding: 'pcm16', rateHz: 24000 };

export function sameFormat(a: AudioFormat, b: AudioFormat): boolean {
  return a.encoding === b.encoding && a.rateHz === b.rateHz;
}

/** Bytes of one millisecond of audio; not always whole (none of ours is fractional at 20 ms). */
export function bytesPerMs(format: AudioFormat): number {
  return (format.rateHz / 1000) * (format.encoding === 'pcm16' ? 2 : 1);
}
