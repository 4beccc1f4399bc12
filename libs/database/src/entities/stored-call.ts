import type { CallDirection, CallStatus, Channel, RefusalReason } from '@tandem/contracts';
import type { CallRecord, RecordingRecord, UtteranceRecord } from './call-record.ts';

/** A call in a list. */
export interface CallSummary extends Omit<
  CallRecord,
  | 'latencies'
  | 'usage'
  | 'cost'
  | 'models'
  | 'eventCount'
  | 'events'
  | 'legs'
  | 'utterances'
  | 'toolCalls'
  | 'recordings'
  | 'disposition'
> {
  readonly refusalReason: RefusalReason | null;
  /** Millionths of a US dollar; null when nothing was used. */
  readonly costMicros: number | null;
  /** The outcome of its disposition. */
  readonly outcome: string | null;
}

/** A recording, and whether its sound is still there. */
interface KeptRecording extends RecordingRecord {
  readonly deletedAt: Date | null;
}

/** A call with everything stored about it. */
export interface CallDetail extends Omit<CallRecord, 'eventCount' | 'events' | 'recordings' | 'utterances'> {
  readonly utterances: readonly Omit<UtteranceRecord, 'unheard'>[];
  readonly recordings: readonly KeptRecording[];
  readonly refusalReason: RefusalReason | null;
}

export interface CallFilter {
  readonly status?: CallStatus | undefined;
  /** Exact, as the carrier gave it. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly refusalReason?: RefusalReason | undefined;
  readonly variantKey?: string | undefined;
  readonly callerGroup?: string | undefined;
  /** BCP 47, exact. */
  readonly language?: string | undefined;
  readonly agentId?: string | undefined;
  readonly agentVersion?: number | undefined;
  readonly channel?: Channel | undefined;
  readonly direction?: CallDirection | undefined;
  /** The outcome as it counts: corrected, or as written with the call. */
  readonly outcome?: string | undefined;
  /** A reason, or a class of reasons. */
  readonly termination?: string | undefined;
  readonly minDurationMs?: number | undefined;
  readonly maxDurationMs?: number | undefined;
  readonly minCostMicros?: number | undefined;
  readonly hasRecording?: boolean | undefined;
  readonly interruptedAtLeast?: number | undefined;
  /** A tool failed or took too long. */
  readonly toolFailed?: boolean | undefined;
  readonly tag?: string | undefined;
  /** A part of the other party's number, the beginning of the call's id, or the reference of a booking. */
  readonly search?: string | undefined;
  /** Admitted at or after. */
  readonly since?: Date | undefined;
  /** Admitted before. */
  readonly until?: Date | undefined;
}
