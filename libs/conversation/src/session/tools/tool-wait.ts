import type { ToolWaitSettings } from '@tandem/contracts';
import type { Clock, Timer } from '../../ports/clock.ts';

export interface ToolWaitParts {
  readonly isFloorFree: () => boolean;
  /** Ways to say "one moment", taken in turn. */
  readonly fillers: () => readonly string[];
  readonly say: (text: string) => void;
  readonly startMusic: () => void;
  readonly stopMusic: () => void;
}

/**
 * What the caller hears while a tool works: a spoken filler, then music, each only while nobody speaks. The
 * answer or the caller's voice ends both at once.
 */
export class ToolWait {
  private startedAt: number | null = null;
  private hasFilled = false;
  private fillersSaid = 0;
  private timers: Timer[] = [];

  constructor(
    private readonly settings: ToolWaitSettings,
    private readonly clock: Clock,
    private readonly parts: ToolWaitParts,
  ) {}

  get isWaiting(): boolean {
    return this.startedAt !== null;
  }

  /** A tool went to work while none was. */
  began(): void {
    this.startedAt = this.clock.now();
    this.hasFilled = false;
    this.arm();
  }

  /** No tool works any more. */
  ended(): void {
    this.startedAt = null;
    this.disarm();
    this.parts.stopMusic();
  }

  /** Somebody speaks. */
  busy(): void {
    this.disarm();
    this.parts.stopMusic();
  }

  /** Nobody does. */
  quiet(): void {
    if (this.startedAt !== null) this.arm();
  }

  private arm(): void {
    this.disarm();
    const { fillerAfterMs, musicAfterMs } = this.settings;
    if (fillerAfterMs > 0 && !this.hasFilled) this.in(fillerAfterMs, () => this.fill());
    if (musicAfterMs > 0) this.in(musicAfterMs, () => this.parts.isFloorFree() && this.parts.startMusic());
  }

  private in(afterMs: number, run: () => void): void {
    const waited = this.clock.now() - (this.startedAt ?? 0);
    this.timers.push(this.clock.after(Math.max(0, afterMs - waited), run));
  }

  private fill(): void {
    if (!this.parts.isFloorFree()) return;
    const fillers = this.parts.fillers();
    const filler = fillers[this.fillersSaid % fillers.length];
    if (!filler) return;
    this.hasFilled = true;
    this.fillersSaid += 1;
    this.parts.say(filler);
  }

  private disarm(): void {
    for (const timer of this.timers) timer.cancel();
    this.timers = [];
  }
}
