import type { ProviderError } from '@tandem/contracts';
import type { ResponseStatus } from '@tandem/conversation';
import type { ProviderSession } from './providers/provider-session.ts';
import type { RunningResponse } from './responses/pending-responses.ts';

/** Questions and events of the listener of a provider session, answered by the session above it. */
export interface ProviderSessionEvents {
  onSessionReady(inner: ProviderSession): void;
  onSessionClosed(inner: ProviderSession, error: ProviderError | null): void;
  /** The session is in use. */
  isUsed(inner: ProviderSession): boolean;
  /** Speech or a response begins, which a prepared session would not know. */
  onActivity(): void;
  /** The caller's turn is over. */
  onTurnEnded(): void;
  /** Words or a response that a renewal waited for have come. */
  onSettled(): void;
  /** A response is running or requested. */
  expectResponse(): void;
  /** Returns why the response counts as failed, or null. */
  classify(
    inner: ProviderSession,
    running: RunningResponse | null,
    status: ResponseStatus,
  ): ProviderError | null;
  onResponseFailed(
    inner: ProviderSession,
    running: RunningResponse | null,
    error: ProviderError,
    status: ResponseStatus,
  ): void;
  onFault(error: ProviderError): void;
}
