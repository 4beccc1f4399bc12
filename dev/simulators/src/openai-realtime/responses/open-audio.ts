import type { AudioFormat } from '@tandem/contracts';
import type { Item } from '../conversation/conversation.ts';
import { toBytes, toMs, type AudioSource } from '../wire/audio-format.ts';
import type { AudioDeltaPlace, EventWriter } from '../wire/event-writer.ts';
import type { JsonObject } from '../wire/json.ts';
import { fieldsOf, wordsIn, type OpenOutput, type Pace, type Piece } from './open-output.ts';

/** Words and sound of an audio output, and the pace at which it is sent. */
export interface Speech {
  readonly text: string;
  readonly source: AudioSource;
  readonly format: AudioFormat;
  readonly pace: Pace;
}

/** A spoken message: transcript and audio side by side, the words a piece ahead of their sound. */
export class OpenAudio implements OpenOutput {
  readonly item: Item;
  readonly intervalMs: number;
  private readonly writer: EventWriter;
  private readonly place: AudioDeltaPlace;
  private readonly format: AudioFormat;
  private readonly source: AudioSource;
  private readonly pieceBytes: number;
  private readonly words: string[];
  private readonly length: number;
  private readonly part: JsonObject = { type: 'output_audio', transcript: '' };
  private sentBytes = 0;
  private sentWords = 0;
  private transcript = '';

  constructor(writer: EventWriter, place: AudioDeltaPlace, item: Item, speech: Speech) {
    const { text, source, format, pace } = speech;
    this.writer = writer;
    this.place = place;
    this.item = item;
    this.source = source;
    this.format = format;
    this.pieceBytes = Math.max(2, toBytes(pace.deltaMs, format));
    this.intervalMs = pace.deltaMs / pace.audioRate;
    this.words = wordsIn(text);
    this.length = text.length;
  }

  get isDone(): boolean {
    return this.sentBytes >= this.source.byteLength;
  }

  begin(): void {
    this.item.wire['content'] = [this.part];
    this.writer.emit('response.content_part.added', {
      ...fieldsOf(this.place),
      part: { type: 'audio', transcript: '' },
    });
  }

  sendPiece(): Piece {
    const length = Math.min(this.pieceBytes, this.source.byteLength - this.sentBytes);
    const words = this.sendWords(this.sentBytes + 2 * length);
    this.writer.emitAudio(this.place, this.source, this.sentBytes, length);
    this.sentBytes += length;
    const audioMs = toMs(length, this.format);
    this.item.audioMs += audioMs;
    return { audioMs, words };
  }

  /** Sends the words that belong to the audio before `position`. */
  private sendWords(position: number): number {
    const due =
      position >= this.source.byteLength ? this.length : (position / this.source.byteLength) * this.length;
    let delta = '';
    while (this.sentWords < this.words.length && this.transcript.length + delta.length < due)
      delta += this.words[this.sentWords++] ?? '';
    if (delta === '') return 0;
    this.transcript += delta;
    this.part['transcript'] = this.transcript;
    this.writer.emit('response.output_audio_transcript.delta', { ...fieldsOf(this.place), delta });
    return delta.length;
  }

  end(): void {
    const fields = fieldsOf(this.place);
    this.writer.emit('response.output_audio.done', fields);
    this.writer.emit('response.output_audio_transcript.done', { ...fields, transcript: this.transcript });
    this.writer.emit('response.content_part.done', {
      ...fields,
      part: { type: 'audio', transcript: this.transcript },
    });
  }
}
