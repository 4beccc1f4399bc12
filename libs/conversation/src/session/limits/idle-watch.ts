import type { AgentSnapshot, ItemId } from '@tandem/contracts';
import type { Timer } from '../../ports/clock.ts';
import type { CallContext } from '../call-context.ts';
import type { TurnTaking } from '../turns/turn-taking.ts';

const MAX_OPEN = 16;

/**
 * Notices that the caller says nothing. Words and key presses of the caller reset the count; so does the
 * agent's speech, unless it answers a sound without words. No prompt is due while the words of a sound are
 * still unknown.
 */
export class IdleWatch {
  private timer: Timer | null = null;
  private prompts = 0;
  /** Silence before {@link since}, in ms. */
  private silentMs = 0;
  /** Start of the current silence; null while silence does not count. */
  private since: number | null = null;
  /** Sounds of the caller that may turn out to be words. */
  private readonly open = new Set<ItemId>();
  private wasWordless = false;

  private readonly settings: AgentSnapshot['idle'];

  constructor(
    private readonly context: CallContext,
    private readonly turns: Pick<TurnTaking, 'isQuiet'>,
  ) {
    this.settings = context.call.agent.idle;
  }

  /** The floor is quiet: silence counts from now on. */
  quiet(): void {
    if (this.settings.afterMs === 0) return;
    this.pause();
    this.since = this.context.clock.now();
    this.timer = this.context.clock.after(Math.max(0, this.settings.afterMs - this.silentMs), () =>
      this.due(),
    );
  }

  /** The agent speaks, or a tool works: silence is not idleness. */
  busy(): void {
    this.pause();
    if (!this.wasWordless && this.open.size === 0) this.silentMs = 0;
  }

  /** The caller makes a sound. */
  callerSounds(itemId: ItemId): void {
    if (this.open.size >= MAX_OPEN) this.open.clear();
    this.open.add(itemId);
  }

  /** The sound had no words. */
  wordless(itemId: ItemId): void {
    if (!this.open.delete(itemId)) return;
    this.wasWordless = true;
    if (this.since !== null) this.quiet();
  }

  /** The caller said something, even if the words are unknown. */
  callerSaid(itemId: ItemId, isFinal: boolean): void {
    if (isFinal) this.open.delete(itemId);
    this.callerActive();
  }

  /** The caller spoke or pressed a key. */
  callerActive(): void {
    this.prompts = 0;
    this.silentMs = 0;
    this.wasWordless = false;
    if (this.since === null) return;
    this.since = this.context.clock.now();
    this.quiet();
  }

  stop(): void {
    this.pause();
  }

  private pause(): void {
    this.timer?.cancel();
    this.timer = null;
    if (this.since !== null) this.silentMs += this.context.clock.now() - this.since;
    this.since = null;
  }

  /** Prompts, or waits for the next pause or the end of the caller's sound. */
  private due(): void {
    if (this.open.size > 0 || !this.turns.isQuiet) return;
    this.pause();
    this.silentMs = 0;
    const { log, atMs, signal } = this.context;
    if (this.prompts >= this.settings.maxPrompts) return signal({ kind: 'idle-given-up' });
    this.prompts += 1;
    log.append({ type: 'idle.prompted', data: { count: this.prompts, atMs: atMs() } });
    signal({ kind: 'idle-prompt-due' });
  }
}
