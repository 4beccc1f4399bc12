import type { Item } from '../conversation/conversation.ts';
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
export interface Piece {
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

/** The fields with which each event of a content part says its place. */
export function fieldsOf(place: AudioDeltaPlace): JsonObject {
  return {
    response_id: place.responseId,
    item_id: place.itemId,
    output_index: place.outputIndex,
    content_index: place.contentIndex,
  };
}

/** Cuts text into words with the space that follows each. */
export function wordsIn(text: string): string[] {
  return text.match(/\S+\s*|\s+/g) ?? [];
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

/** A call of a function, or of a tool of a server; its arguments come in pieces. */
export class OpenCall implements OpenOutput {
  readonly item: Item;
  readonly intervalMs = ARGUMENTS_INTERVAL_MS;
  private readonly writer: EventWriter;
  private readonly fields: JsonObject;
  private readonly text: string;
  private readonly isHosted: boolean;
  private sent = 0;

  constructor(writer: EventWriter, place: AudioDeltaPlace, item: Item, text: string) {
    this.writer = writer;
    this.item = item;
    this.text = text;
    this.isHosted = item.wire.type === 'mcp_call';
    this.fields = {
      response_id: place.responseId,
      item_id: place.itemId,
      output_index: place.outputIndex,
      ...(this.isHosted ? {} : { call_id: item.wire['call_id'] }),
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
    const kind = this.isHosted ? 'mcp_call' : 'function_call';
    this.writer.emit(`response.${kind}_arguments.delta`, { ...this.fields, delta });
    return { audioMs: 0, words: delta.length };
  }

  end(): void {
    if (!this.isDone) return;
    if (this.isHosted)
      return this.writer.emit('response.mcp_call_arguments.done', { ...this.fields, arguments: this.text });
    this.writer.emit('response.function_call_arguments.done', {
      ...this.fields,
      name: this.item.wire['name'],
      arguments: this.text,
    });
  }
}
