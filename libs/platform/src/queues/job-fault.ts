import { DelayedError, RateLimitError, UnrecoverableError, WaitingChildrenError, WaitingError } from 'bullmq';

/** Message of an error of ioredis without a name or code of its own. */
export const CONNECTION_CLOSED = 'Connection is closed.';

/** Errors that tell BullMQ what to do with the job; their messages are ours. */
const DIRECTIVES = [DelayedError, RateLimitError, UnrecoverableError, WaitingChildrenError, WaitingError];
const WORD = /^[\w-]{1,60}$/;

/**
 * An error of a job as it may stay in Redis, where BullMQ keeps message and stack of the last attempts:
 * without the words of the original, which may quote a caller. The log has those, as the cause.
 */
export class JobFault extends Error {
  override readonly name = 'JobFault';
  constructor(cause: unknown) {
    super(wordsOf(cause), { cause });
  }
}

/** Returns the error to end an attempt with. */
export function jobFault(error: unknown): Error {
  const directive = DIRECTIVES.find((Directive) => error instanceof Directive);
  return directive ? (error as Error) : new JobFault(error);
}

/** Returns name and code of an error, such as `ProviderError: rate-limited`. */
function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return 'UnknownError';
  if (error.message === CONNECTION_CLOSED) return CONNECTION_CLOSED;
  const { code } = error as { code?: unknown };
  return [error.name, code].filter((word) => typeof word === 'string' && WORD.test(word)).join(': ');
}
