/*
 * Text messages of the softphone's socket: JSON, one object each, told apart by `type`. The relay checks what
 * browsers send (`libs/telephony/src/softphone/softphone-messages.ts`); a browser ignores types it does not
 * know, so that pages and relays of two releases work together.
 */

/** Changes when a page and a relay of different releases would misunderstand each other. */
export const WIRE_VERSION = 1;

/** Path of these streams below a relay's own. */
export const SOFTPHONE_PATH = '/softphone';

/** The audio of both directions: G.711 µ-law at 8 kHz, or signed 16-bit little-endian at 16 kHz; mono. */
export type WireFormat =
  | { readonly encoding: 'pcmu'; readonly rateHz: 8000 }
  | { readonly encoding: 'pcm16'; readonly rateHz: 16000 };

/** Longest text a caller may send at once. */
export const MAX_TEXT_LENGTH = 1_000;

/** Messages of a browser. The first one is `start`; without a valid ticket the socket is closed. */
export type ClientMessage =
  | { readonly type: 'start'; readonly version: number; readonly ticket: string }
  | Played
  /** Everything before the relay's `clear` of this number has fallen silent. */
  | { readonly type: 'cleared'; readonly id: number }
  | { readonly type: 'digit'; readonly digit: string }
  /** Words the caller wrote instead of speaking. */
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'ping'; readonly id: number }
  | { readonly type: 'hangup' };

/**
 * How far playback is: all sounds sent before `sound` were played to their end, and `samples` of this one.
 * Sent every 100 ms while something is played, and when the last sample was.
 */
export interface Played {
  readonly type: 'played';
  readonly sound: number;
  readonly samples: number;
  /** Samples received and not played yet, which will be played without a gap. */
  readonly ahead: number;
  /**
   * When this was so, in ms of the page's audio clock, so that a report that is late on its way says the
   * same. Pages of older releases leave it out.
   */
  readonly at?: number | undefined;
}

/** A tool call of the agent, shown beside the transcript. */
export interface ToolShown {
  readonly type: 'tool';
  readonly id: string;
  readonly name: string;
  readonly state: 'called' | 'ok' | 'refused' | 'failed' | 'timed-out' | 'cancelled';
  /** Arguments or result as JSON, cut to a bounded length; absent when there are none. */
  readonly details?: string;
}

/** Messages of the relay. The first one is `ready`. */
export type RelayMessage =
  | { readonly type: 'ready'; readonly version: number; readonly format: WireFormat }
  /** Drop what is not played yet, after a fade of at most `fadeMs`; then send `cleared`. */
  | { readonly type: 'clear'; readonly id: number; readonly fadeMs: number }
  | { readonly type: 'pong'; readonly id: number }
  /** Words of one party. A later message with the same id replaces it. */
  | {
      readonly type: 'said';
      readonly id: string;
      readonly party: 'caller' | 'agent';
      readonly text: string;
      /** The agent was interrupted: the text ends where the caller stopped hearing it. */
      readonly isInterrupted?: boolean;
    }
  | ToolShown
  /** Something else the call's log has: a change of language, a transfer, a model that failed. */
  | { readonly type: 'note'; readonly text: string }
  | { readonly type: 'ended'; readonly reason: string };

/** Returns null for text that is no message of a relay. */
export function readRelayMessage(text: string): RelayMessage | null {
  try {
    const message: unknown = JSON.parse(text);
    return typeof message === 'object' && message !== null && 'type' in message
      ? (message as RelayMessage)
      : null;
  } catch {
    return null;
  }
}
