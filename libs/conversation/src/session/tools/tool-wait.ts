import type { Timer } from '../../ports/clock.ts';
import type { AgentState } from '../agent/agent-state.ts';
import type { CallContext } from '../call-context.ts';
import type { HoldMusic } from '../speech/hold-music.ts';
import type { TurnTaking } from '../turns/turn-taking.ts';

/**
 * Fills the time while a tool works: a spoken filler, then music, each only while the floor is quiet.
 * The agent's answer or the caller's voice stops both at once.
 */
export class ToolWait {
  private startedAt: number | null = null;
  private hasFilled = false;
  private fillersSaid = 0;
  private timers: Timer[] = [];

  constructor(
    private readonly context: CallContext,
    private readonly agent: Pick<AgentState, 'texts'>,
    private readonly turns: Pick<TurnTaking, 'isQuiet'>,
    private readonly music: HoldMusic,
  ) {}

  get isWaiting(): boolean {
    return this.startedAt !== null;
  }

  /** A tool went to work while none was working. */
  began(): void {
    this.startedAt = this.context.clock.now();
    this.hasFilled = false;
    this.arm();
  }

  /** The last tool is done. */
  ended(): void {
    this.startedAt = null;
    this.disarm();
    this.music.stop();
  }

  /** The agent or the caller speaks. */
  busy(): void {
    this.disarm();
    this.music.stop();
  }

  /** The floor is free. */
  quiet(): void {
    if (this.startedAt !== null) this.arm();
  }

  private arm(): void {
    this.disarm();
    const { fillerAfterMs, musicAfterMs } = this.context.call.agent.toolWait;
    if (fillerAfterMs > 0 && !this.hasFilled) this.in(fillerAfterMs, () => this.fill());
    if (musicAfterMs > 0) this.in(musicAfterMs, () => this.turns.isQuiet && this.music.start());
  }

  private in(afterMs: number, run: () => void): void {
    const waited = this.context.clock.now() - (this.startedAt ?? 0);
    this.timers.push(this.context.clock.after(Math.max(0, afterMs - waited), run));
  }

  private fill(): void {
    if (!this.turns.isQuiet) return;
    const { fillers } = this.agent.texts;
    const filler = fillers[this.fillersSaid % fillers.length];
    if (!filler) return;
    this.hasFilled = true;
    this.fillersSaid += 1;
    this.context.signal({ kind: 'phrase-due', text: filler });
  }

  private disarm(): void {
    for (const timer of this.timers) timer.cancel();
    this.timers = [];
  }
}
