import type { ProviderError } from '@tandem/contracts';
import type { ResponseStatus } from '@tandem/conversation';
import { failure } from './failures.ts';
import type { InnerSession } from './inner-session.ts';
import { healthOf } from './ladder.ts';
import type { RunningResponse } from './owed.ts';

/** A provider that is short of tokens gets a moment before it is asked again. */
const RATE_LIMIT_PAUSE_MS = 500;

/** Responses that come to nothing: each is asked for once more, the second in a row says that the model will not do. */
export class Answers {
  private lastFault: ProviderError | null = null;
  private failedInARow = 0;

  fault(error: ProviderError): void {
    this.lastFault = error;
  }

  /** Why a response counts as failed; null when it does not. */
  judge(inner: InnerSession, running: RunningResponse | null, status: ResponseStatus): ProviderError | null {
    const fault = this.lastFault;
    this.lastFault = null;
    const { provider } = inner.session;
    if (status === 'failed') return fault ?? failure(provider, 'response-failed');
    if (status === 'cancelled') return null;
    const isSilent = inner.rung.canHang !== false && !inner.hasSpoken && running !== null && !running.hasTools;
    if (isSilent) return failure(provider, 'no-sound');
    this.failedInARow = 0;
    return null;
  }

  /** After how long the same session is asked again; null when the next rung is. */
  retryAfterMs(inner: InnerSession, error: ProviderError): number | null {
    const health = healthOf(inner.rung);
    health.answerFailed(error);
    this.failedInARow += 1;
    if (!error.isPermanent && this.failedInARow === 1 && health.mayTry('answer-again')) return error.category === 'rate-limit' ? RATE_LIMIT_PAUSE_MS : 0;
    this.failedInARow = 0;
    return null;
  }
}
