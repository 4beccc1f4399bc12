import type { AudioFormat } from '@tandem/contracts';
import { ALAW_SILENCE } from './alaw.ts';
import { AudioFrame } from './audio-frame.ts';
import { MULAW_SILENCE } from './mulaw.ts';

/** The byte silence is made of in each encoding. */
export const SILENCE_BYTE: Readonly<Record<AudioFormat['encoding'], number>> = {
  pcmu: MULAW_SILENCE,
  pcma: ALAW_SILENCE,
  pcm16: 0,
};
const frames = new Map<string, AudioFrame>();

/** Returns silence of the frame's length. Streams use few lengths, so each is made once. */
export function silenceLike(frame: AudioFrame, { encoding }: AudioFormat): AudioFrame {
  const key = `${encoding}${frame.byteLength}`;
  let silent = frames.get(key);
  if (!silent) {
    silent = AudioFrame.fromBytes(new Uint8Array(frame.byteLength).fill(SILENCE_BYTE[encoding]));
    if (frames.size < 64) frames.set(key, silent);
  }
  return silent;
}
