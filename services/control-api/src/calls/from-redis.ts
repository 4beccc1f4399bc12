import { DependencyUnavailable } from '@tandem/contracts';

/** Returns what Redis answers. @throws DependencyUnavailable when it does not */
export async function fromRedis<Value>(answer: Promise<Value>): Promise<Value> {
  try {
    return await answer;
  } catch (error) {
    throw new DependencyUnavailable(
      'redis',
      error instanceof Error ? error.name : 'unknown',
      'Call state does not answer.',
    );
  }
}
