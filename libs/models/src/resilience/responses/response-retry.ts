import type { ProviderError } from '@tandem/contracts';
import type { ResponseStatus, SpeakRequest } from '@tandem/conversation';
import type { CallerReplay } from '../caller/caller-replay.ts';
import { failure } from '../../provider-failures.ts';
import type { ProviderSession } from '../providers/provider-session.ts';
import { healthOf, type FallbackChain } from '../providers/fallback-chain.ts';
import type { PendingResponses, RunningResponse } from './pending-responses.ts';
import type { CallerTurnStates } from '../caller/caller-turn-states.ts';
import { failureOf } from './response-failure.ts';

export interface ResponseRetryParts {
  readonly pending: PendingResponses;
  readonly caller: CallerReplay;
  readonly turnStates: CallerTurnStates;
  readonly fallbacks: FallbackChain;
  /** The call is ending: no response is missed. */
  readonly isClosing: () => boolean;
  /** Reports a failure that the provider did not report itself. */
  readonly onFault: (error: ProviderError, status: ResponseStatus) => void;
  /** The session is in use, and the call is not over. */
  readonly isUsed: (inner: ProviderSession) => boolean;
  readonly ask: (request: SpeakRequest) => void;
  readonly after: (delayMs: number, run: () => void) => void;
  /** Goes on with the next fallback. */
  readonly leaveModel: (inner: ProviderSession, error: ProviderError) => void;
}

/** Pause before a retry at a provider that reported a rate limit. */
const RATE_LIMIT_PAUSE_MS = 500;
/**
 * How long we wait for the caller's words before a silent model is left: silence is the right response to a
 * sound without words.
 */
const WORDS_PATIENCE_MS = 1_000;
const UNHEARD = 'Your last answer made no sound: the caller has heard nothing of it. Say it now.';
export const GO_ON =
  'Your last answer was cut off where the conversation shows it. Go on exactly there. Do not repeat ' +
  'what you have said, and do not speak of the interruption.';

/**
 * Retries responses that failed, were silent or were cut off by the provider: once each, from where they were
 * cut. After the second one in a row the call goes on with the next fallback.
 */
export class ResponseRetryPolicy {
  private lastFault: ProviderError | null = null;
  private failedInARow = 0;

  constructor(private readonly parts: ResponseRetryParts) {}

  /** Keeps an error the provider reported: it may be the reason of the response that ends next. */
  noteFault(error: ProviderError): void {
    this.lastFault = error;
  }

  /** Returns why a response counts as failed, or null. */
  classify(
    inner: ProviderSession,
    running: RunningResponse | null,
    status: ResponseStatus,
  ): ProviderError | null {
    const told = this.lastFault;
    this.lastFault = null;
    const { isClosing, turnStates } = this.parts;
    const code = failureOf(running, status, {
      isClosing: isClosing(),
      isSilenceRight: inner.target.canHang === false || turnStates.isWordless,
    });
    if (code === null) {
      if (status !== 'cancelled') this.onCompleted(inner);
      return null;
    }
    if (told && code !== 'no-sound') return told;
    const error = failure(inner.session.provider, code);
    this.parts.onFault(error, status);
    return error;
  }

  /** Asks for the response once more, from this session or from the next fallback. */
  recover(
    inner: ProviderSession,
    running: RunningResponse | null,
    error: ProviderError,
    status: ResponseStatus,
  ): void {
    const { pending, after, isUsed, leaveModel, turnStates } = this.parts;
    if (running) pending.requeue(running);
    if (status === 'completed' && running?.request.kind === 'reply') inner.session.addNote(UNHEARD);
    this.failedInARow += 1;
    if (this.mayRetry(inner, error, status)) {
      const pauseMs = error.category === 'rate-limit' ? RATE_LIMIT_PAUSE_MS : 0;
      return after(pauseMs, () => isUsed(inner) && this.retry(inner));
    }
    if (status !== 'completed' || !turnStates.isUnknown) return leaveModel(inner, error);
    after(WORDS_PATIENCE_MS, () => {
      if (!isUsed(inner) || pending.isExpecting) return;
      if (turnStates.isWordless) pending.carryOver();
      else leaveModel(inner, error);
    });
  }

  /** Another model goes on. */
  reset(): void {
    this.failedInARow = 0;
  }

  private onCompleted(inner: ProviderSession): void {
    const { fallbacks, caller, turnStates } = this.parts;
    this.failedInARow = 0;
    fallbacks.markAnswered();
    caller.markAnswered();
    turnStates.markAnswered();
    healthOf(inner.target).responseSucceeded();
  }

  /** An incomplete response says nothing about the provider's health. */
  private mayRetry(inner: ProviderSession, error: ProviderError, status: ResponseStatus): boolean {
    const isFirst = !error.isPermanent && this.failedInARow === 1;
    if (status === 'incomplete') return isFirst;
    const health = healthOf(inner.target);
    health.responseFailed(error);
    return isFirst && health.allows('answer-again');
  }

  private retry(inner: ProviderSession): void {
    const { pending, caller, ask } = this.parts;
    const { requests, isCutOff } = pending.carryOver();
    if (caller.isSpeaking) return; // The reply to the turn under way covers it.
    if (isCutOff) inner.session.addNote(GO_ON);
    for (const request of requests) ask(request);
  }
}
