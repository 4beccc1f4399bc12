import type { ItemId } from '@tandem/contracts';
import type {
  HistoryItem,
  ModelSessionChange,
  ModelSessionListener,
  ModelSessionSetup,
  VoiceModelSession,
} from '@tandem/conversation';
import type { FallbackTarget } from './fallback-chain.ts';

const MAX_ITEMS = 64;
const MAX_LATE = 64;

/**
 * One provider session of a call. Commands sent before it is ready are in the history it reads while opening;
 * those that come after it has read the history are kept until it is ready.
 */
export class ProviderSession {
  readonly session: VoiceModelSession;
  isReady = false;
  hasSpoken = false;
  private hasReadHistory = false;
  private changes: ModelSessionChange = {};
  private readonly late: ((session: VoiceModelSession) => void)[] = [];
  private readonly items = new Set<ItemId>();

  constructor(
    readonly target: FallbackTarget,
    setup: ModelSessionSetup,
    listenerOf: (inner: ProviderSession) => ModelSessionListener,
  ) {
    const history = (): readonly HistoryItem[] => {
      this.hasReadHistory = true;
      return setup.history();
    };
    this.session = target.model.open({ ...setup, history }, listenerOf(this));
  }

  markReady(): void {
    this.isReady = true;
    if (Object.keys(this.changes).length > 0) this.session.change(this.changes);
    for (const say of this.late.splice(0)) say(this.session);
  }

  change(change: ModelSessionChange): void {
    if (this.isReady) this.session.change(change);
    else this.changes = { ...this.changes, ...change };
  }

  /** Sends a command that is also in the conversation's history. */
  sendUnlessInHistory(say: (session: VoiceModelSession) => void): void {
    if (this.isReady) say(this.session);
    else if (this.hasReadHistory && this.late.length < MAX_LATE) this.late.push(say);
  }

  /** Sends a command that no history holds. */
  sendAlways(say: (session: VoiceModelSession) => void): void {
    if (this.isReady) say(this.session);
    else if (this.late.length < MAX_LATE) this.late.push(say);
  }

  markSpoken(itemId: ItemId): void {
    this.hasSpoken = true;
    if (this.items.has(itemId)) return;
    if (this.items.size >= MAX_ITEMS) this.items.clear();
    this.items.add(itemId);
  }

  hasSaid(itemId: ItemId): boolean {
    return this.items.has(itemId);
  }
}
