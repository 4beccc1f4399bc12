import type { ProviderError } from '@tandem/contracts';

/**
 * What a try is for. The `again` kinds repeat what has just failed, and are the ones a provider in trouble is
 * spared.
 */
export type TryKind = 'new-call' | 'running-call' | 'open-again' | 'answer-again';

/**
 * What is known of the provider behind a rung over all calls, and is told what this call learns. Answers at
 * once, from memory, and never throws.
 */
export interface ProviderHealth {
  /** Whether it is worth asking now. A yes may be counted on: it uses up a probe or a repetition. */
  mayTry(kind: TryKind): boolean;
  opened(): void;
  openFailed(error: ProviderError): void;
  /** A response came to its end. */
  answered(): void;
  /** A response failed, or nothing came at all. */
  answerFailed(error: ProviderError): void;
}

/** Of a model that has nobody behind it who could be in trouble. */
export const ALWAYS_WELL: ProviderHealth = {
  mayTry: () => true,
  opened: () => undefined,
  openFailed: () => undefined,
  answered: () => undefined,
  answerFailed: () => undefined,
};
