import type { ItemId, ProviderError, ResponseId, ToolOutcome, Usage } from '@tandem/contracts';
import type {
  AudioFrame,
  MissingToolsReason,
  ModelMove,
  ModelSessionListener,
  ModelToolCall,
  ResponseStatus,
} from '@tandem/conversation';
import type { CallerReplay } from './caller/caller-replay.ts';
import type { ProviderSession } from './providers/provider-session.ts';
import type { PendingResponses } from './responses/pending-responses.ts';
import type { CallerTurnStates } from './caller/caller-turn-states.ts';
import type { Watchdog } from './providers/watchdog.ts';
import type { ProviderSessionEvents } from './provider-session-events.ts';

export interface ProviderSessionListenerParts {
  /** The conversation. */
  readonly listener: ModelSessionListener;
  readonly pending: PendingResponses;
  readonly caller: CallerReplay;
  readonly turnStates: CallerTurnStates;
  readonly watchdog: Watchdog;
  readonly events: ProviderSessionEvents;
}

/**
 * Listens to one provider session: keeps what its successor needs, and forwards events while it is in use.
 */
export class ProviderSessionListener implements ModelSessionListener {
  constructor(
    private readonly inner: ProviderSession,
    private readonly parts: ProviderSessionListenerParts,
  ) {}

  onReady(): void {
    this.parts.events.onSessionReady(this.inner);
  }

  onClosed(error: ProviderError | null): void {
    this.parts.events.onSessionClosed(this.inner, error);
  }

  onAudio(frame: AudioFrame, itemId: ItemId, responseId: ResponseId): void {
    if (!this.isInUse()) return;
    const { watchdog, pending, listener } = this.parts;
    watchdog.onProgress();
    if (pending.running) pending.running.hasSound = true;
    this.inner.markSpoken(itemId);
    listener.onAudio(frame, itemId, responseId);
  }

  onAgentText(itemId: ItemId, delta: string): void {
    if (this.isInUse()) this.parts.listener.onAgentText(itemId, delta);
  }

  onItemDone(itemId: ItemId, responseId: ResponseId): void {
    if (this.isInUse()) this.parts.listener.onItemDone(itemId, responseId);
  }

  onCallerSpeechStarted(itemId: ItemId): void {
    if (!this.isInUse()) return;
    const { pending, caller, turnStates, listener, events } = this.parts;
    events.onActivity();
    pending.onCallerSpeech();
    const name = caller.onSpeechStarted(itemId);
    if (name === null) return;
    turnStates.onSpeechStarted(name);
    listener.onCallerSpeechStarted(name);
  }

  onCallerSpeechStopped(itemId: ItemId, endedAgoMs: number): void {
    if (!this.isInUse()) return;
    const { caller, turnStates, listener, events } = this.parts;
    const name = caller.onSpeechStopped(itemId);
    if (name !== null) turnStates.onSpeechStopped(name);
    events.onTurnEnded();
    if (name !== null) listener.onCallerSpeechStopped(name, endedAgoMs);
  }

  onCallerText(itemId: ItemId, text: string | null, isFinal: boolean): void {
    if (!this.isInUse()) return;
    const { caller, turnStates, listener, events } = this.parts;
    const name = isFinal ? caller.onTranscribed(itemId) : caller.nameOf(itemId);
    if (isFinal) turnStates.onTranscribed(name, text);
    listener.onCallerText(name, text, isFinal);
    if (isFinal) events.onSettled();
  }

  onTranscriptionFailed(error: ProviderError): void {
    if (this.isInUse()) this.parts.listener.onTranscriptionFailed?.(error);
  }

  onResponseStarted(responseId: ResponseId): void {
    if (!this.isInUse()) return;
    const { pending, caller, turnStates, listener, events } = this.parts;
    events.onActivity();
    pending.onStarted(responseId);
    caller.markAnswering();
    turnStates.markAnswering();
    events.expectResponse();
    listener.onResponseStarted(responseId);
  }

  onToolCall(call: ModelToolCall): void {
    if (!this.isInUse()) return;
    const { watchdog, pending, listener } = this.parts;
    watchdog.onProgress();
    if (pending.running) pending.running.hasTools = true;
    if (call.isHosted) this.inner.hostedCallAsked(call.providerCallId);
    listener.onToolCall(call);
  }

  onHostedToolEnded(providerCallId: string, outcome: ToolOutcome): void {
    if (!this.isInUse()) return;
    this.inner.hostedCallEnded(providerCallId);
    this.parts.listener.onHostedToolEnded?.(providerCallId, outcome);
  }

  onToolsMissing(names: readonly string[], why: MissingToolsReason): void {
    if (this.isInUse()) this.parts.listener.onToolsMissing?.(names, why);
    else this.inner.keepMissingTools(names, why);
  }

  onResponseDone(responseId: ResponseId, status: ResponseStatus, usage: Usage | null): void {
    if (!this.isInUse()) return;
    const { watchdog, pending, listener, events } = this.parts;
    watchdog.onProgress();
    const running = pending.onDone(responseId);
    const error = events.classify(this.inner, running, status);
    // We retry this ourselves, so the conversation must see it as cancelled.
    listener.onResponseDone(responseId, error ? 'cancelled' : status, usage);
    if (error) events.onResponseFailed(this.inner, running, error, status);
    else if (pending.isExpecting) events.expectResponse();
    events.onSettled();
  }

  /** Forwards usage of unused sessions too: it is billed. */
  onUsage(model: string, usage: Usage): void {
    this.parts.listener.onUsage?.(model, usage);
  }

  onMoved(move: ModelMove): void {
    if (this.isInUse()) this.parts.listener.onMoved(move);
  }

  onFault(error: ProviderError, status?: ResponseStatus): void {
    if (!this.isInUse()) return;
    this.parts.events.onFault(error);
    this.parts.listener.onFault(error, status);
  }

  /** Events of a session in use count as signs of life; the others are ignored. */
  private isInUse(): boolean {
    if (!this.parts.events.isUsed(this.inner)) return false;
    this.parts.watchdog.onEvent();
    this.parts.caller.onEvent();
    return true;
  }
}
