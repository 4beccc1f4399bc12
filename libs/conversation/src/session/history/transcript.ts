import type { ItemId } from '@tandem/contracts';
import type { Timer } from '../../ports/clock.ts';
import type { HistoryItem } from '../../ports/voice-model.ts';
import type { CallContext } from '../call-context.ts';
import type { SpokenItem } from '../speech/spoken-item.ts';
import { hasHeardQuestion, heardText } from './heard-text.ts';

interface CallerUtterance {
  readonly startedAtMs: number;
  endedAtMs: number | null;
  /** Runs out when the words are not waited for any more. */
  timer: Timer | null;
  /** It is on record as one whose words are not known; they may still come. */
  isUnwritten: boolean;
  /** It goes on without an end or a word: no words are expected. */
  isDropped: boolean;
}

/** Utterances waiting for their words, and items for the rest of theirs; more than this many are not kept. */
const MAX_OPEN = 64;
const MAX_TEXT_LENGTH = 20_000;
/** Transcripts are late, but not as late as this after the end of the speech. */
const WORDS_LOST_AFTER_MS = 10_000;
/** Shorter sounds nobody knows the words of are taken for none: a click, a breath. */
const SHORTEST_SPEECH_MS = 250;

/**
 * Turns what both parties said into facts of the call log: the caller's words as transcribed (they come
 * late), the agent's as heard.
 */
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
      isUnwritten: false,
      isDropped: false,
    });
  }

  callerStopped(itemId: ItemId): void {
    const utterance = this.callerOpen.get(itemId);
    if (!utterance || utterance.endedAtMs !== null) return;
    utterance.endedAtMs = this.context.atMs();
    utterance.isDropped = false;
    utterance.timer = this.context.clock.after(WORDS_LOST_AFTER_MS, () => {
      this.unwritten(itemId, utterance);
      this.context.signal({ kind: 'words-given-up', itemId });
    });
  }

  /**
   * The final words of an utterance; without words (a cough, noise) it leaves no trace, with unknown ones
   * (null) its time.
   */
  callerText(itemId: ItemId, text: string | null): void {
    const now = this.context.atMs();
    const utterance = this.callerOpen.get(itemId) ?? {
      startedAtMs: now,
      endedAtMs: now,
      timer: null,
      isUnwritten: false,
      isDropped: false,
    };
    if (text === null) return this.unwritten(itemId, utterance);
    utterance.timer?.cancel();
    this.callerOpen.delete(itemId);
    const words = text.trim().slice(0, MAX_TEXT_LENGTH);
    if (words !== '') this.told(itemId, words, utterance);
    this.wakeWaiters();
  }

  /** It was no speech, as far as is known; words that come all the same are kept. */
  nothingSaid(itemId: ItemId): void {
    const utterance = this.callerOpen.get(itemId);
    if (!utterance) return;
    utterance.isDropped = true;
    this.wakeWaiters();
  }

  private unwritten(itemId: ItemId, utterance: CallerUtterance): void {
    if (utterance.isUnwritten) return;
    utterance.timer?.cancel();
    utterance.isUnwritten = true;
    this.callerOpen.set(itemId, utterance);
    this.told(itemId, '', utterance);
    this.wakeWaiters();
  }

  private told(itemId: ItemId, text: string, { startedAtMs, endedAtMs }: CallerUtterance): void {
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

  /** Whether the agent asks something in what the caller hears of it by now. */
  hasAsked(
    hearing: readonly { readonly itemId: ItemId; readonly heardMs: number; readonly writtenMs: number }[],
  ): boolean {
    return hearing.some(({ itemId, heardMs, writtenMs }) =>
      hasHeardQuestion(this.agentText.get(itemId) ?? '', heardMs, writtenMs),
    );
  }

  /** What the agent has said that is no fact yet, because the caller is still hearing it. */
  unheard(isPlaying: (itemId: ItemId) => boolean): HistoryItem[] {
    return [...this.agentText]
      .filter(([itemId, text]) => text.trim() !== '' && isPlaying(itemId))
      .map(([, text]) => ({ kind: 'agent', text: text.trim() }));
  }

  /** Answers the words the caller heard. */
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

  /** Words of the caller are still to come. */
  get isWaiting(): boolean {
    return [...this.callerOpen.values()].some(({ isUnwritten, isDropped }) => !isUnwritten && !isDropped);
  }

  /**
   * Resolves when no utterance waits for its words any more, or after `timeoutMs`: what has none by then will
   * have none.
   */
  async settled(timeoutMs: number): Promise<void> {
    if (this.isWaiting) {
      await new Promise<void>((resolve) => {
        const timer = this.context.clock.after(timeoutMs, resolve);
        this.waiters.push(() => {
          timer.cancel();
          resolve();
        });
      });
    }
    for (const [itemId, utterance] of this.callerOpen) this.gaveUp(itemId, utterance);
  }

  private gaveUp(itemId: ItemId, utterance: CallerUtterance): void {
    utterance.timer?.cancel();
    const { startedAtMs, endedAtMs } = utterance;
    if (endedAtMs !== null && endedAtMs - startedAtMs >= SHORTEST_SPEECH_MS)
      this.unwritten(itemId, utterance);
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
    this.gaveUp(itemId, utterance);
    this.callerOpen.delete(itemId);
  }

  private forgetOldestAgent(): void {
    const [oldest] = this.agentText.keys();
    if (oldest !== undefined) this.agentText.delete(oldest);
  }
}
