import { FRAME_BYTES } from '@tandem/kit';

/** The text of a piece of audio, as far as its stamps survived. */
export interface HeardWords {
  readonly text: string;
  /** Byte positions of the first frame and of the end of the last frame. */
  readonly fromByte: number;
  readonly toByte: number;
  readonly frames: number;
  readonly total: number;
}

/**
 * Machine-readable speech, as µ-law at 8 kHz: every frame of 20 ms names the text it belongs to, so both ends
 * know which words, and how much of them, came through.
 */
export interface MachineVoice {
  speak(text: string, durationMs: number): Uint8Array;
  /** Returns the texts in a piece of audio, in order; one that breaks off and begins anew counts twice. */
  hear(audio: Uint8Array): HeardWords[];
}

/** A frame that was recognised. */
export interface Stamp {
  readonly text: string;
  readonly frame: number;
  readonly total: number;
  /** Where it begins in the audio. */
  readonly atByte: number;
}

/** Returns the texts of frames in the order they were heard. */
export function wordsOf(stamps: Iterable<Stamp>): HeardWords[] {
  const heard: { -readonly [Key in keyof HeardWords]: HeardWords[Key] }[] = [];
  let lastFrame = -1;
  for (const { text, frame, total, atByte } of stamps) {
    const last = heard.at(-1);
    const toByte = atByte + FRAME_BYTES;
    if (last?.text === text && frame > lastFrame) {
      last.frames += 1;
      last.toByte = toByte;
    } else heard.push({ text, fromByte: atByte, toByte, frames: 1, total });
    lastFrame = frame;
  }
  return heard;
}
