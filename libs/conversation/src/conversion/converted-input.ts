import type { ItemId, ProviderError } from '@tandem/contracts';
import type { AudioFrame } from '../audio/audio-frame.ts';
import type { FrameConverter } from '../audio/frame-converter.ts';
import type { ModelSessionChange, SpeakRequest, VoiceModelSession } from '../ports/voice-model.ts';

/** A model session that takes the caller's audio in the stream's format. */
export class ConvertedInput implements VoiceModelSession {
  constructor(
    private readonly session: VoiceModelSession,
    private readonly converter: FrameConverter,
  ) {}

  get provider(): string {
    return this.session.provider;
  }

  get model(): string {
    return this.session.model;
  }

  get voice(): string {
    return this.session.voice;
  }

  pushAudio(frame: AudioFrame): void {
    const converted = this.converter.convert(frame);
    if (converted) this.session.pushAudio(converted);
  }

  /** The last samples go first: they may belong to the caller's last word. */
  finishInput(): void {
    const tail = this.converter.flush();
    if (tail) this.session.pushAudio(tail);
    this.session.finishInput();
  }

  respond(request: SpeakRequest): void {
    this.session.respond(request);
  }

  cancelResponse(): void {
    this.session.cancelResponse();
  }

  truncate(itemId: ItemId, heardMs: number): void {
    this.session.truncate(itemId, heardMs);
  }

  sendToolResult(providerCallId: string, output: string): void {
    this.session.sendToolResult(providerCallId, output);
  }

  decideToolCall(providerCallId: string, refusal: string | null): void {
    this.session.decideToolCall(providerCallId, refusal);
  }

  addNote(text: string): void {
    this.session.addNote(text);
  }

  addCallerText(text: string): void {
    this.session.addCallerText(text);
  }

  change(change: ModelSessionChange): void {
    this.session.change(change);
  }

  onIdle(): void {
    this.session.onIdle();
  }

  abandon(error: ProviderError): void {
    this.session.abandon(error);
  }

  close(): void {
    this.session.close();
  }
}
