import type { AudioFormat } from '@tandem/contracts';
import type { AudioFrame } from '../audio/audio-frame.ts';

/** Names one piece of sound on its way to the caller: a model's item, a filler, hold music. */
export type SoundId = string;

/** How much of one sound the caller has heard. Never more than was written. */
export interface HeardSound {
  readonly soundId: SoundId;
  readonly heardMs: number;
  /** Everything written for this sound so far has been heard. */
  readonly isComplete: boolean;
}

export type StreamClosedReason =
  /** The carrier said the call or the stream is over. */
  | 'caller-hangup'
  /** We closed it. */
  | 'closed-by-us'
  /** The socket went away without a word. */
  | 'connection-lost'
  /** No audio came for longer than a live line can be quiet. */
  | 'media-timeout'
  /** 50 bad messages in a row. */
  | 'media-errors';

/**
 * Called by the stream, always on the event loop's own turn and never from inside a call into the stream.
 * `onClosed` comes exactly once and is the last call.
 */
export interface CallerStreamListener {
  /** One frame of the caller's voice, in the stream's format, in order. The frame belongs to the listener. */
  onAudio(frame: AudioFrame): void;
  onDigit(digit: string): void;
  /** The caller has heard more of a sound. Comes in playing order; may skip steps, never goes back. */
  onHeard(heard: HeardSound): void;
  /** What was cleared last has fallen silent at the caller's end, as far as the stream can tell. */
  onSilent(): void;
  onClosed(reason: StreamClosedReason): void;
}

/**
 * A leg's live media connection, already authenticated.
 *
 * The session writes faster than real time and never counts what it sent: **what the caller has heard is the
 * stream's duty to know**, whether from marks (Twilio), its own 20 ms clock (AudioSocket) or the browser's
 * reports. Writes are bounded inside the stream; what goes over the bound is dropped, counted, and reported
 * as not heard. No method throws, and after `onClosed` every method does nothing.
 */
export interface CallerStream {
  readonly format: AudioFormat;
  /** The carrier's id of this stream, for records. */
  readonly streamId: string;

  /** Starts the calls to the listener. Called once, right after construction. */
  attach(listener: CallerStreamListener): void;

  /** Queues a piece of audio of any length behind what is queued already. */
  write(frame: AudioFrame, soundId: SoundId): void;

  /**
   * Drops everything not yet played and answers, for each sound that was written and not completely heard
   * before, how much of it was heard. No `onHeard` for those sounds follows. With `fadeMs` a stream that
   * plays from a clock of its own ends in a fade of at most that; a carrier's buffer (Twilio) is dropped at
   * once.
   */
  clear(fadeMs?: number): HeardSound[];

  /** How much of each unfinished sound has been heard by now, as far as the stream can tell. */
  heardSoFar(): HeardSound[];

  /** Ends the media connection. What the carrier does next is decided elsewhere. */
  close(): void;
}
