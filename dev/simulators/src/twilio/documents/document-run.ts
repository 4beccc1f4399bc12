import type { CallEndCause } from '../leg/call-report.ts';

/**
 * A call's own document, one heard by a dialled party before the bridge, or one heard while waiting in a
 * queue.
 */
export type RunMode = 'call' | 'whisper' | 'queue-wait';

/** The end of a run of documents. */
export type RunEnd =
  | { readonly kind: 'finished' }
  | { readonly kind: 'left-queue' }
  | { readonly kind: 'hangup'; readonly cause: CallEndCause }
  | { readonly kind: 'rejected'; readonly isBusy: boolean }
  /** The call ended or was given another document meanwhile. */
  | { readonly kind: 'interrupted' };
