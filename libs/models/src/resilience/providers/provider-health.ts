import type { ProviderError } from '@tandem/contracts';

/**
 * The purpose of an attempt. `open-again` and `answer-again` are retries: a provider in trouble is spared
 * them.
 */
export type AttemptKind = 'new-call' | 'running-call' | 'open-again' | 'answer-again';

/** The health of a provider over all calls, from memory: never waits, never throws. */
export interface ProviderHealth {
  /** Returns whether the attempt may be made. True uses up a probe or a retry. */
  allows(kind: AttemptKind): boolean;
  openSucceeded(): void;
  openFailed(error: ProviderError): void;
  /** A response was completed. */
  responseSucceeded(): void;
  /** A response failed or did not come. */
  responseFailed(error: ProviderError): void;
}

/** For models that run in-process: always healthy. */
export const ALWAYS_HEALTHY: ProviderHealth = {
  allows: () => true,
  openSucceeded: () => undefined,
  openFailed: () => undefined,
  responseSucceeded: () => undefined,
  responseFailed: () => undefined,
};
