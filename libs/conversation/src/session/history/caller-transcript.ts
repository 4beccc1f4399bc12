import type { ItemId } from '@tandem/contracts';
import type { Timer } from '../../ports/clock.ts';
import type { CallContext } from '../call-context.ts';

interface CallerUtterance {
  readonly startedAtMs: number;
  endedAtMs: number | null;
  /** Fires when the words are no longer awaited. */
  timer: Timer | null;
  /** The utterance is logged without words; they may still come. */
  isLoggedWithoutWords: boolean;
  /** The sound had no end and no word: no words are expected. */
  isDropped: boolean;
}

/** Bounds the utterances that wait for words. */
const MAX_OPEN = 64;
const MAX_TEXT_LENGTH = 20_000;
/** Words that are not here this long after the end of the speech are given up. */
const WORDS_LOST_AFTER_MS = 10_000;
/** Shorter sounds without known words count as noise: a click, a breath. */
const SHORTEST_SPEECH_MS = 250;

/** Logs what the caller said, as transcribed: the words come late. */
export class CallerTranscript {
  private readonly open = new Map<ItemId, CallerUtterance>();
  private waiters: (() => void)[] = [];

  constructor(private readonly context: CallContext) {}

  callerStarted(itemId: ItemId): void {
    if (this.open.size >= MAX_OPEN) this.forgetOldest();
    this.open.set(itemId, {
      startedAtMs: this.context.atMs(),
      endedAtMs: null,
      timer: null,
      isLoggedWithoutWords: false,
      isDropped: false,
    });
  }

  callerStopped(itemId: ItemId): void {
    const utterance = this.open.get(itemId);
    if (!utterance || utterance.endedAtMs !== null) return;
    utterance.endedAtMs = this.context.atMs();
    utterance.isDropped = false;
    utterance.timer = this.context.clock.after(WORDS_LOST_AFTER_MS, () => {
      this.logWithoutWords(itemId, utterance);
      this.context.signal({ kind: 'words-given-up', itemId });
    });
  }

  /**
   * Logs the final words of an utterance. One without words (a cough, noise) is not logged; one with unknown
   * words (null) is logged with its time only.
   */
  callerText(itemId: ItemId, text: string | null): void {
    const now = this.context.atMs();
    const utterance = this.open.get(itemId) ?? {
      startedAtMs: now,
      endedAtMs: now,
      timer: null,
      isLoggedWithoutWords: false,
      isDropped: false,
    };
    if (text === null) return this.logWithoutWords(itemId, utterance);
    utterance.timer?.cancel();
    this.open.delete(itemId);
    const words = text.trim().slice(0, MAX_TEXT_LENGTH);
    if (words !== '') this.logSpoken(itemId, words, utterance);
    this.wakeWaiters();
  }

  /** The sound was no speech; words that still come are logged. */
  nothingSaid(itemId: ItemId): void {
    const utterance = this.open.get(itemId);
    if (!utterance) return;
    utterance.isDropped = true;
    this.wakeWaiters();
  }

  private logWithoutWords(itemId: ItemId, utterance: CallerUtterance): void {
    if (utterance.isLoggedWithoutWords) return;
    utterance.timer?.cancel();
    utterance.isLoggedWithoutWords = true;
    this.open.set(itemId, utterance);
    this.logSpoken(itemId, '', utterance);
    this.wakeWaiters();
  }

  private logSpoken(itemId: ItemId, text: string, { startedAtMs, endedAtMs }: CallerUtterance): void {
    this.context.log.append({
      type: 'caller.spoke',
      data: { itemId, text, startedAtMs, endedAtMs: endedAtMs ?? this.context.atMs() },
    });
  }

  /** Words of the caller are still awaited. */
  get isWaiting(): boolean {
    return [...this.open.values()].some(
      ({ isLoggedWithoutWords, isDropped }) => !isLoggedWithoutWords && !isDropped,
    );
  }

  /** Resolves when no utterance waits for words, or after `timeoutMs`; the rest is logged without words. */
  async waitForWords(timeoutMs: number): Promise<void> {
    if (this.isWaiting) {
      await new Promise<void>((resolve) => {
        const timer = this.context.clock.after(timeoutMs, resolve);
        this.waiters.push(() => {
          timer.cancel();
          resolve();
        });
      });
    }
    for (const [itemId, utterance] of this.open) this.giveUp(itemId, utterance);
  }

  private giveUp(itemId: ItemId, utterance: CallerUtterance): void {
    utterance.timer?.cancel();
    const { startedAtMs, endedAtMs } = utterance;
    if (endedAtMs !== null && endedAtMs - startedAtMs >= SHORTEST_SPEECH_MS)
      this.logWithoutWords(itemId, utterance);
  }

  private wakeWaiters(): void {
    if (this.isWaiting) return;
    const waiters = this.waiters;
    this.waiters = [];
    for (const wake of waiters) wake();
  }

  private forgetOldest(): void {
    const [oldest] = this.open;
    if (!oldest) return;
    const [itemId, utterance] = oldest;
    this.giveUp(itemId, utterance);
    this.open.delete(itemId);
  }
}
