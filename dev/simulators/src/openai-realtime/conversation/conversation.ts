import { outOfRange, refusal, type ApiError } from '../wire/api-error.ts';
import { asArray, asObject, asString, type JsonObject, type Typed } from '../wire/json.ts';

/** Origin of an item of the conversation. */
type ItemOrigin = 'client' | 'caller' | 'model';

/** One item of the conversation: its wire form, and the server's own data about it. */
export interface Item {
  readonly id: string;
  readonly origin: ItemOrigin;
  /** As `item` in events. Changed in place while a response writes it. */
  readonly wire: Typed;
  /** Audio a client can hear of it: the caller's speech, or the audio a response has generated so far. */
  audioMs: number;
  /** The caller's bytes, when audio is kept. */
  audio: Buffer | null;
}

export function newItem(id: string, origin: ItemOrigin, wire: JsonObject & { type: string }): Item {
  return { id, origin, wire: { id, object: 'realtime.item', ...wire }, audioMs: 0, audio: null };
}

/** All words of an item: text, transcripts, tool arguments and outputs. */
export function wordsOf(item: Item): string {
  const { wire } = item;
  const parts = asArray(wire['content']).map(
    (part) => asString(asObject(part)['text']) ?? asString(asObject(part)['transcript']) ?? '',
  );
  return [...parts, asString(wire['arguments']) ?? '', asString(wire['output']) ?? '']
    .filter((words) => words !== '')
    .join(' ');
}

function missing(verb: 'delet' | 'retriev' | 'truncat', id: string): ApiError {
  const codes = {
    delet: 'item_delete_invalid_item_id',
    retriev: 'item_retrieve_invalid_item_id',
    truncat: 'item_truncate_invalid_item_id',
  } as const;
  return refusal(codes[verb], `Error ${verb}ing item: the item with id '${id}' does not exist.`);
}

/**
 * Most items of a conversation; the oldest are dropped first, as in the real one when its context is full.
 */
export const MAX_ITEMS = 2000;

/** The default conversation: items in order, each known by its id. */
export class Conversation {
  readonly id: string;
  private readonly list: Item[] = [];
  private readonly byId = new Map<string, Item>();

  constructor(id: string) {
    this.id = id;
  }

  get items(): readonly Item[] {
    return this.list;
  }

  /** Returns the item a new one would follow; null for none. */
  get tailId(): string | null {
    return this.list.at(-1)?.id ?? null;
  }

  get(id: string): Item | undefined {
    return this.byId.get(id);
  }

  /** Returns the item before this one; null for none. */
  previousId(id: string): string | null {
    const index = this.list.findIndex((item) => item.id === id);
    return this.list[index - 1]?.id ?? null;
  }

  /** Returns the fault of a place that `after` names; null for an item, `root`, or nothing (the end). */
  placeFault(after: string | undefined): ApiError | null {
    if (after === undefined || after === '' || after === 'root' || this.byId.has(after)) return null;
    return refusal(
      'item_create_invalid_previous_item_id',
      `Error adding item: the previous item with id '${after}' does not exist.`,
      'previous_item_id',
    );
  }

  /** Inserts an item behind `after`, at the start for `root`, at the end for nothing. */
  insert(item: Item, after?: string): void {
    if (after === 'root') this.list.unshift(item);
    else if (after === undefined || after === '') this.list.push(item);
    else this.list.splice(this.list.findIndex((other) => other.id === after) + 1, 0, item);
    this.byId.set(item.id, item);
    if (this.list.length > MAX_ITEMS) this.byId.delete(this.list.shift()?.id ?? '');
  }

  retrieve(id: string): Item | ApiError {
    return this.byId.get(id) ?? missing('retriev', id);
  }

  delete(id: string): ApiError | null {
    if (!this.byId.delete(id)) return missing('delet', id);
    this.list.splice(
      this.list.findIndex((item) => item.id === id),
      1,
    );
    return null;
  }

  /**
   * Cuts an assistant message's audio to `audioEndMs` and drops its transcript, as the API says truncation
   * does. Refused when the item is not audio the model spoke, has none yet, or has less than asked for.
   */
  truncate(id: string, contentIndex: number, audioEndMs: number): ApiError | null {
    const item = this.byId.get(id);
    if (!item) return missing('truncat', id);
    const part = asObject(asArray(item.wire['content'])[contentIndex]);
    const isSpoken =
      item.origin === 'model' && item.wire['role'] === 'assistant' && part['type'] === 'output_audio';
    if (!isSpoken || item.audioMs === 0)
      return refusal(null, 'Only model output audio messages can be truncated');
    if (audioEndMs < 0) return outOfRange('audio_end_ms', audioEndMs, { min: 0 }, 'integer');
    const available = Math.floor(item.audioMs);
    if (audioEndMs > available) {
      return refusal(
        'invalid_value',
        `Audio content of ${available}ms is already shorter than ${audioEndMs}ms`,
        'audio_end_ms',
      );
    }
    item.audioMs = audioEndMs;
    part['transcript'] = '';
    return null;
  }

  hasToolCall(callId: string): boolean {
    return this.list.some((item) => item.wire.type === 'function_call' && item.wire['call_id'] === callId);
  }
}
