import type { Clock, Timer } from '@tandem/conversation';
import { FRAME_MS } from './audiosocket-frames.ts';

/**
 * Frames written at a time after the clock was late. A caller's phone has a buffer of its own for about as
 * many; later ones are left out, and the agent's words come that much later.
 */
const MAX_FRAMES_AT_ONCE = 3;

/** A stream that plays by itself. */
export interface Player {
  /** Writes the frames that are due, at most three. Called on the event loop's own turn; must not throw. */
  play(frames: number, now: number): void;
}

/**
 * The 20 ms clock of all streams of a process whose carrier has no playout buffer. Ticks follow one schedule,
 * so a late one does not shift those after it; it runs only while there are players.
 */
export class PlayoutClock {
  private readonly players = new Set<Player>();
  private timer: Timer | null = null;
  /** When the next frame is due. */
  private dueAt = 0;

  constructor(private readonly clock: Clock) {}

  add(player: Player): void {
    this.players.add(player);
    if (this.timer) return;
    this.dueAt = this.clock.now() + FRAME_MS;
    this.schedule();
  }

  delete(player: Player): void {
    this.players.delete(player);
    if (this.players.size > 0) return;
    this.timer?.cancel();
    this.timer = null;
  }

  private schedule(): void {
    // A timer of Node takes whole milliseconds, and rounds down.
    const delayMs = Math.max(0, Math.ceil(this.dueAt - this.clock.now()));
    this.timer = this.clock.after(delayMs, () => this.tick());
  }

  private tick(): void {
    const now = this.clock.now();
    const late = Math.floor((now - this.dueAt) / FRAME_MS);
    const frames = Math.min(MAX_FRAMES_AT_ONCE, late + 1);
    this.dueAt = late < MAX_FRAMES_AT_ONCE ? this.dueAt + (late + 1) * FRAME_MS : now + FRAME_MS;
    this.schedule();
    if (frames > 0) for (const player of this.players) player.play(frames, now);
  }
}
