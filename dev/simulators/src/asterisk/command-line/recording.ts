import { encodeMulaw, FRAME_BYTES, PHONE_RATE_HZ, resample, stereoMulawWav } from '@tandem/kit';
import type { CallRecording } from '../call/call-report.ts';

/** Returns both sides as a stereo µ-law WAV file: caller left, agent right at the time it came. */
export function recordingWav({ rateHz, caller, agent }: CallRecording): Buffer {
  const startedMs = agent[0]?.atMs ?? 0;
  const track: Buffer[] = [];
  let lengthMs = 0;
  for (const { atMs, payload } of agent) {
    const missingMs = Math.max(0, atMs - startedMs - lengthMs);
    // What comes early plays later, what comes late leaves a gap.
    const silence = Buffer.alloc(Math.floor((missingMs * rateHz) / 1000) * 2);
    track.push(silence, payload);
    lengthMs += ((silence.length + payload.length) * 500) / rateHz;
  }
  return stereoMulawWav(frames(caller, rateHz), frames(track, rateHz));
}

function frames(pieces: readonly Buffer[], rateHz: number): Uint8Array[] {
  const bytes = Buffer.concat(pieces);
  const samples = Int16Array.from({ length: bytes.length >> 1 }, (_, index) => bytes.readInt16LE(index * 2));
  const mulaw = encodeMulaw(resample(samples, rateHz, PHONE_RATE_HZ));
  return Array.from({ length: Math.ceil(mulaw.length / FRAME_BYTES) }, (_, index) =>
    mulaw.subarray(index * FRAME_BYTES, (index + 1) * FRAME_BYTES),
  );
}
