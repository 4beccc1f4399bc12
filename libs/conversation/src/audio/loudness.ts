import type { AudioFormat } from '@tandem/contracts';
import type { AudioFrame } from './audio-frame.ts';
import { decodeMulaw } from './mulaw.ts';

/**
 * Mean sample magnitude of speech into a phone lies above, of a quiet line below: some -42 dB of full scale.
 */
const VOICE_LEVEL = 260;
const MAGNITUDES = Uint16Array.from(
  decodeMulaw(Uint8Array.from({ length: 256 }, (_, code) => code)),
  Math.abs,
);

/**
 * Whether somebody makes a sound in this frame. No voice activity detection: it only tells whether a voice
 * that was detected goes on, sooner than a detector that waits for silence to last. Answers true for formats
 * it cannot read.
 */
export function isAudible(frame: AudioFrame, { encoding }: AudioFormat): boolean {
  if (encoding !== 'pcmu') return true;
  const { bytes } = frame;
  let sum = 0;
  for (const code of bytes) sum += MAGNITUDES[code] as number;
  return sum > VOICE_LEVEL * bytes.length;
}
