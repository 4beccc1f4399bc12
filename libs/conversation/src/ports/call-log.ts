import type { NewCallEvent } from '@tandem/contracts';

/**
 * Where facts of one call go. `append` never throws, never blocks and keeps order. It holds what is not yet
 * stored, up to a bound; what goes over the bound is dropped and counted.
 */
export interface CallLog {
  append(fact: NewCallEvent): void;
  /** Resolves when everything appended so far is stored, or after `timeoutMs`; says which. */
  flush(timeoutMs: number): Promise<'stored' | 'timed-out'>;
}
