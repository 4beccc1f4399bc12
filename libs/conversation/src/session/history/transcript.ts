import type { ItemId } from '@tandem/contracts';
import type { Timer } from '../../ports/clock.ts';
import type { HistoryItem } from '../../ports/voice-model.ts';
import type { CallContext } from '../call-context.ts';
import type { SpokenItem } from '../speech/spoken-item.ts';
import { hasHeardQuestion, heardText } from './heard-text.ts';

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

/** Bounds the utterances that wait for words, and the items whose text is incomplete. */
const MAX_OPEN = 64;
const MAX_TEXT_LENGTH = 20_000;
/** Words that are not here this long after the end of the speech are given up. */
const WORDS_LOST_AFTER_MS = 10_000;
/** Shorter sounds without known words count as noise: a click, a breath. */
const SHORTEST_SPEECH_MS = 250;

/** Logs what both parties said: the caller's words as transcribed (they come late), the agent's as heard. */
export class Transcript {
  private readonly callerOpen = new Map<ItemId, CallerUtterance>();
  private readonly agentText = new Map<ItemId, string>();
  private waiters: (() => void)[] = [];

  constructor(private readonly context: CallContext) {}

  callerStarted(itemId: ItemId): void {
    if (this.callerOpen.size >= MAX_OPEN) this.forgetOldestCaller();
    this.callerOpen.set(itemId, {
      startedAtMs: this.context.atMs(),
      endedAtMs: null,
      timer: null,
      isLoggedWithoutWords: false,
      isDropped: false,
    });
  }

  callerStopped(itemId: ItemId): void {
    const utterance = this.callerOpen.get(itemId);
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
    const utterance = this.callerOpen.get(itemId) ?? {
      startedAtMs: now,
      endedAtMs: now,
      timer: null,
      isLoggedWithoutWords: false,
      isDropped: false,
    };
    if (text === null) return this.logWithoutWords(itemId, utterance);
    utterance.timer?.cancel();
    this.callerOpen.delete(itemId);
    const words = text.trim().slice(0, MAX_TEXT_LENGTH);
    if (words !== '') this.logSpoken(itemId, words, utterance);
    this.wakeWaiters();
  }

  /** The sound was no speech; words that still come are logged. */
  nothingSaid(itemId: ItemId): void {
    const utterance = this.callerOpen.get(itemId);
    if (!utterance) return;
    utterance.isDropped = true;
    this.wakeWaiters();
  }

  private logWithoutWords(itemId: ItemId, utterance: CallerUtterance): void {
    if (utterance.isLoggedWithoutWords) return;
    utterance.timer?.cancel();
    utterance.isLoggedWithoutWords = true;
    this.callerOpen.set(itemId, utterance);
    this.logSpoken(itemId, '', utterance);
    this.wakeWaiters();
  }

  private logSpoken(itemId: ItemId, text: string, { startedAtMs, endedAtMs }: CallerUtterance): void {
    this.context.log.append({
      type: 'caller.spoke',
      data: { itemId, text, startedAtMs, endedAtMs: endedAtMs ?? this.context.atMs() },
    });
  }

  agentSaid(itemId: ItemId, delta: string): void {
    const text = this.agentText.get(itemId) ?? '';
    if (text === '' && this.agentText.size >= MAX_OPEN) this.forgetOldestAgent();
    this.agentText.set(itemId, (text + delta).slice(0, MAX_TEXT_LENGTH));
  }

  /** Returns whether the caller has heard a question in what is playing. */
  hasAsked(
    hearing: readonly { readonly itemId: ItemId; readonly heardMs: number; readonly writtenMs: number }[],
  ): boolean {
    return hearing.some(({ itemId, heardMs, writtenMs }) =>
      hasHeardQuestion(this.agentText.get(itemId) ?? '', heardMs, writtenMs),
    );
  }

  /** Returns what the agent has said and the caller is still hearing: it is not logged yet. */
  unheard(isPlaying: (itemId: ItemId) => boolean): HistoryItem[] {
    return [...this.agentText]
      .filter(([itemId, text]) => text.trim() !== '' && isPlaying(itemId))
      .map(([, text]) => ({ kind: 'agent', text: text.trim() }));
  }

  /** Logs the words the caller heard of an item, and returns them. */
  agentHeard(item: SpokenItem): string {
    const text = this.agentText.get(item.itemId) ?? '';
    this.agentText.delete(item.itemId);
    const heard = item.isInterrupted ? heardText(text, item.heardMs, item.generatedMs) : text.trim();
    if (heard === '' && item.heardMs === 0) return '';
    this.context.log.append({
      type: 'agent.spoke',
      data: {
        itemId: item.itemId,
        text: heard,
        heardMs: item.heardMs,
        generatedMs: item.generatedMs,
        interrupted: item.isInterrupted,
        startedAtMs: item.startedAtMs,
        endedAtMs: item.startedAtMs + item.heardMs,
      },
    });
    return heard;
  }

  /** Words of the caller are still awaited. */
  get isWaiting(): boolean {
    return [...this.callerOpen.values()].some(
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
    for (const [itemId, utterance] of this.callerOpen) this.giveUp(itemId, utterance);
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

  private forgetOldestCaller(): void {
    const [oldest] = this.callerOpen;
    if (!oldest) return;
    const [itemId, utterance] = oldest;
    this.giveUp(itemId, utterance);
    this.callerOpen.delete(itemId);
  }

  private forgetOldestAgent(): void {
    const [oldest] = this.agentText.keys();
    if (oldest !== undefined) this.agentText.delete(oldest);
  }
}
