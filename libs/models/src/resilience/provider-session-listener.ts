import type { ItemId, ProviderError, ResponseId, Usage } from '@tandem/contracts';
import type {
  AudioFrame,
  ModelMove,
  ModelSessionListener,
  ModelToolCall,
  ResponseStatus,
} from '@tandem/conversation';
import type { CallerReplay } from './caller/caller-replay.ts';
import type { ProviderSession } from './providers/provider-session.ts';
import type { PendingResponses, RunningResponse } from './responses/pending-responses.ts';
import type { CallerTurnStates } from './caller/caller-turn-states.ts';
import type { Watchdog } from './providers/watchdog.ts';

export interface ProviderSessionEvents {
  ready(inner: ProviderSession): void;
  closed(inner: ProviderSession, error: ProviderError | null): void;
  /** The session is the one the caller talks to. */
  isUsed(inner: ProviderSession): boolean;
  /** Something begins that a session made before it would not know of. */
  disturbed(): void;
  /** The caller's turn is over. */
  turnEnded(): void;
  /** Something is settled that a pause may have waited for. */
  settled(): void;
  /** A response runs, or is asked for. */
  expect(): void;
  /** Why the response counts as failed; null when it does not. */
  judge(
    inner: ProviderSession,
    running: RunningResponse | null,
    status: ResponseStatus,
  ): ProviderError | null;
  responseFailed(
    inner: ProviderSession,
    running: RunningResponse | null,
    error: ProviderError,
    status: ResponseStatus,
  ): void;
  fault(error: ProviderError): void;
}

export interface ProviderSessionListenerParts {
  /** The conversation. */
  readonly listener: ModelSessionListener;
  readonly owed: PendingResponses;
  readonly caller: CallerReplay;
  readonly words: CallerTurnStates;
  readonly watchdog: Watchdog;
  readonly events: ProviderSessionEvents;
}

/**
 * Hears one inner session: takes down what matters for its successor, and passes the rest on while it is in
 * use.
 */
export class ProviderSessionListener implements ModelSessionListener {
  constructor(
    private readonly inner: ProviderSession,
    private readonly parts: ProviderSessionListenerParts,
  ) {}

  onReady(): void {
    this.parts.events.ready(this.inner);
  }

  onClosed(error: ProviderError | null): void {
    this.parts.events.closed(this.inner, error);
  }

  onAudio(frame: AudioFrame, itemId: ItemId, responseId: ResponseId): void {
    if (!this.counts()) return;
    const { watchdog, owed, listener } = this.parts;
    watchdog.satisfied();
    if (owed.running) owed.running.hasSound = true;
    this.inner.markSpoken(itemId);
    listener.onAudio(frame, itemId, responseId);
  }

  onAgentText(itemId: ItemId, delta: string): void {
    if (this.counts()) this.parts.listener.onAgentText(itemId, delta);
  }

  onItemDone(itemId: ItemId, responseId: ResponseId): void {
    if (this.counts()) this.parts.listener.onItemDone(itemId, responseId);
  }

  onCallerSpeechStarted(itemId: ItemId): void {
    if (!this.counts()) return;
    const { owed, caller, words, listener, events } = this.parts;
    events.disturbed();
    owed.callerSpeaks();
    const name = caller.started(itemId);
    if (name === null) return;
    words.started(name);
    listener.onCallerSpeechStarted(name);
  }

  onCallerSpeechStopped(itemId: ItemId, endedAgoMs: number): void {
    if (!this.counts()) return;
    const { caller, words, listener, events } = this.parts;
    const name = caller.stopped(itemId);
    if (name !== null) words.stopped(name);
    events.turnEnded();
    if (name !== null) listener.onCallerSpeechStopped(name, endedAgoMs);
  }

  onCallerText(itemId: ItemId, text: string | null, isFinal: boolean): void {
    if (!this.counts()) return;
    const { caller, words, listener, events } = this.parts;
    const name = isFinal ? caller.onTranscribed(itemId) : caller.nameOf(itemId);
    if (isFinal) words.onTranscribed(name, text);
    listener.onCallerText(name, text, isFinal);
    if (isFinal) events.settled();
  }

  onTranscriptionFailed(error: ProviderError): void {
    if (this.counts()) this.parts.listener.onTranscriptionFailed?.(error);
  }

  onResponseStarted(responseId: ResponseId): void {
    if (!this.counts()) return;
    const { owed, caller, words, listener, events } = this.parts;
    events.disturbed();
    owed.started(responseId);
    caller.markAnswering();
    words.answering();
    events.expect();
    listener.onResponseStarted(responseId);
  }

  onToolCall(call: ModelToolCall): void {
    if (!this.counts()) return;
    const { watchdog, owed, listener } = this.parts;
    watchdog.satisfied();
    if (owed.running) owed.running.hasTools = true;
    listener.onToolCall(call);
  }

  onResponseDone(responseId: ResponseId, status: ResponseStatus, usage: Usage | null): void {
    if (!this.counts()) return;
    const { watchdog, owed, listener, events } = this.parts;
    watchdog.satisfied();
    const running = owed.done(responseId);
    const error = events.judge(this.inner, running, status);
    // What is made good for is not the conversation's to repeat.
    listener.onResponseDone(responseId, error ? 'cancelled' : status, usage);
    if (error) events.responseFailed(this.inner, running, error, status);
    else if (owed.isExpecting) events.expect();
    events.settled();
  }

  /** Whoever used it has to pay for it, in use or not. */
  onUsage(model: string, usage: Usage): void {
    this.parts.listener.onUsage?.(model, usage);
  }

  onMoved(move: ModelMove): void {
    if (this.counts()) this.parts.listener.onMoved(move);
  }

  onFault(error: ProviderError, status?: ResponseStatus): void {
    if (!this.counts()) return;
    this.parts.events.fault(error);
    this.parts.listener.onFault(error, status);
  }

  /** Every event is a sign of life; those of a session that is not in use mean nothing. */
  private counts(): boolean {
    if (!this.parts.events.isUsed(this.inner)) return false;
    this.parts.watchdog.heard();
    this.parts.caller.heard();
    return true;
  }
}
