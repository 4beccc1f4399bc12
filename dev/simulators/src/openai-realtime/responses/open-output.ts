import type { AudioFormat } from '@tandem/contracts';
import type { Item } from '../conversation/conversation.ts';
import { toBytes, toMs, type AudioSource } from '../wire/audio-format.ts';
import type { AudioDeltaPlace, EventWriter } from '../wire/event-writer.ts';
import type { JsonObject } from '../wire/json.ts';

/** The speed at which an answer is generated. */
export interface Pace {
  /** From `response.created` to the first output item. */
  readonly firstByteMs: number;
  /** Ms of audio in one delta. */
  readonly deltaMs: number;
  /** Audio is generated this many times faster than it plays. */
  readonly audioRate: number;
}

/** The content of one piece: ms of audio and characters of text or arguments. */
interface Piece {
  readonly audioMs: number;
  readonly words: number;
}

/** An output item that is being generated. Its `.done` events carry exactly what its deltas carried. */
export interface OpenOutput {
  readonly item: Item;
  readonly isDone: boolean;
  /** Time from one piece to the next. */
  readonly intervalMs: number;
  begin(): void;
  sendPiece(): Piece;
  end(): void;
}

function fieldsOf(place: AudioDeltaPlace): JsonObject {
  return {
    response_id: place.responseId,
    item_id: place.itemId,
    output_index: place.outputIndex,
    content_index: place.contentIndex,
  };
}

/** Cuts text into words with the space that follows each. */
function wordsIn(text: string): string[] {
  return text.match(/\S+\s*|\s+/g) ?? [];
}

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

/** About 30 words a second. */
const TEXT_INTERVAL_MS = 33;

/** A written message, word by word. */
export class OpenText implements OpenOutput {
  readonly item: Item;
  readonly intervalMs = TEXT_INTERVAL_MS;
  private readonly writer: EventWriter;
  private readonly place: AudioDeltaPlace;
  private readonly words: string[];
  private readonly part: JsonObject = { type: 'output_text', text: '' };
  private text = '';

  constructor(writer: EventWriter, place: AudioDeltaPlace, item: Item, text: string) {
    this.writer = writer;
    this.place = place;
    this.item = item;
    this.words = wordsIn(text);
  }

  get isDone(): boolean {
    return this.words.length === 0;
  }

  begin(): void {
    this.item.wire['content'] = [this.part];
    this.writer.emit('response.content_part.added', {
      ...fieldsOf(this.place),
      part: { type: 'text', text: '' },
    });
  }

  sendPiece(): Piece {
    const delta = this.words.shift() ?? '';
    this.text += delta;
    this.part['text'] = this.text;
    this.writer.emit('response.output_text.delta', { ...fieldsOf(this.place), delta });
    return { audioMs: 0, words: delta.length };
  }

  end(): void {
    const fields = fieldsOf(this.place);
    this.writer.emit('response.output_text.done', { ...fields, text: this.text });
    this.writer.emit('response.content_part.done', { ...fields, part: { type: 'text', text: this.text } });
  }
}

/** Characters of arguments in one delta, and the time between two. */
const ARGUMENTS_PIECE = 16;
const ARGUMENTS_INTERVAL_MS = 10;

/** A tool call, its arguments in pieces. */
export class OpenCall implements OpenOutput {
  readonly item: Item;
  readonly intervalMs = ARGUMENTS_INTERVAL_MS;
  private readonly writer: EventWriter;
  private readonly fields: JsonObject;
  private readonly text: string;
  private sent = 0;

  constructor(writer: EventWriter, place: AudioDeltaPlace, item: Item, text: string) {
    this.writer = writer;
    this.item = item;
    this.text = text;
    this.fields = {
      response_id: place.responseId,
      item_id: place.itemId,
      output_index: place.outputIndex,
      call_id: item.wire['call_id'],
    };
  }

  get isDone(): boolean {
    return this.sent >= this.text.length;
  }

  begin(): void {
    // A call has no content part: its first delta is its beginning.
  }

  sendPiece(): Piece {
    const delta = this.text.slice(this.sent, this.sent + ARGUMENTS_PIECE);
    this.sent += delta.length;
    this.item.wire['arguments'] = this.text.slice(0, this.sent);
    this.writer.emit('response.function_call_arguments.delta', { ...this.fields, delta });
    return { audioMs: 0, words: delta.length };
  }

  end(): void {
    if (!this.isDone) return;
    this.writer.emit('response.function_call_arguments.done', {
      ...this.fields,
      name: this.item.wire['name'],
      arguments: this.text,
    });
  }
}
