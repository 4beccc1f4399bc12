import type { TalkTiming } from '../../twilio/audio/talk-timing.ts';
import type { LegEnd, LegReport } from '../audiosocket/leg-report.ts';

/** The cause of a call's end. */
export type CallEndCause =
  /** The person hung up. */
  | 'hangup-by-party'
  /** `Hangup()`, `Busy()` or `Congestion()`. */
  | 'dialplan-hangup'
  /** The dialplan was over: no next priority, or no such extension. */
  | 'dialplan-end'
  /** A dialled party went and the dial had no option `g`. */
  | 'dial-ended'
  /** An application returned -1, such as `AudioSocket()` whose connection broke. */
  | 'application-failed'
  /** The dialplan holds something that is not supported, or an expression that is none. */
  | 'dialplan-error'
  /** AMI `Hangup`. */
  | 'manager'
  /** ARI `DELETE /channels/{id}`. */
  | 'rest'
  /** Never answered: busy, declined, no answer, unreachable, or another party was faster. */
  | 'not-answered'
  | 'simulator-stopped';

/** One entry of a call's timeline. `atMs` counts from the start of the call. */
export type CallEntry = { readonly atMs: number } & (
  | { readonly kind: 'answered' }
  | {
      readonly kind: 'application';
      readonly name: string;
      readonly args: string;
      /** `context,extension,priority`. */
      readonly at: string;
      readonly line: number;
    }
  | {
      /** A request of `CURL()`. */
      readonly kind: 'request';
      readonly url: string;
      readonly fields: Readonly<Record<string, string>>;
      /** HTTP status; 0 when there was no answer. */
      readonly httpStatus: number;
      readonly answer: string;
      readonly tookMs: number;
    }
  | { readonly kind: 'played'; readonly sound: string; readonly isMissing: boolean }
  | { readonly kind: 'music-started'; readonly musicClass: string }
  | { readonly kind: 'music-stopped' }
  | { readonly kind: 'tone'; readonly name: 'busy' | 'congestion' }
  | { readonly kind: 'reading-keys'; readonly forMs: number }
  | { readonly kind: 'leg-connecting'; readonly address: string; readonly uuid: string }
  | { readonly kind: 'leg-open'; readonly address: string; readonly uuid: string }
  | { readonly kind: 'leg-ended'; readonly uuid: string; readonly end: LegEnd }
  | { readonly kind: 'caller-started'; readonly text: string | null }
  | { readonly kind: 'caller-stopped'; readonly text: string | null }
  | { readonly kind: 'agent-started' }
  | { readonly kind: 'agent-stopped' }
  /** The person pressed a key. */
  | { readonly kind: 'pressed'; readonly digit: string }
  /** The person heard a key. */
  | { readonly kind: 'key-heard'; readonly digit: string }
  | { readonly kind: 'dialling'; readonly to: string; readonly channel: string }
  | { readonly kind: 'bridged'; readonly with: string }
  | { readonly kind: 'dial-ended'; readonly status: string }
  | { readonly kind: 'redirected'; readonly to: string }
  | { readonly kind: 'hangup-handler'; readonly at: string }
  | { readonly kind: 'error'; readonly detail: string }
  | { readonly kind: 'ended'; readonly cause: CallEndCause; readonly hangupCause: number }
);

/** Both directions of a call's AudioSocket legs, 16-bit little-endian. */
export interface CallRecording {
  readonly rateHz: number;
  /** Frames of 20 ms, one after the other. */
  readonly caller: readonly Buffer[];
  /** Frames of the relay, with the ms from the start of the call at which they came. */
  readonly agent: readonly { readonly atMs: number; readonly payload: Buffer }[];
}

export interface CallReport {
  readonly channel: string;
  readonly uniqueId: string;
  readonly from: string;
  readonly to: string;
  /** Null while the call runs. */
  readonly endedBy: CallEndCause | null;
  /** Q.850 cause; 0 when none was given. */
  readonly hangupCause: number;
  /** Unix ms. */
  readonly startedAt: number;
  readonly answeredAtMs: number | null;
  readonly endedAtMs: number | null;
  readonly timeline: readonly CallEntry[];
  /** Entries above the bound, not kept. */
  readonly timelineDropped: number;
  readonly errors: readonly string[];
  /** The sounds that were played to this person, in order. */
  readonly played: readonly string[];
  readonly legs: readonly LegReport[];
  readonly timing: TalkTiming;
  readonly recording: CallRecording | null;
}
