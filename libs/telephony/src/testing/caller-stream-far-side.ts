import type { CallerStream, StreamClosedReason } from '@tandem/conversation';
import type { ManualClock } from '@tandem/conversation/testing';

/** How a line delays and loses messages. */
export interface LineSetting {
  /**
   * Minimum and maximum delay of a message in ms, per direction; drawn once for all messages of one turn,
   * which keep their order. Default 0.
   */
  readonly delayMs?: readonly [number, number];
  /**
   * Share of messages lost and sent again, and within how many ms; later messages wait for them.
   * Default none.
   */
  readonly loss?: { readonly share: number; readonly withinMs: number };
  /** Random number from 0 to 1 for the draws. */
  readonly random?: () => number;
}

/**
 * A stream under test with the far end of its line, on a manual clock. While the line is live the far side
 * sends a frame of silence every 20 ms by itself, as real lines do.
 */
export interface CallerStreamFarSide {
  readonly stream: CallerStream;
  readonly clock: ManualClock;
  /** Ms of audio the stream may hold for the caller; audio beyond it is dropped. */
  readonly boundMs: number;
  /** How the stream reports a caller who hangs up; `caller-hangup` where the carrier says so. */
  readonly hangUpReason?: StreamClosedReason;
  /** The stream ends at the latest after this time without playout or without audio of the caller. */
  readonly patienceMs: number;
  /** The caller's end sends a frame in the stream's format. */
  speaks(frame: Uint8Array): void;
  presses(digit: string): void;
  hangsUp(): void;
  /** The connection closes without notice. */
  isCut(): void;
  /** A message that makes no sense. Absent where every message is audio. */
  talksNonsense?(): void;
  /** The far side stops reading and sending, without closing. */
  freezes?(): void;
  /** The far side sends on but plays nothing. Absent where the stream itself plays. */
  fallsDeaf?(): void;
  /** Ms the caller has really heard of the audio made of this byte, the current frame included. */
  heardMs(value: number): number;
  /** Bytes of audio for the caller on our side: queued, and not yet sent to the network. */
  heldBytes(): number;
  /** Bytes written and dropped because of the bound. */
  droppedBytes(): number;
  /**
   * Frames of the caller that came faster than real time and were dropped. Absent without a network.
   */
  floodedFrames?(): number;
}
