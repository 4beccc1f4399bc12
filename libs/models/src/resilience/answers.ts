import type { ProviderError } from '@tandem/contracts';
import type { ResponseStatus, SpeakRequest } from '@tandem/conversation';
import type { CallerReplay } from './caller-replay.ts';
import { CUT_OFF, failure } from './failures.ts';
import type { InnerSession } from './inner-session.ts';
import { healthOf, type Ladder } from './ladder.ts';
import type { Owed, RunningResponse } from './owed.ts';
import type { TurnWords } from './turn-words.ts';

export interface AnswersParts {
  readonly owed: Owed;
  readonly caller: CallerReplay;
  readonly words: TurnWords;
  readonly ladder: Ladder;
  /** The call is coming to its end: nobody misses an answer. */
  readonly isClosing: () => boolean;
  /** A failure the provider did not tell of itself. */
  readonly fault: (error: ProviderError, status: ResponseStatus) => void;
  /** The session is the one the caller talks to, and the call is not over. */
  readonly isUsed: (inner: InnerSession) => boolean;
  readonly ask: (request: SpeakRequest) => void;
  readonly later: (delayMs: number, run: () => void) => void;
  /** The next rung is to go on. */
  readonly leave: (inner: InnerSession, error: ProviderError) => void;
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
export class Answers {
  private lastFault: ProviderError | null = null;
  private failedInARow = 0;

  constructor(private readonly parts: AnswersParts) {}

  /** The provider told of a failure: it may be the reason of the response that ends next. */
  fault(error: ProviderError): void {
    this.lastFault = error;
  }

  /** Why a response counts as failed; null when it does not. */
  judge(inner: InnerSession, running: RunningResponse | null, status: ResponseStatus): ProviderError | null {
    const told = this.lastFault;
    this.lastFault = null;
    const code = this.failureOf(inner, running, status);
    if (code === null) {
      if (status !== 'cancelled') this.answered(inner);
      return null;
    }
    if (told && code !== 'no-sound') return told;
    const error = failure(inner.session.provider, code);
    this.parts.fault(error, status);
    return error;
  }

  /** Has the response once more, from this session or from the next rung. */
  failed(
    inner: InnerSession,
    running: RunningResponse | null,
    error: ProviderError,
    status: ResponseStatus,
  ): void {
    const { owed, later, isUsed, leave, words } = this.parts;
    if (running) owed.failed(running);
    if (status === 'completed' && running?.request.kind === 'reply') inner.session.addNote(UNHEARD);
    this.failedInARow += 1;
    if (this.mayAskAgain(inner, error, status)) {
      const pauseMs = error.category === 'rate-limit' ? RATE_LIMIT_PAUSE_MS : 0;
      return later(pauseMs, () => isUsed(inner) && this.askAgain(inner));
    }
    if (status !== 'completed' || !words.isUnknown) return leave(inner, error);
    later(WORDS_PATIENCE_MS, () => {
      if (!isUsed(inner) || owed.isExpecting) return;
      if (words.isWordless) owed.take();
      else leave(inner, error);
    });
  }

  /** The next rung has it from here. */
  forget(): void {
    this.failedInARow = 0;
  }

  private answered(inner: InnerSession): void {
    const { ladder, caller, words } = this.parts;
    this.failedInARow = 0;
    ladder.answered();
    caller.answered();
    words.answered();
    healthOf(inner.rung).answered();
  }

  private failureOf(
    inner: InnerSession,
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
  private mayAskAgain(inner: InnerSession, error: ProviderError, status: ResponseStatus): boolean {
    const isFirst = !error.isPermanent && this.failedInARow === 1;
    if (status === 'incomplete') return isFirst;
    const health = healthOf(inner.rung);
    health.answerFailed(error);
    return isFirst && health.mayTry('answer-again');
  }

  private askAgain(inner: InnerSession): void {
    const { owed, caller, ask } = this.parts;
    const { requests, isCutOff } = owed.take();
    if (caller.isSpeaking) return; // The answer to what they say now covers it.
    if (isCutOff) inner.session.addNote(GO_ON);
    for (const request of requests) ask(request);
  }
}

/** The request is met by an answer without a sound. */
function mayBeSilent(request: SpeakRequest): boolean {
  return request.kind === 'say' ? request.text.trim() === '' : request.mayBeSilent === true;
}
