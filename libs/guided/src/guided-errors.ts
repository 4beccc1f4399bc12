import { ProviderError } from '@tandem/contracts';

/** What went wrong, as the port wants it. */
export function asProviderError(error: unknown): ProviderError {
  if (error instanceof ProviderError) return error;
  return new ProviderError('The guided engine failed.', {
    provider: 'guided',
    code: 'internal',
    category: 'unknown',
    cause: error,
  });
}
