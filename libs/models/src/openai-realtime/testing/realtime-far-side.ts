import { defineTool, PCMU_8K, type AudioFormat } from '@tandem/contracts';
import { modelInFormat, type VoiceModel, type VoiceModelSession } from '@tandem/conversation';
import type { VoiceModelFarSide } from '@tandem/conversation/conformance';
import { ManualClock } from '@tandem/conversation/testing';
import type { WebSocket } from 'ws';
import { z } from 'zod';
import { openAiRealtimeModel } from '../openai-realtime-model.ts';
import { HandSocket, type WireEvent } from './hand-socket.ts';

const book = defineTool({
  name: 'book',
  description: 'Books.',
  place: 'worker',
  arguments: z.object({ day: z.string() }),
  cancellable: true,
  deadlineMs: 5_000,
});

/** A server that does by itself what the Realtime API does: one response at a time, server VAD, refusals. */
class ServerSocket extends HandSocket {
  /** Responses begin and do not end by themselves. */
  isHolding = false;
  /** The words of the caller in the audio the client commits next. */
  wordsToCome = '';
  private text = '';
  private running: string | null = null;
  private speaking: string | null = null;
  private lastWords = '';
  private ownsTurns = true;

  constructor(private readonly clock: ManualClock) {
    super();
  }

  override send(data: string | Buffer): void {
    super.send(data);
    const event = JSON.parse(data.toString()) as WireEvent;
    this.clock.after(0, () => this.react(event));
  }

  finish(status = 'completed'): void {
    const id = this.running;
    this.running = null;
    if (id === null) return;
    if (status === 'completed') this.answer(id);
    this.ends(id, status);
  }

  callerStarts(): void {
    this.speaking = this.newId('said');
    this.says({ type: 'input_audio_buffer.speech_started', item_id: this.speaking });
    if (this.ownsTurns) this.finish('cancelled');
  }

  callerStops(words: string | null): void {
    const item_id = this.speaking;
    this.says({ type: 'input_audio_buffer.speech_stopped', item_id, audio_end_ms: 0 });
    this.commit(words);
    if (this.ownsTurns) this.clock.after(0, () => this.start(null, words ?? ''));
  }

  commit(words: string | null): void {
    const item_id = this.speaking;
    const error = { type: 'server_error', code: 'server_error', message: 'No.' };
    this.speaking = null;
    this.lastWords = words ?? '';
    this.says({ type: 'input_audio_buffer.committed', item_id });
    const transcription = 'conversation.item.input_audio_transcription';
    if (words === null) this.says({ type: `${transcription}.failed`, item_id, content_index: 0, error });
    else this.says({ type: `${transcription}.completed`, item_id, transcript: words });
  }

  private react(event: WireEvent): void {
    if (event.type === 'session.update') this.update(event);
    else if (event.type === 'response.create') this.create(event);
    else if (event.type === 'response.cancel') this.finish('cancelled');
    else if (event.type === 'input_audio_buffer.commit') this.commit(this.wordsToCome);
  }

  private update({ session }: WireEvent): void {
    const { audio } = session as { audio?: { input?: { turn_detection?: { create_response: boolean } } } };
    const detection = audio?.input?.turn_detection;
    if (detection) this.ownsTurns = detection.create_response;
  }

  private create({ event_id, response }: WireEvent): void {
    const code = 'conversation_already_has_active_response';
    if (this.running !== null)
      return this.says({
        type: 'error',
        error: { type: 'invalid_request_error', code, message: '', event_id },
      });
    const { metadata, instructions } = response as { metadata: unknown; instructions?: string };
    this.start(metadata, instructions?.split('\n').at(-1) ?? '');
  }

  private start(metadata: unknown, text: string): void {
    this.running = this.newId('resp');
    this.text = text;
    this.says({ type: 'response.created', response: { id: this.running, metadata } });
    if (!this.isHolding) this.finish();
  }

  private answer(id: string): void {
    if (this.lastWords === RealtimeFarSide.wordsForTool) this.callsTool(id, book.name, '{"day":"Tuesday"}');
    else this.speaks(id, this.text, 200);
    this.lastWords = '';
  }
}

/**
 * The Realtime adapter with a server at its other end, on a stream of this format, for the conformance suite.
 */
export class RealtimeFarSide implements VoiceModelFarSide {
  static readonly wordsForTool = 'on tuesday please';
  readonly clock = new ManualClock();
  readonly wordsForTool = RealtimeFarSide.wordsForTool;
  readonly tools = [book];
  readonly openTimeoutMs = 2_000;
  private readonly socket = new ServerSocket(this.clock);
  private opensSessions = true;
  readonly model: VoiceModel;

  constructor(format: AudioFormat = PCMU_8K) {
    this.model = modelInFormat(this.realtime(), format);
  }

  private realtime(): VoiceModel {
    return openAiRealtimeModel({
      url: 'ws://nowhere/v1/realtime',
      apiKey: 'none',
      model: 'gpt-realtime-2.1',
      clock: this.clock,
      onError: (error) => {
        throw error;
      },
      openTimeoutMs: this.openTimeoutMs,
      connect: () => {
        if (this.opensSessions) this.clock.after(0, () => this.socket.opens());
        return this.socket as unknown as WebSocket;
      },
    });
  }

  refusesToOpen(): void {
    this.opensSessions = false;
  }

  holdsResponses(): void {
    this.socket.isHolding = true;
  }

  finishesResponses(): void {
    this.socket.isHolding = false;
    this.socket.finish();
  }

  async callerStarts(): Promise<void> {
    this.socket.callerStarts();
    await this.clock.pass(20);
  }

  async callerStops(_session: VoiceModelSession, words: string | null): Promise<void> {
    this.socket.callerStops(words);
    await this.clock.pass(20);
  }

  async lineCloses(session: VoiceModelSession, words: string): Promise<void> {
    this.socket.wordsToCome = words;
    this.socket.callerStarts();
    session.finishInput();
    await this.clock.pass(20);
  }
}
