import type { AudioFormat } from '@tandem/contracts';
import type { AudioFrame } from '../audio/audio-frame.ts';

/** Names one sound on its way to the caller: a model's item, a filler, hold music. */
export type SoundId = string;

/** The playout position of one sound: how much the caller has heard, never more than was written. */
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
  /** The carrier closed the connection in order, and its protocol does not say why. */
  | 'closed-by-carrier'
  /** The socket closed without a message from the carrier. */
  | 'connection-lost'
  /** No audio arrived for longer than a live line pauses. */
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
  /** Words the caller wrote instead of speaking them. Absent where nobody reads them. */
  onText?(text: string): void;
  /** The caller has heard more of a sound. Called in playing order; may skip steps, never goes back. */
  onHeard(heard: HeardSound): void;
  /** The caller's end has fallen silent after the last `clear`, as far as the stream can tell. */
  onSilent(): void;
  onClosed(reason: StreamClosedReason): void;
}

/**
 * A leg's live media connection, already authenticated.
 *
 * The session writes faster than real time and does not count what it sent: **the stream knows what the
 * caller has heard** (the playout position), from the carrier's marks, its own 20 ms clock or the browser's
 * reports. Writes are bounded inside the stream; what goes over the bound is dropped, counted, and reported
 * as not heard. No method throws, and after `onClosed` every method does nothing.
 */
export interface CallerStream {
  readonly format: AudioFormat;
  /** The carrier's id of this stream, for records. */
  readonly streamId: string;

  /** Starts calling the listener. Called once, right after construction. */
  attach(listener: CallerStreamListener): void;

  /** Queues audio of any length behind what is queued already. */
  write(frame: AudioFrame, soundId: SoundId): void;

  /**
   * Drops everything not yet played. Returns how much was heard of each sound that was not heard to its end;
   * no `onHeard` follows for these. With `fadeMs` above 0 a stream that plays from its own clock fades out
   * for at most this time; a carrier's buffer is dropped at once.
   */
  clear(fadeMs?: number): HeardSound[];

  /** Returns how much of each unfinished sound has been heard by now, as far as the stream can tell. */
  heardSoFar(): HeardSound[];

  /** Ends the media connection. What the carrier does next is decided elsewhere. */
  close(): void;
}
