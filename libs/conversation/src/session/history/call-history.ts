import type { NewCallEvent } from '@tandem/contracts';
import type { CallLog } from '../../ports/call-log.ts';
import type { HistoryItem } from '../../ports/voice-model.ts';
import { type HistoryEntry, KEYS_PRESSED, historyEntry } from './history-entries.ts';

/** Bounds of what a model is given; older entries are left out, and a note says that. */
const MAX_ITEMS = 400;
const MAX_CHARACTERS = 60_000;

const LEFT_OUT = 'The conversation is longer than this; its beginning is left out.';

/**
 * The conversation so far in the form a model is given: speech as heard, tools and their outcomes, notes. It
 * is built from the events of the call log, so a relay that takes a call over knows what the one before knew.
 */
export class CallHistory {
  private readonly placed: HistoryEntry[] = [];
  /** Total length of the placed items. */
  private characters = 0;

  constructor(facts: readonly NewCallEvent[] = []) {
    for (const fact of facts) this.add(fact);
  }

  add(fact: NewCallEvent): void {
    const placed = historyEntry(fact);
    if (!placed || this.replacesUnknown(placed) || this.joinsLast(placed)) return;
    // The caller's words are known after the answer to them began, so an event may belong further back.
    let index = this.placed.length;
    while (index > 0 && (this.placed[index - 1] as HistoryEntry).atMs > placed.atMs) index -= 1;
    this.placed.splice(index, 0, placed);
    this.characters += lengthOf(placed.item);
    while (this.placed.length > 2 * MAX_ITEMS || this.characters > 2 * MAX_CHARACTERS) this.forgetOldest();
  }

  private forgetOldest(): void {
    const oldest = this.placed.shift();
    if (oldest) this.characters -= lengthOf(oldest.item);
  }

  /** Replaces an utterance without words by its late words. Returns whether there was one. */
  private replacesUnknown(placed: HistoryEntry): boolean {
    const index =
      placed.itemId === undefined ? -1 : this.placed.findLastIndex(({ itemId }) => itemId === placed.itemId);
    if (index >= 0) this.placed[index] = placed;
    return index >= 0;
  }

  /** Joins keys pressed in a row into one entry. Returns whether it did. */
  private joinsLast({ atMs, item }: HistoryEntry): boolean {
    const last = this.placed.at(-1);
    if (
      item.kind !== 'note' ||
      last?.item.kind !== 'note' ||
      !item.text.startsWith(KEYS_PRESSED) ||
      !last.item.text.startsWith(KEYS_PRESSED)
    )
      return false;
    this.characters += item.text.length - KEYS_PRESSED.length;
    this.placed[this.placed.length - 1] = {
      atMs,
      item: { kind: 'note', text: last.item.text + item.text.slice(KEYS_PRESSED.length) },
    };
    return true;
  }

  /** Characters kept. */
  get size(): number {
    return this.characters;
  }

  get isEmpty(): boolean {
    return this.placed.length === 0;
  }

  /** Returns the entries, oldest first. Results without their call are left out: providers refuse them. */
  items(): HistoryItem[] {
    const kept: HistoryItem[] = [];
    let characters = 0;
    for (const { item } of [...this.placed].reverse()) {
      characters += lengthOf(item);
      if (kept.length >= MAX_ITEMS || characters > MAX_CHARACTERS) {
        kept.push({ kind: 'note', text: LEFT_OUT });
        break;
      }
      kept.push(item);
    }
    const items = kept.reverse();
    const called = new Set(items.flatMap((item) => (item.kind === 'tool-call' ? [item.providerCallId] : [])));
    return items.filter((item) => item.kind !== 'tool-result' || called.has(item.providerCallId));
  }
}

/** Returns a log that adds each event to the history too. */
export function logWithHistory(log: CallLog, history: CallHistory): CallLog {
  return {
    append: (fact) => {
      history.add(fact);
      log.append(fact);
    },
    flush: (timeoutMs) => log.flush(timeoutMs),
  };
}

function lengthOf(item: HistoryItem): number {
  switch (item.kind) {
    case 'tool-call':
      return item.argumentsJson.length;
    case 'tool-result':
      return item.output.length;
    default:
      return item.text.length;
  }
}
