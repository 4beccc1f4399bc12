import type {
  ItemId,
  ProviderError,
  ResponseId,
  ResponseStatus,
  ToolOutcome,
  Usage,
} from '@tandem/contracts';
import type { AudioFrame } from '../audio/audio-frame.ts';
import type { FrameConverter } from '../audio/frame-converter.ts';
import type {
  MissingToolsReason,
  ModelMove,
  ModelSessionListener,
  ModelToolCall,
} from '../ports/model-session-listener.ts';

/**
 * Hands a session's events on with the agent's audio converted. Each item is a sound of its own: its last
 * samples come before its end is told, and nothing of it reaches into the next one.
 */
export class ConvertedOutput implements ModelSessionListener {
  /** The item whose audio came last and has not ended. */
  private open: { readonly itemId: ItemId; readonly responseId: ResponseId } | null = null;

  constructor(
    private readonly listener: ModelSessionListener,
    private readonly converter: FrameConverter,
  ) {}

  onAudio(frame: AudioFrame, itemId: ItemId, responseId: ResponseId): void {
    if (this.open?.itemId !== itemId) {
      this.endItem();
      this.open = { itemId, responseId };
    }
    const converted = this.converter.convert(frame);
    if (converted) this.listener.onAudio(converted, itemId, responseId);
  }

  onItemDone(itemId: ItemId, responseId: ResponseId): void {
    if (this.open?.itemId === itemId) this.endItem();
    this.listener.onItemDone(itemId, responseId);
  }

  onResponseDone(responseId: ResponseId, status: ResponseStatus, usage: Usage | null): void {
    if (this.open?.responseId === responseId) this.endItem();
    this.listener.onResponseDone(responseId, status, usage);
  }

  onReady(): void {
    this.listener.onReady();
  }

  onAgentText(itemId: ItemId, delta: string): void {
    this.listener.onAgentText(itemId, delta);
  }

  onCallerSpeechStarted(itemId: ItemId): void {
    this.listener.onCallerSpeechStarted(itemId);
  }

  onCallerSpeechStopped(itemId: ItemId, endedAgoMs: number): void {
    this.listener.onCallerSpeechStopped(itemId, endedAgoMs);
  }

  onCallerText(itemId: ItemId, text: string | null, isFinal: boolean): void {
    this.listener.onCallerText(itemId, text, isFinal);
  }

  onTranscriptionFailed(error: ProviderError): void {
    this.listener.onTranscriptionFailed?.(error);
  }

  onResponseStarted(responseId: ResponseId): void {
    this.listener.onResponseStarted(responseId);
  }

  onToolCall(call: ModelToolCall): void {
    this.listener.onToolCall(call);
  }

  onHostedToolEnded(providerCallId: string, outcome: ToolOutcome): void {
    this.listener.onHostedToolEnded?.(providerCallId, outcome);
  }

  onToolsMissing(names: readonly string[], why: MissingToolsReason): void {
    this.listener.onToolsMissing?.(names, why);
  }

  onUsage(model: string, usage: Usage): void {
    this.listener.onUsage?.(model, usage);
  }

  onMoved(move: ModelMove): void {
    this.listener.onMoved(move);
  }

  onFault(error: ProviderError, status?: ResponseStatus): void {
    this.listener.onFault(error, status);
  }

  onClosed(error: ProviderError | null): void {
    this.listener.onClosed(error);
  }

  private endItem(): void {
    if (!this.open) return;
    const { itemId, responseId } = this.open;
    this.open = null;
    const tail = this.converter.flush();
    if (tail) this.listener.onAudio(tail, itemId, responseId);
  }
}
