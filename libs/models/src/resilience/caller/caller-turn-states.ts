import type { ItemId } from '@tandem/contracts';

interface Utterance {
  words: 'unknown' | 'none' | 'some';
  isOver: boolean;
  isBeingAnswered: boolean;
}

const MAX_UTTERANCES = 16;

/** Whether the caller has said words since they were last answered, as far as the transcription tells. */
export class CallerTurnStates {
  private readonly utterances = new Map<ItemId, Utterance>();

  started(itemId: ItemId): void {
    // One speaker has one utterance at a time: nobody told the end of the one before.
    for (const [open, { isOver }] of this.utterances) if (!isOver) this.utterances.delete(open);
    if (this.utterances.size >= MAX_UTTERANCES) {
      const [oldest] = this.utterances.keys();
      if (oldest !== undefined) this.utterances.delete(oldest);
    }
    this.utterances.set(itemId, { words: 'unknown', isOver: false, isBeingAnswered: false });
  }

  stopped(itemId: ItemId): void {
    const utterance = this.utterances.get(itemId);
    if (utterance) utterance.isOver = true;
  }

  /** Null of words that will not be known: there may have been some. */
  onTranscribed(itemId: ItemId, text: string | null): void {
    const utterance = this.utterances.get(itemId);
    if (utterance) utterance.words = text !== null && text.trim() === '' ? 'none' : 'some';
  }

  /** Nothing of it will come. */
  dropped(itemId: ItemId): void {
    this.utterances.delete(itemId);
  }

  /** A response begins: it answers what was said by now. */
  answering(): void {
    for (const utterance of this.utterances.values()) utterance.isBeingAnswered = utterance.isOver;
  }

  /** The response has come to its end. */
  answered(): void {
    for (const [itemId, { isBeingAnswered }] of this.utterances)
      if (isBeingAnswered) this.utterances.delete(itemId);
  }

  /** There was a sound, and it is known to have been no word: a model that says nothing to it is right. */
  get isWordless(): boolean {
    return this.utterances.size > 0 && [...this.utterances.values()].every(({ words }) => words === 'none');
  }

  /** Words may still turn out to have been none. */
  get isUnknown(): boolean {
    const all = [...this.utterances.values()];
    return all.some(({ words }) => words === 'unknown') && !all.some(({ words }) => words === 'some');
  }
}
