import type { NewCallEvent } from '@tandem/contracts';

/**
 * The event log of one call. `append` never throws, never blocks and keeps order. Events not yet stored are
 * buffered up to a bound; what goes over the bound is dropped and counted.
 */
export interface CallLog {
  append(fact: NewCallEvent): void;
  /** Resolves when everything appended so far is stored, or after `timeoutMs`; the value says which. */
  flush(timeoutMs: number): Promise<'stored' | 'timed-out'>;
}
