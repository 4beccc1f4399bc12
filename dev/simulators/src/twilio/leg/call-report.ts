import type { TalkTiming } from '../audio/talk-timing.ts';
import type { CallError } from '../reference/call-errors.ts';
import type { StreamEnd } from '../stream/stream-report.ts';
import type { StreamReport } from '../stream/stream-report.ts';

/** Twilio's words, verbatim. */
export type CallStatus =
  | 'queued'
  | 'initiated'
  | 'ringing'
  | 'in-progress'
  | 'completed'
  | 'busy'
  | 'failed'
  | 'no-answer'
  | 'canceled';

export type CallDirection = 'inbound' | 'outbound-api' | 'outbound-dial';

/** The cause of a call's end. */
export type CallEndCause =
  /** The far end (caller or callee) hung up. */
  | 'hangup-by-party'
  | 'hangup-verb'
  | 'rejected'
  /** The last document was over. */
  | 'document-end'
  /** Twilio's "an application error has occurred": no usable document and no fallback. */
  | 'application-error'
  | 'rest-completed'
  | 'rest-canceled'
  /** `TimeLimit`, or the `timeLimit` of the `<Dial>` that made this leg. */
  | 'time-limit'
  /** Never answered: busy, no answer, declined, failed. */
  | 'not-answered'
  /** Another party of the same `<Dial>` was faster, or the dialling leg went away. */
  | 'dial-ended'
  | 'conference-ended'
  | 'simulator-stopped';

export type WebhookPurpose =
  | 'voice'
  | 'fallback'
  | 'redirect'
  | 'update'
  | 'action'
  | 'whisper'
  | 'queue-wait'
  | 'play'
  | 'amd'
  | 'status'
  | 'stream-status';

/** One entry of a call's timeline. `atMs` counts from the start of the call. */
export type CallEntry = { readonly atMs: number } & (
  | { readonly kind: 'status'; readonly status: CallStatus }
  | {
      readonly kind: 'webhook';
      readonly purpose: WebhookPurpose;
      readonly url: string;
      readonly method: string;
      readonly fields: Readonly<Record<string, string>>;
      /** HTTP status; 0 when there was no answer. */
      readonly httpStatus: number;
      readonly attempts: number;
      readonly tookMs: number;
    }
  | { readonly kind: 'document'; readonly url: string | null; readonly twiml: string }
  | { readonly kind: 'duplicate-answer'; readonly isIdentical: boolean; readonly twiml: string }
  | { readonly kind: 'verb'; readonly name: string }
  | { readonly kind: 'said'; readonly text: string; readonly estimatedMs: number }
  | { readonly kind: 'played'; readonly url: string; readonly durationMs: number }
  | { readonly kind: 'tones'; readonly digits: string }
  | { readonly kind: 'gathered'; readonly digits: string; readonly speech: string | null }
  | { readonly kind: 'message'; readonly to: string; readonly from: string; readonly body: string }
  | { readonly kind: 'stream-connecting'; readonly streamSid: string; readonly url: string }
  | { readonly kind: 'stream-open'; readonly streamSid: string }
  | { readonly kind: 'stream-ended'; readonly streamSid: string; readonly end: StreamEnd }
  | { readonly kind: 'caller-started'; readonly text: string | null }
  | { readonly kind: 'caller-stopped'; readonly text: string | null }
  | { readonly kind: 'agent-started' }
  | { readonly kind: 'agent-stopped' }
  | { readonly kind: 'pressed'; readonly digit: string }
  | { readonly kind: 'dialling'; readonly to: string; readonly callSid: string }
  | { readonly kind: 'bridged'; readonly withCallSid: string }
  | { readonly kind: 'dial-ended'; readonly status: string; readonly callSid: string | null }
  | { readonly kind: 'joined'; readonly room: string }
  | { readonly kind: 'enqueued'; readonly queue: string }
  | { readonly kind: 'left-queue'; readonly queue: string; readonly result: string }
  | ({ readonly kind: 'error' } & Omit<CallError, 'atMs'>)
  | { readonly kind: 'ended'; readonly cause: CallEndCause; readonly status: CallStatus }
);

/** Audio sent and played, one entry a frame of 20 ms, all three lists in step, from answer to end. */
export interface CallRecording {
  readonly startedAtMs: number;
  /**
   * Ms from the start of the call to each frame. Frames of a simulator that was late are closer together, or
   * missing.
   */
  readonly frameAtMs: readonly number[];
  readonly caller: readonly Uint8Array[];
  readonly agent: readonly Uint8Array[];
}

export interface CallReport {
  readonly callSid: string;
  readonly parentCallSid: string | null;
  readonly direction: CallDirection;
  readonly from: string;
  readonly to: string;
  readonly status: CallStatus;
  /** Null while the call runs. */
  readonly endedBy: CallEndCause | null;
  /** Unix ms. */
  readonly startedAt: number;
  /** Round trip between the carrier and the platform, without jitter. */
  readonly roundTripMs: number;
  readonly answeredAtMs: number | null;
  readonly endedAtMs: number | null;
  readonly timeline: readonly CallEntry[];
  /** Entries above the bound, not kept. */
  readonly timelineDropped: number;
  readonly errors: readonly CallError[];
  /** The texts of `<Say>`, in order. */
  readonly said: readonly string[];
  /** The TwiML documents that were run, in order. */
  readonly documents: readonly string[];
  readonly streams: readonly StreamReport[];
  readonly timing: TalkTiming;
  readonly recording: CallRecording | null;
}
