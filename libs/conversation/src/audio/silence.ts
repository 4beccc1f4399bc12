import type { AudioFormat } from '@tandem/contracts';
import { AudioFrame } from './audio-frame.ts';
import { MULAW_SILENCE } from './mulaw.ts';

/** A-law's code for zero (ITU-T G.711), with the even bits inverted as on the line. */
const ALAW_SILENCE = 0xd5;
const SILENCE = { pcmu: MULAW_SILENCE, pcma: ALAW_SILENCE, pcm16: 0 } as const;
const frames = new Map<string, AudioFrame>();

/** Returns silence of the frame's length. Streams use few lengths, so each is made once. */
export function silenceLike(frame: AudioFrame, { encoding }: AudioFormat): AudioFrame {
  const key = `${encoding}${frame.byteLength}`;
  let silent = frames.get(key);
  if (!silent) {
    silent = AudioFrame.fromBytes(new Uint8Array(frame.byteLength).fill(SILENCE[encoding]));
    if (frames.size < 64) frames.set(key, silent);
  }
  return silent;
}
