import { ProviderError, type ProviderErrorCategory } from '@tandem/contracts';

/** The socket is open and nothing comes: what adapters and the watchdog call a hang. */
export const NO_ANSWER = 'no-answer';

/** The provider ended the response before its end, and did not say why. */
export const CUT_OFF = 'incomplete';

const FAILURES = {
  [NO_ANSWER]: ['connectivity', 'has stopped answering'],
  'closed-early': ['connectivity', 'closed its session'],
  'no-sound': ['server', 'ended its response without a sound'],
  'response-failed': ['server', 'failed without a reason'],
  [CUT_OFF]: ['server', 'cut its response off without a reason'],
  'no-model-available': ['connectivity', 'cannot be asked now, nor can another'],
} as const satisfies Record<string, readonly [ProviderErrorCategory, string]>;

/** What a provider did not say of itself. */
export function failure(provider: string, code: keyof typeof FAILURES): ProviderError {
  const [category, what] = FAILURES[code];
  return new ProviderError(`The ${provider} model ${what}.`, { provider, code, category });
}
