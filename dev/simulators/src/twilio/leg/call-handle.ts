import type { LinkSettings } from '../../link/link.ts';
import type { RunEnd, RunMode } from '../documents/document-run.ts';
import type { DocumentSource, DuplicateWebhooks, Fallback } from '../documents/document-source.ts';
import type { MediaStream } from '../stream/media-stream.ts';
import type { FormFields } from '../webhook/signature.ts';
import type { WebhookOutcome } from '../webhook/webhook-client.ts';
import type { HttpMethod } from '../webhook/webhook-request.ts';
import type { CallJournal, CallListener } from './call-journal.ts';
import type { CallDirection, CallEndCause, CallReport, CallStatus, WebhookPurpose } from './call-report.ts';
import type { CallStreams } from './call-streams.ts';
import type { Line } from './line.ts';
import type { CallbackFaults, StatusCallbackConfig } from './status-callbacks.ts';

export interface LegOptions {
  readonly direction: CallDirection;
  readonly from: string;
  readonly to: string;
  readonly sid?: string;
  readonly parent?: CallHandle;
  readonly fallback?: Fallback | null;
  readonly statusCallback?: StatusCallbackConfig | null;
  readonly callbackFaults?: CallbackFaults;
  readonly duplicates?: DuplicateWebhooks | null;
  /** Sent with every request about this call, on top of the standard fields. */
  readonly extraFields?: FormFields;
  /** Longest time from answer to end, in simulated ms. */
  readonly timeLimitMs?: number;
  readonly isRecording?: boolean;
  readonly maxRecordingMs?: number;
}

export interface WaitOptions {
  /** Default 30 s, real time. */
  readonly timeoutMs?: number;
}

/** A request to a URL about a call. */
export interface CallWebhook {
  readonly url: string;
  readonly method: HttpMethod;
  readonly fields: FormFields;
  readonly idempotencyToken?: string;
}

/** The settings a REST update may change besides the document. */
export interface CallChange {
  readonly fallback?: Fallback;
  readonly statusCallback?: StatusCallbackConfig;
  readonly timeLimitMs?: number;
}

/** The far end of a leg: the caller of an inbound call, the callee of an outbound one. */
interface FarEnd {
  /**
   * Speaks in real time, after the speech before it. Resolves when it was said; false when the call ended
   * before.
   */
  say(mulaw: Uint8Array, options?: { readonly text?: string }): Promise<boolean>;
  /** Presses keys, one after the other: 0-9, *, #, A-D. */
  press(digits: string): void;
  hangup(): void;
  /**
   * Resolves with the ms from the start of the call at which the agent's speech began, once it has lasted
   * `forMs`. Rejects with `WaitError`.
   */
  waitForSpeech(options?: WaitOptions & { readonly forMs?: number }): Promise<number>;
  /** Resolves once the agent has been silent for `silenceMs`. Rejects with `WaitError`. */
  waitForSilence(silenceMs: number, options?: WaitOptions): Promise<number>;
  /** Calls the listener with every timeline entry from now on. Returns the function that stops it. */
  listen(listener: CallListener): () => void;
  report(): CallReport;
}

/** Twilio's end of a leg, as the interpreter, the verbs and the REST API use it. */
interface CarrierEnd {
  /** Starts on a first document. Returns at once. */
  begin(source: DocumentSource): void;
  /** Aborts the running document with its stream and starts another one. */
  redirect(source: DocumentSource): void;
  /** Runs a document for this leg alone, beside its own: a whisper, or the wait document of a queue. */
  hear(source: DocumentSource, mode: RunMode, signal: AbortSignal): Promise<RunEnd>;
  /** Returns the fields that every request about this call carries. */
  fields(): FormFields;
  /** Requests a URL about this call and adds the outcome to the timeline. */
  request(purpose: WebhookPurpose, webhook: CallWebhook): Promise<WebhookOutcome>;
  /** Makes the final report wait for this work. */
  track(work: Promise<unknown>): void;
  /** Sleeps for simulated ms; cut short when the call ends. */
  sleepWhileAlive(ms: number): Promise<void>;
  reconfigure(change: CallChange): void;
  setStatus(status: CallStatus): void;
  answer(): void;
  /** Ends the call, once; later ends change nothing. */
  end(cause: CallEndCause, status: CallStatus): void;
  /** Ends a leg whose `<Dial>` is over; a leg that was redirected by REST lives on alone. */
  endDialled(): void;
  bridgeWith(other: CallHandle): void;
}

/** One leg of a call, as all parts of the simulator see it. */
export interface CallHandle extends FarEnd, CarrierEnd {
  readonly sid: string;
  readonly accountSid: string;
  readonly parentCallSid: string | null;
  readonly direction: CallDirection;
  readonly from: string;
  readonly to: string;
  readonly journal: CallJournal;
  /** To the platform, with the round trip of this call. */
  readonly link: LinkSettings;
  readonly line: Line;
  readonly streams: CallStreams;
  /**
   * Settles with the report when the call is over and every callback about it was delivered. Never rejects.
   */
  readonly ended: Promise<CallReport>;
  /** `AnsweredBy` of synchronous machine detection. */
  answeredBy: string | null;
  readonly status: CallStatus;
  readonly isAnswered: boolean;
  readonly hasEnded: boolean;
  /** Whole seconds from answer to end; 0 when it was never answered. */
  readonly durationS: number;
  /** Number of deliveries of each callback about this call. */
  readonly callbackCopies: number;
  /** The open bidirectional stream. */
  readonly stream: MediaStream | null;
  /** Settles when this leg ends or is given another document by REST: a bridge to it is over. */
  readonly leftDocument: Promise<void>;
}
