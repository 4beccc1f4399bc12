import type { AgentSnapshot, ItemId } from '@tandem/contracts';
import type { Clock, Timer } from '../../ports/clock.ts';

export interface IdleWatchEvents {
  /** Nobody speaks, and nobody is about to. */
  isFloorFree(): boolean;
  /** The caller has said nothing for the agent's patience, for the nth time in a row. */
  prompt(count: number): void;
  /** Nor after the last prompt. */
  giveUp(): void;
}

const MAX_OPEN = 16;

/**
 * Notices that the caller says nothing. Their words, or a key, begin the count anew; so does what the agent
 * says, unless it answers a sound that turned out to be no word. A sound whose words are not known yet holds
 * the question back.
 */
export class IdleWatch {
  private timer: Timer | null = null;
  private prompts = 0;
  /** Of silence before {@link since}. */
  private silentMs = 0;
  /** Since when silence counts; null while it does not. */
  private since: number | null = null;
  /** Sounds of the caller that may turn out to be words. */
  private readonly open = new Set<ItemId>();
  private wasWordless = false;

  constructor(
    private readonly settings: AgentSnapshot['idle'],
    private readonly clock: Clock,
    private readonly events: IdleWatchEvents,
  ) {}

  /** Nobody speaks: silence counts from here. */
  quiet(): void {
    if (this.settings.afterMs === 0) return;
    this.pause();
    this.since = this.clock.now();
    this.timer = this.clock.after(Math.max(0, this.settings.afterMs - this.silentMs), () => this.due());
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

  /** The sound was none that means anything. */
  wordless(itemId: ItemId): void {
    if (!this.open.delete(itemId)) return;
    this.wasWordless = true;
    if (this.since !== null) this.quiet();
  }

  /** The caller said something, be it that nobody knows what. */
  callerSaid(itemId: ItemId, isFinal: boolean): void {
    if (isFinal) this.open.delete(itemId);
    this.callerActive();
  }

  /** The caller is there. */
  callerActive(): void {
    this.prompts = 0;
    this.silentMs = 0;
    this.wasWordless = false;
    if (this.since === null) return;
    this.since = this.clock.now();
    this.quiet();
  }

  stop(): void {
    this.pause();
  }

  private pause(): void {
    this.timer?.cancel();
    this.timer = null;
    if (this.since !== null) this.silentMs += this.clock.now() - this.since;
    this.since = null;
  }

  /** Asked again with the next pause, or the end of the sound, where it cannot be asked now. */
  private due(): void {
    if (this.open.size > 0 || !this.events.isFloorFree()) return;
    this.pause();
    this.silentMs = 0;
    if (this.prompts >= this.settings.maxPrompts) return this.events.giveUp();
    this.prompts += 1;
    this.events.prompt(this.prompts);
  }
}
