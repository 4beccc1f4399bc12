import type { ItemId } from '@tandem/contracts';
import type { HistoryItem } from '../../ports/voice-model.ts';
import type { CallContext } from '../call-context.ts';
import type { SpokenItem } from '../speech/spoken-item.ts';
import { hasHeardQuestion, heardText } from './heard-text.ts';

/** Bounds the items whose text is incomplete. */
const MAX_OPEN = 64;
const MAX_TEXT_LENGTH = 20_000;

/** Logs what the agent said, as far as the caller has heard it. */
export class AgentTranscript {
  private readonly textOf = new Map<ItemId, string>();

  constructor(private readonly context: CallContext) {}

  agentSaid(itemId: ItemId, delta: string): void {
    const text = this.textOf.get(itemId) ?? '';
    if (text === '' && this.textOf.size >= MAX_OPEN) this.forgetOldest();
    this.textOf.set(itemId, (text + delta).slice(0, MAX_TEXT_LENGTH));
  }

  /** Returns whether the caller has heard a question in what is playing. */
  hasAsked(
    hearing: readonly { readonly itemId: ItemId; readonly heardMs: number; readonly writtenMs: number }[],
  ): boolean {
    return hearing.some(({ itemId, heardMs, writtenMs }) =>
      hasHeardQuestion(this.textOf.get(itemId) ?? '', heardMs, writtenMs),
    );
  }

  /** Returns what the agent has said and the caller is still hearing: it is not logged yet. */
  unheard(isPlaying: (itemId: ItemId) => boolean): HistoryItem[] {
    return [...this.textOf]
      .filter(([itemId, text]) => text.trim() !== '' && isPlaying(itemId))
      .map(([, text]) => ({ kind: 'agent', text: text.trim() }));
  }

  /** Logs the words the caller heard of an item, and returns them. */
  agentHeard(item: SpokenItem): string {
    const text = this.textOf.get(item.itemId) ?? '';
    this.textOf.delete(item.itemId);
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
        ...restOf(text, heard),
        startedAtMs: item.startedAtMs,
        endedAtMs: item.startedAtMs + item.heardMs,
      },
    });
    return heard;
  }

  private forgetOldest(): void {
    const [oldest] = this.textOf.keys();
    if (oldest !== undefined) this.textOf.delete(oldest);
  }
}

/** Returns the words after the heard ones, if there are any. */
function restOf(text: string, heard: string): { readonly unheard?: string } {
  const unheard = text.trimStart().slice(heard.length).trim();
  return unheard === '' ? {} : { unheard };
}
