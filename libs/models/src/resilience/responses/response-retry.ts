import type { ProviderError } from '@tandem/contracts';
import type { ResponseStatus, SpeakRequest } from '@tandem/conversation';
import type { CallerReplay } from '../caller/caller-replay.ts';
import { CUT_OFF, failure } from '../../provider-failures.ts';
import type { ProviderSession } from '../providers/provider-session.ts';
import { healthOf, type FallbackChain } from '../providers/fallback-chain.ts';
import type { PendingResponses, RunningResponse } from './pending-responses.ts';
import type { CallerTurnStates } from '../caller/caller-turn-states.ts';

export interface ResponseRetryParts {
  readonly owed: PendingResponses;
  readonly caller: CallerReplay;
  readonly words: CallerTurnStates;
  readonly ladder: FallbackChain;
  /** The call is coming to its end: nobody misses an answer. */
  readonly isClosing: () => boolean;
  /** A failure the provider did not tell of itself. */
  readonly fault: (error: ProviderError, status: ResponseStatus) => void;
  /** The session is the one the caller talks to, and the call is not over. */
  readonly isUsed: (inner: ProviderSession) => boolean;
  readonly ask: (request: SpeakRequest) => void;
  readonly later: (delayMs: number, run: () => void) => void;
  /** The next rung is to go on. */
  readonly leave: (inner: ProviderSession, error: ProviderError) => void;
}

/** A provider that is short of tokens gets a moment before it is asked again. */
const RATE_LIMIT_PAUSE_MS = 500;
/**
 * The caller's words tell whether silence was an answer; they are waited for this long before a model is
 * given up.
 */
const WORDS_PATIENCE_MS = 1_000;
const UNHEARD = 'Your last answer made no sound: the caller has heard nothing of it. Say it now.';
export const GO_ON =
  'Your last answer was cut off where the conversation shows it. Go on exactly there. Do not repeat ' +
  'what you have said, and do not speak of the interruption.';

/**
 * Responses that come to nothing or are cut off by the provider: each is asked for once more, or gone on
 * with; the second in a row says that the model will not do.
 */
export class ResponseRetryPolicy {
  private lastFault: ProviderError | null = null;
  private failedInARow = 0;

  constructor(private readonly parts: ResponseRetryParts) {}

  /** The provider told of a failure: it may be the reason of the response that ends next. */
  fault(error: ProviderError): void {
    this.lastFault = error;
  }

  /** Why a response counts as failed; null when it does not. */
  classify(
    inner: ProviderSession,
    running: RunningResponse | null,
    status: ResponseStatus,
  ): ProviderError | null {
    const told = this.lastFault;
    this.lastFault = null;
    const code = this.failureOf(inner, running, status);
    if (code === null) {
      if (status !== 'cancelled') this.onCompleted(inner);
      return null;
    }
    if (told && code !== 'no-sound') return told;
    const error = failure(inner.session.provider, code);
    this.parts.fault(error, status);
    return error;
  }

  /** Has the response once more, from this session or from the next rung. */
  failed(
    inner: ProviderSession,
    running: RunningResponse | null,
    error: ProviderError,
    status: ResponseStatus,
  ): void {
    const { owed, later, isUsed, leave, words } = this.parts;
    if (running) owed.failed(running);
    if (status === 'completed' && running?.request.kind === 'reply') inner.session.addNote(UNHEARD);
    this.failedInARow += 1;
    if (this.mayRetry(inner, error, status)) {
      const pauseMs = error.category === 'rate-limit' ? RATE_LIMIT_PAUSE_MS : 0;
      return later(pauseMs, () => isUsed(inner) && this.retry(inner));
    }
    if (status !== 'completed' || !words.isUnknown) return leave(inner, error);
    later(WORDS_PATIENCE_MS, () => {
      if (!isUsed(inner) || owed.isExpecting) return;
      if (words.isWordless) owed.carryOver();
      else leave(inner, error);
    });
  }

  /** The next rung has it from here. */
  forget(): void {
    this.failedInARow = 0;
  }

  private onCompleted(inner: ProviderSession): void {
    const { ladder, caller, words } = this.parts;
    this.failedInARow = 0;
    ladder.answered();
    caller.markAnswered();
    words.answered();
    healthOf(inner.rung).responseSucceeded();
  }

  private failureOf(
    inner: ProviderSession,
    running: RunningResponse | null,
    status: ResponseStatus,
  ): 'response-failed' | 'no-sound' | typeof CUT_OFF | null {
    if (status === 'failed') return 'response-failed';
    // After tools comes the reply to their results; nobody misses what was cancelled.
    if (
      status === 'cancelled' ||
      running === null ||
      running.hasTools ||
      running.isCancelled ||
      this.parts.isClosing()
    )
      return null;
    if (status === 'incomplete') return CUT_OFF;
    const isHeard = running.hasSound || inner.rung.canHang === false;
    return isHeard || mayBeSilent(running.request) || this.parts.words.isWordless ? null : 'no-sound';
  }

  /** An answer that was cut short tells of what was said, not of a provider in trouble. */
  private mayRetry(inner: ProviderSession, error: ProviderError, status: ResponseStatus): boolean {
    const isFirst = !error.isPermanent && this.failedInARow === 1;
    if (status === 'incomplete') return isFirst;
    const health = healthOf(inner.rung);
    health.responseFailed(error);
    return isFirst && health.allows('answer-again');
  }

  private retry(inner: ProviderSession): void {
    const { owed, caller, ask } = this.parts;
    const { requests, isCutOff } = owed.carryOver();
    if (caller.isSpeaking) return; // The answer to what they say now covers it.
    if (isCutOff) inner.session.addNote(GO_ON);
    for (const request of requests) ask(request);
  }
}

/** The request is met by an answer without a sound. */
function mayBeSilent(request: SpeakRequest): boolean {
  return request.kind === 'say' ? request.text.trim() === '' : request.mayBeSilent === true;
}
