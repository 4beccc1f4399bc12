import { ProviderError, type ProviderErrorCategory } from '@tandem/contracts';

/** A hang: the socket is open and no event comes. */
export const NO_ANSWER = 'no-answer';

/** The provider cut a response off and gave no reason. */
export const CUT_OFF = 'incomplete';

const FAILURES = {
  [NO_ANSWER]: ['connectivity', 'has stopped answering'],
  'closed-early': ['connectivity', 'closed its session'],
  'no-sound': ['server', 'ended its response without a sound'],
  'response-failed': ['server', 'failed without a reason'],
  [CUT_OFF]: ['server', 'cut its response off without a reason'],
  'no-model-available': ['connectivity', 'cannot be asked now, nor can another'],
} as const satisfies Record<string, readonly [ProviderErrorCategory, string]>;

/** Makes the error of a failure that the provider did not report itself. */
export function failure(provider: string, code: keyof typeof FAILURES): ProviderError {
  const [category, what] = FAILURES[code];
  return new ProviderError(`The ${provider} model ${what}.`, { provider, code, category });
}
