import type { AgentSnapshot } from '@tandem/contracts';
import type { Clock, Timer } from '../ports/clock.ts';

export interface IdleWatchEvents {
  /** Nobody has said anything for the agent's patience, for the nth time in a row. */
  prompt(count: number): void;
  /** Nor after the last prompt. */
  giveUp(): void;
}

/** Notices that both sides are silent. The caller's voice or key begins the count anew; the agent's own speech only the clock. */
export class IdleWatch {
  private timer: Timer | null = null;
  private prompts = 0;

  constructor(
    private readonly settings: AgentSnapshot['idle'],
    private readonly clock: Clock,
    private readonly events: IdleWatchEvents,
  ) {}

  quiet(): void {
    const { afterMs, maxPrompts } = this.settings;
    this.timer?.cancel();
    if (afterMs === 0) return;
    this.timer = this.clock.after(afterMs, () => {
      if (this.prompts >= maxPrompts) return this.events.giveUp();
      this.prompts += 1;
      this.events.prompt(this.prompts);
    });
  }

  callerActive(): void {
    this.prompts = 0;
    this.busy();
  }

  /** Somebody speaks, or a tool works: silence is not idleness. */
  busy(): void {
    this.timer?.cancel();
    this.timer = null;
  }
}
