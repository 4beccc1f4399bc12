import type { Clock, Timer } from '@tandem/kit';
import type { EventWriter } from '../wire/event-writer.ts';
import { asArray, asObject, asString, isObject } from '../wire/json.ts';
import type { Conversation, Item } from './conversation.ts';
import { inputAudioTokens, textTokens } from './usage.ts';

/** Transcribers that bill by the second of audio; the others bill by the token. */
const BILLED_BY_DURATION = new Set(['whisper-1', 'gpt-realtime-whisper', 'gpt-live-transcribe']);

/** The only transcriber that sends no deltas. */
const WITHOUT_DELTAS = 'whisper-1';

interface TranscriptionHost {
  readonly clock: Clock;
  readonly writer: EventWriter;
  readonly conversation: Conversation;
  /** `audio.input.transcription` of the session as it is now. */
  settings(): unknown;
  /** The words of the n-th utterance, as the test gave them. */
  wordsOf(utterance: number): string;
  fails(): boolean;
}

/** Transcribes the caller's words some time after their commit: often later than the answer to them. */
export class Transcription {
  private readonly host: TranscriptionHost;
  private readonly delayMs: number;
  private readonly timers = new Set<Timer>();

  constructor(host: TranscriptionHost, delayMs: number) {
    this.host = host;
    this.delayMs = delayMs;
  }

  /** The audio of `item` was committed as the n-th utterance; null for silence, which has no words. */
  begin(item: Item, utterance: number | null): void {
    const settings = this.host.settings();
    if (!isObject(settings)) return;
    const model = asString(settings['model']) ?? '';
    const timer = this.host.clock.after(this.delayMs, () => {
      this.timers.delete(timer);
      this.finish(item, model, utterance === null ? '' : this.host.wordsOf(utterance));
    });
    this.timers.add(timer);
  }

  close(): void {
    for (const timer of this.timers) timer.cancel();
    this.timers.clear();
  }

  private finish(item: Item, model: string, words: string): void {
    if (!this.host.conversation.get(item.id)) return;
    const place = { item_id: item.id, content_index: 0 };
    if (this.host.fails()) {
      const error = {
        type: 'transcription_error',
        code: 'audio_unintelligible',
        message: 'The audio could not be transcribed.',
      };
      this.host.writer.emit('conversation.item.input_audio_transcription.failed', { ...place, error });
      return;
    }
    if (model !== WITHOUT_DELTAS) {
      for (const delta of words.match(/\S+\s*/g) ?? []) {
        this.host.writer.emit('conversation.item.input_audio_transcription.delta', { ...place, delta });
      }
    }
    asObject(asArray(item.wire['content'])[0])['transcript'] = words;
    const usage = usageFor(model, item.audioMs, words);
    this.host.writer.emit('conversation.item.input_audio_transcription.completed', {
      ...place,
      transcript: words,
      usage,
    });
  }
}

function usageFor(model: string, audioMs: number, words: string): object {
  if (BILLED_BY_DURATION.has(model)) return { type: 'duration', seconds: Math.ceil(audioMs / 1000) };
  const [input, output] = [inputAudioTokens(audioMs), textTokens(words)];
  return {
    type: 'tokens',
    total_tokens: input + output,
    input_tokens: input,
    input_token_details: { text_tokens: 0, audio_tokens: input },
    output_tokens: output,
  };
}
