import type { ItemId } from '@tandem/contracts';

interface Utterance {
  words: 'unknown' | 'none' | 'some';
  isOver: boolean;
  isBeingAnswered: boolean;
}

const MAX_UTTERANCES = 16;

/** The caller's utterances since the last response to them, with the state of their transcription. */
export class CallerTurnStates {
  private readonly utterances = new Map<ItemId, Utterance>();

  onSpeechStarted(itemId: ItemId): void {
    // A caller has one utterance at a time: the end of the one before was not reported.
    for (const [open, { isOver }] of this.utterances) if (!isOver) this.utterances.delete(open);
    if (this.utterances.size >= MAX_UTTERANCES) {
      const [oldest] = this.utterances.keys();
      if (oldest !== undefined) this.utterances.delete(oldest);
    }
    this.utterances.set(itemId, { words: 'unknown', isOver: false, isBeingAnswered: false });
  }

  onSpeechStopped(itemId: ItemId): void {
    const utterance = this.utterances.get(itemId);
    if (utterance) utterance.isOver = true;
  }

  /** @param text null for words that will not be known: there may have been some */
  onTranscribed(itemId: ItemId, text: string | null): void {
    const utterance = this.utterances.get(itemId);
    if (utterance) utterance.words = text !== null && text.trim() === '' ? 'none' : 'some';
  }

  /** Forgets an utterance whose words will not come. */
  drop(itemId: ItemId): void {
    this.utterances.delete(itemId);
  }

  /** A response begins: it answers the utterances that are over. */
  markAnswering(): void {
    for (const utterance of this.utterances.values()) utterance.isBeingAnswered = utterance.isOver;
  }

  /** The response is completed: forgets the utterances it answered. */
  markAnswered(): void {
    for (const [itemId, { isBeingAnswered }] of this.utterances)
      if (isBeingAnswered) this.utterances.delete(itemId);
  }

  /** There were sounds and no words: silence is the right response. */
  get isWordless(): boolean {
    return this.utterances.size > 0 && [...this.utterances.values()].every(({ words }) => words === 'none');
  }

  /** The transcription may still say that there were no words. */
  get isUnknown(): boolean {
    const all = [...this.utterances.values()];
    return all.some(({ words }) => words === 'unknown') && !all.some(({ words }) => words === 'some');
  }
}
