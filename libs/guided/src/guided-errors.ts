import { ProviderError } from '@tandem/contracts';

/** Wraps an error for the port. */
export function asProviderError(error: unknown): ProviderError {
  if (error instanceof ProviderError) return error;
  return new ProviderError('The guided engine failed.', {
    provider: 'guided',
    code: 'internal',
    category: 'unknown',
    cause: error,
  });
}
