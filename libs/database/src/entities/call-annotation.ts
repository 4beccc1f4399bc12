import type { DispositionRecord } from './call-record.ts';

/** The sender of a change that a person answers for. */
export interface Author {
  readonly kind: string;
  /** Id of its API key; null for one of our services. */
  readonly id: string | null;
}

/** A correction of a disposition. */
export interface DispositionCorrection extends DispositionRecord {
  readonly reason: string;
  readonly author: Author;
  readonly at: Date;
}

/** The outcome of a call, as it was written with the call and as it was corrected since. */
export interface CorrectedDisposition {
  /** Null for a call without an outcome. */
  readonly original: DispositionRecord | null;
  /** The oldest first; the last one counts. */
  readonly corrections: readonly DispositionCorrection[];
}

export interface CallNote {
  readonly id: string;
  readonly text: string;
  readonly author: Author;
  readonly at: Date;
}
