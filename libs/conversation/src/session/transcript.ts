import type { ItemId } from '@tandem/contracts';
import type { CallLog } from '../ports/call-log.ts';
import type { Clock } from '../ports/clock.ts';
import type { HistoryItem } from '../ports/voice-model.ts';
import { offsetMs, type CallFacts } from './call-facts.ts';
import { heardText } from './heard-text.ts';

interface CallerUtterance {
  startedAtMs: number;
  endedAtMs: number | null;
}

/** How an item of the agent's speech went, once no more of it will be heard. */
export interface SpokenItem {
  readonly itemId: ItemId;
  readonly startedAtMs: number;
  readonly heardMs: number;
  readonly generatedMs: number;
  readonly isInterrupted: boolean;
}

/** Utterances waiting for their words, and items for the rest of theirs; more than this many are not kept. */
const MAX_OPEN = 64;
const MAX_TEXT_LENGTH = 20_000;

/**
 * Turns what both parties said into facts of the call log: the caller's words as transcribed (they come late), the
 * agent's as heard.
 */
export class Transcript {
  private readonly callerOpen = new Map<ItemId, CallerUtterance>();
  private readonly agentText = new Map<ItemId, string>();
  private waiters: (() => void)[] = [];

  constructor(
    private readonly call: CallFacts,
    private readonly log: CallLog,
    private readonly clock: Clock,
  ) {}

  callerStarted(itemId: ItemId): void {
    if (this.callerOpen.size >= MAX_OPEN) this.dropOldest(this.callerOpen);
    this.callerOpen.set(itemId, { startedAtMs: offsetMs(this.call, this.clock), endedAtMs: null });
  }

  callerStopped(itemId: ItemId): void {
    const utterance = this.callerOpen.get(itemId);
    if (utterance) utterance.endedAtMs = offsetMs(this.call, this.clock);
  }

  /** The final words of an utterance; without words (a cough, noise) it leaves no trace. */
  callerText(itemId: ItemId, text: string): void {
    const now = offsetMs(this.call, this.clock);
    const utterance = this.callerOpen.get(itemId) ?? { startedAtMs: now, endedAtMs: now };
    this.callerOpen.delete(itemId);
    const words = text.trim().slice(0, MAX_TEXT_LENGTH);
    if (words !== '') {
      this.log.append({
        type: 'caller.spoke',
        data: { itemId, text: words, startedAtMs: utterance.startedAtMs, endedAtMs: utterance.endedAtMs ?? now },
      });
    }
    if (this.callerOpen.size === 0) this.wakeWaiters();
  }

  agentSaid(itemId: ItemId, delta: string): void {
    const text = this.agentText.get(itemId) ?? '';
    if (text === '' && this.agentText.size >= MAX_OPEN) this.dropOldest(this.agentText);
    this.agentText.set(itemId, (text + delta).slice(0, MAX_TEXT_LENGTH));
  }

  /** What the agent has said that is no fact yet, because the caller is still hearing it. */
  unheard(isPlaying: (itemId: ItemId) => boolean): HistoryItem[] {
    return [...this.agentText].filter(([itemId, text]) => text.trim() !== '' && isPlaying(itemId)).map(([, text]) => ({ kind: 'agent', text: text.trim() }));
  }

  /** Answers the words the caller heard. */
  agentHeard(item: SpokenItem): string {
    const text = this.agentText.get(item.itemId) ?? '';
    this.agentText.delete(item.itemId);
    const heard = item.isInterrupted ? heardText(text, item.heardMs, item.generatedMs) : text.trim();
    if (heard === '' && item.heardMs === 0) return '';
    this.log.append({
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
    return this.callerOpen.size > 0;
  }

  /** Resolves when no utterance waits for its words any more, or after `timeoutMs`. */
  settled(timeoutMs: number): Promise<void> {
    if (this.callerOpen.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = this.clock.after(timeoutMs, resolve);
      this.waiters.push(() => {
        timer.cancel();
        resolve();
      });
    });
  }

  private wakeWaiters(): void {
    const waiters = this.waiters;
    this.waiters = [];
    for (const wake of waiters) wake();
  }

  private dropOldest(open: Map<ItemId, unknown>): void {
    const [oldest] = open.keys();
    if (oldest !== undefined) open.delete(oldest);
  }
}
