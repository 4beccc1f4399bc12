import { CallScene, ScriptedVoiceModel, type CallSetting } from '@tandem/conversation/testing';
import type { WebSocket } from 'ws';
import { resilientModel } from '../../resilience/resilient-model.ts';
import { openAiRealtimeModel } from '../openai-realtime-model.ts';
import { HandSocket, type WireEvent } from './hand-socket.ts';

/** A whole call over the real adapter, whose far end the test plays by hand, with a scripted fallback. */
export class RealtimeScene extends CallScene {
  readonly sockets: HandSocket[];
  readonly second: ScriptedVoiceModel;
  readonly errors: unknown[];
  private utterances = 0;

  constructor(setting: CallSetting = {}) {
    const sockets: HandSocket[] = [];
    const errors: unknown[] = [];
    const second = new ScriptedVoiceModel('second');
    super({
      ...setting,
      model: (_scripted, clock) => {
        const connect = (): WebSocket => {
          const socket = new HandSocket();
          sockets.push(socket);
          return socket as unknown as WebSocket;
        };
        const first = openAiRealtimeModel({
          url: 'ws://nowhere/v1/realtime',
          apiKey: 'none',
          model: 'gpt-realtime-2.1',
          clock,
          onError: (error) => errors.push(error),
          connect,
        });
        return resilientModel({
          targets: [{ model: first }, { model: second, settings: { voice: 'another' } }],
          clock,
        });
      },
    });
    this.sockets = sockets;
    this.errors = errors;
    this.second = second;
  }

  get server(): HandSocket {
    const last = this.sockets.at(-1);
    if (!last) throw new TypeError('No socket was opened.');
    return last;
  }

  /** The session is open and the caller has heard the greeting. */
  async greeted(text = 'Good morning, Northwind.'): Promise<void> {
    this.server.opens();
    await this.passes(1);
    this.server.answers(text, 500);
    await this.passes(600);
  }

  /** The caller makes a sound for `ms`. Returns its item, whose words come by {@link words}, or never. */
  async callerSpeech(ms: number, endedBy: readonly WireEvent[] = []): Promise<string> {
    this.utterances += 1;
    const item_id = `said_${this.utterances}`;
    this.server.says({ type: 'input_audio_buffer.speech_started', item_id });
    await this.callerSounds(ms);
    this.server.says(
      { type: 'input_audio_buffer.speech_stopped', item_id, audio_end_ms: 0 },
      { type: 'input_audio_buffer.committed', item_id },
      ...endedBy,
    );
    return item_id;
  }

  words(item_id: string, transcript: string): void {
    this.server.says({ type: 'conversation.item.input_audio_transcription.completed', item_id, transcript });
  }

  wordsFail(item_id: string, code = 'model_not_found'): void {
    const error = { type: 'invalid_request_error', code, message: 'No.' };
    this.server.says({
      type: 'conversation.item.input_audio_transcription.failed',
      item_id,
      content_index: 0,
      error,
    });
  }

  get faults(): string[] {
    return this.log.of('model.faulted').map(({ status, code }) => `${status ?? '–'} ${code}`);
  }
}
