import type { AudioFormat } from '@tandem/contracts';
import type { AudioFrame } from './audio-frame.ts';
import { ALAW_TABLES } from './alaw.ts';
import { MULAW_TABLES } from './mulaw.ts';

/** Mean sample magnitude between a quiet line (below) and speech (above): some -42 dB of full scale. */
const VOICE_LEVEL = 260;

/** Returns the mean sample magnitude of a frame. */
const MEAN_LEVELS: Readonly<Record<AudioFormat['encoding'], (bytes: Uint8Array) => number>> = {
  pcmu: companded(MULAW_TABLES.decoded),
  pcma: companded(ALAW_TABLES.decoded),
  pcm16: (bytes) => {
    let sum = 0;
    for (let at = 1; at < bytes.length; at += 2)
      sum += Math.abs((((bytes[at] as number) << 24) >> 16) | (bytes[at - 1] as number));
    return (2 * sum) / bytes.length;
  },
};

function companded(decoded: Int16Array): (bytes: Uint8Array) => number {
  const magnitudes = Uint16Array.from(decoded, Math.abs);
  return (bytes) => {
    let sum = 0;
    for (const code of bytes) sum += magnitudes[code] as number;
    return sum / bytes.length;
  };
}

/**
 * Returns whether there is a sound in this frame. This is no voice activity detection: it tells whether
 * detected speech goes on, sooner than a detector that waits for silence to last.
 */
export function isAudible(frame: AudioFrame, { encoding }: AudioFormat): boolean {
  return MEAN_LEVELS[encoding](frame.bytes) > VOICE_LEVEL;
}
