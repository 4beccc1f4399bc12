import type {
  AfterCall,
  AnalysisJob,
  AnalysisSource,
  AnalysisState,
  CallId,
  ExtractionState,
  FollowUp,
  JsonValue,
  TenantId,
} from '@tandem/contracts';

/** Tokens of all requests for one analysis. Cached ones are part of the input. */
export interface AnalysisUsage {
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  readonly outputTokens: number;
}

/** The findings of an analysis. */
export interface AnalysisFindings {
  readonly source: AnalysisSource;
  /** Name of the model; null for rules. */
  readonly model: string | null;
  /** Null when none was asked for. */
  readonly summary: string | null;
  /** Key of an outcome of the agent's, or of a built-in disposition; null when none fits. */
  readonly outcome: string | null;
  readonly extractionState: ExtractionState;
  readonly extraction: JsonValue;
  readonly followUps: readonly FollowUp[];
  readonly usage: AnalysisUsage | null;
  /** Millionths of a US dollar; null when the model's price is not known. */
  readonly costMicros: number | null;
}

/** The end of an analysis. */
export type AnalysisResult =
  | ({ readonly state: 'done' } & AnalysisFindings)
  | {
      readonly state: 'failed';
      /** A word, or the provider's code. */
      readonly reason: string;
      readonly model: string | null;
      readonly usage: AnalysisUsage | null;
      readonly costMicros: number | null;
    };

/** The analysis of a call by one version of the settings. */
export interface CallAnalysis extends Omit<AnalysisFindings, 'source'> {
  readonly id: string;
  readonly tenantId: TenantId;
  readonly callId: CallId;
  /** Digest of the settings it was made by. */
  readonly version: string;
  readonly state: AnalysisState;
  /** Whether a run asked for it, not the end of the call. */
  readonly isReplay: boolean;
  /** Null while there is no result. */
  readonly source: AnalysisSource | null;
  /** Why it failed; null otherwise. */
  readonly reason: string | null;
  readonly createdAt: Date;
  readonly settledAt: Date | null;
}

/** An analysis to be made, with what is known about its agent. */
export interface WaitingAnalysis extends AnalysisJob {
  readonly callId: CallId;
  readonly isReplay: boolean;
  /** As stored; checked again by the reader. */
  readonly settings: unknown;
  /** BCP 47; null when the version of the agent is gone. */
  readonly language: string | null;
  readonly companyName: string;
  /** IANA name. */
  readonly timeZone: string;
}

/** A job to be put into the queue. */
export interface DueAnalysis extends AnalysisJob {
  readonly isReplay: boolean;
  /** Its place in the line of its tenant, from 1, those under way included. */
  readonly place: number;
}

/** A message for the staff that comes with an analysis. */
export interface FollowUpMessage {
  readonly body: string;
  /** E.164; null for a caller without a trusted number. */
  readonly contactPhone: string | null;
}

/** The calls of a run: named ones, or those admitted in a period. */
export type RunSelection =
  | { readonly callIds: readonly CallId[] }
  | { readonly from: Date; readonly to: Date; readonly agentId: string | null };

export interface NewAnalysisRun {
  readonly selection: RunSelection;
  /** In place of the settings of each call's own agent. */
  readonly settings: AfterCall | null;
}

export interface AnalysisRun {
  readonly id: string;
  readonly version: string | null;
  readonly skipped: number;
  readonly queued: number;
  readonly done: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly createdAt: Date;
  readonly cancelledAt: Date | null;
}

/** The latest analysis of a call, for a table. */
export interface ExportedAnalysis extends CallAnalysis {
  readonly admittedAt: Date;
  readonly from: string;
  readonly to: string;
  readonly agentId: string | null;
  readonly agentName: string | null;
  readonly agentVersion: number | null;
  readonly durationMs: number | null;
  readonly disposition: string | null;
}

export interface ExportSelection {
  readonly from: Date;
  readonly to: Date;
  readonly agentId: string | null;
}
