import type { ProviderError } from '@tandem/contracts';

/**
 * What a try is for. The `again` kinds repeat what has just failed, and are the ones a provider in trouble is
 * spared.
 */
export type AttemptKind = 'new-call' | 'running-call' | 'open-again' | 'answer-again';

/**
 * What is known of the provider behind a rung over all calls, and is told what this call learns. Answers at
 * once, from memory, and never throws.
 */
export interface ProviderHealth {
  /** Whether it is worth asking now. A yes may be counted on: it uses up a probe or a repetition. */
  allows(kind: AttemptKind): boolean;
  openSucceeded(): void;
  openFailed(error: ProviderError): void;
  /** A response came to its end. */
  responseSucceeded(): void;
  /** A response failed, or nothing came at all. */
  responseFailed(error: ProviderError): void;
}

/** Of a model that has nobody behind it who could be in trouble. */
export const ALWAYS_HEALTHY: ProviderHealth = {
  allows: () => true,
  openSucceeded: () => undefined,
  openFailed: () => undefined,
  responseSucceeded: () => undefined,
  responseFailed: () => undefined,
};
