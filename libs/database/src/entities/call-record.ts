import type {
  CallCost,
  CallDirection,
  CallEvent,
  CallId,
  CallStatus,
  Channel,
  JsonValue,
  RefusalReason,
  RelayId,
  TenantId,
  Termination,
  ToolCallId,
  ToolOutcome,
  Usage,
} from '@tandem/contracts';

/** Figures of one kind of latency over a call. */
export interface LatencySummary {
  readonly count: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly maxMs: number;
}

/** An attached caller stream. */
export interface CallLegRecord {
  readonly epoch: number;
  readonly relayId: RelayId;
  readonly streamId: string;
  readonly attachedAt: Date;
  readonly detachedAt: Date | null;
  readonly detachReason: string | null;
}

/** One utterance; its place in the list is its position in the transcript. `…AtMs` counts from admission. */
export interface UtteranceRecord {
  readonly speaker: 'caller' | 'agent';
  readonly itemId: string;
  /** Empty where the caller's words are not known. */
  readonly text: string;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  /** Heard part of the agent's speech; null for the caller's. */
  readonly heardMs: number | null;
  /** Length of what the model had said of it when it ended; null for the caller's speech. */
  readonly generatedMs: number | null;
  readonly interrupted: boolean;
  /** The words of it that were cut off; null where there are none. */
  readonly unheard: string | null;
}

export interface ToolCallRecord {
  readonly toolCallId: ToolCallId;
  readonly name: string;
  readonly arguments: JsonValue;
  /** Null while the outcome is not known. */
  readonly outcome: ToolOutcome | null;
  readonly startedAtMs: number;
  readonly tookMs: number | null;
}

export interface DispositionRecord {
  /** Kebab-case word of the business, such as `booked`. */
  readonly outcome: string;
  readonly detail: string;
}

/** An unbroken recording; a call that changed relays has several. */
export interface RecordingRecord {
  readonly recordingId: string;
  /** Since admission. */
  readonly startedAtMs: number;
  /** Null while the recording runs, and when its relay died. */
  readonly durationMs: number | null;
  /** Size of the sound, both channels. */
  readonly bytes: number | null;
  /** `failed`: it is incomplete; its stored part can be played. */
  readonly outcome: 'running' | 'complete' | 'failed';
}

/** A model that spoke to the caller. */
export interface SpeakingModel {
  readonly provider: string;
  readonly model: string;
  /** Since admission. */
  readonly fromMs: number;
}

/** A call as folded from its event log: what `CallRepository.record` writes. */
export interface CallRecord {
  readonly callId: CallId;
  readonly tenantId: TenantId;
  readonly status: CallStatus;
  readonly direction: CallDirection;
  readonly channel: Channel;
  readonly from: string;
  readonly to: string;
  readonly carrierCallId: string | null;
  /** The carrier's attestation of the caller's right to the number; null when there is none. */
  readonly attestation: string | null;
  readonly agent: { readonly id: string; readonly version: number; readonly name: string } | null;
  /** Kind of the model that spoke first; null when none did. */
  readonly modelKind: string | null;
  /** BCP 47; the call began in it. Null for a refused one. */
  readonly language: string | null;
  /** The prompt variant it got; null outside an experiment. */
  readonly variantKey: string | null;
  readonly callerGroup: string | null;
  readonly admittedAt: Date;
  readonly answeredAt: Date | null;
  readonly endedAt: Date | null;
  readonly durationMs: number | null;
  readonly termination: Termination | null;
  /** By kind, as in the `latency.measured` event. */
  readonly latencies: Readonly<Record<string, LatencySummary>>;
  readonly usage: readonly { readonly provider: string; readonly model: string; readonly usage: Usage }[];
  /** Null when nothing was used. */
  readonly cost: CallCost | null;
  /** The models that spoke, in their order. */
  readonly models: readonly SpeakingModel[];
  /**
   * Number of events missing from the record, because the log was full or they could not be read; 0 for a
   * complete one.
   */
  readonly missingEvents: number;
  /**
   * Number of events it was folded from. A later fold never has fewer, so an earlier one does not overwrite
   * it.
   */
  readonly eventCount: number;
  readonly legs: readonly CallLegRecord[];
  /** The event log as it is kept: without digits that were pressed, and without unheard words. */
  readonly events: readonly CallEvent[];
  readonly utterances: readonly UtteranceRecord[];
  readonly toolCalls: readonly ToolCallRecord[];
  readonly recordings: readonly RecordingRecord[];
  readonly disposition: DispositionRecord | null;
}

/** A call that was refused, or whose caller gave up waiting. */
export interface RefusedCall {
  readonly callId: CallId;
  /** Null only for `unknown-number`. */
  readonly tenantId: TenantId | null;
  readonly direction: CallDirection;
  readonly channel: Channel;
  readonly from: string;
  readonly to: string;
  readonly carrierCallId: string | null;
  /** The carrier's attestation of the caller's right to the number; null when there is none. */
  readonly attestation: string | null;
  /** Time of the first ring. */
  readonly rangAt: Date;
  readonly refusedAt: Date;
  readonly reason: RefusalReason;
  /** BCP 47, of the spoken refusal. */
  readonly language: string;
  readonly callerGroup: string | null;
}
