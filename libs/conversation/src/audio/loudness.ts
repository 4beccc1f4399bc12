import type { AudioFormat } from '@tandem/contracts';
import type { AudioFrame } from './audio-frame.ts';
import { decodeMulaw } from './mulaw.ts';

/** Mean sample magnitude between a quiet line (below) and speech (above): some -42 dB of full scale. */
const VOICE_LEVEL = 260;
const MAGNITUDES = Uint16Array.from(
  decodeMulaw(Uint8Array.from({ length: 256 }, (_, code) => code)),
  Math.abs,
);

/**
 * Returns whether there is a sound in this frame; true for formats it cannot read. This is no voice activity
 * detection: it tells whether detected speech goes on, sooner than a detector that waits for silence to last.
 */
export function isAudible(frame: AudioFrame, { encoding }: AudioFormat): boolean {
  if (encoding !== 'pcmu') return true;
  const { bytes } = frame;
  let sum = 0;
  for (const code of bytes) sum += MAGNITUDES[code] as number;
  return sum > VOICE_LEVEL * bytes.length;
}
