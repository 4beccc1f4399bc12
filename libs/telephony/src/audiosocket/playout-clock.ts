import type { Clock, Timer } from '@tandem/conversation';
import { FRAME_MS } from './audiosocket-frames.ts';

/**
 * Frames written at a time after the clock was late. A caller's phone has a buffer of its own for about as
 * many; later ones are left out, and the agent's words come that much later.
 */
const MAX_FRAMES_AT_ONCE = 3;

/** Parts of 20 ms over which the players are spread, so that no tick holds the event loop for long. */
const SLOTS = 4;
const SLOT_MS = FRAME_MS / SLOTS;

/** A stream that plays by itself. */
export interface Player {
  /** Writes the frames that are due, at most three. Called on the event loop's own turn; must not throw. */
  play(frames: number, now: number): void;
}

/** Players that write at the same time. */
interface Slot {
  readonly players: Set<Player>;
  /** When their next frame is due. */
  dueAt: number;
}

/**
 * The 20 ms clock of all streams of a process whose carrier has no playout buffer. Ticks follow one schedule,
 * so a late one does not shift those after it; it runs only while there are players.
 */
export class PlayoutClock {
  private readonly slots: readonly Slot[] = Array.from({ length: SLOTS }, () => ({
    players: new Set(),
    dueAt: 0,
  }));
  private timer: Timer | null = null;
  /** When the next slot is due. */
  private nextAt = Number.POSITIVE_INFINITY;

  constructor(private readonly clock: Clock) {}

  add(player: Player): void {
    this.slots
      .reduce((least, slot) => (slot.players.size < least.players.size ? slot : least))
      .players.add(player);
    if (!this.timer) this.start();
  }

  delete(player: Player): void {
    for (const { players } of this.slots) players.delete(player);
    if (this.slots.some(({ players }) => players.size > 0)) return;
    this.timer?.cancel();
    this.timer = null;
    this.nextAt = Number.POSITIVE_INFINITY;
  }

  /**
   * Plays what is due by `now`. Node runs its timers only after it has read every socket that has something
   * to read, which takes longer than a frame under load; so streams call this for each frame they read.
   */
  playDue(now: number): void {
    if (now < this.nextAt) return;
    this.nextAt = Number.POSITIVE_INFINITY;
    for (const slot of this.slots) {
      if (slot.dueAt <= now) playSlot(slot, now);
      this.nextAt = Math.min(this.nextAt, slot.dueAt);
    }
  }

  private start(): void {
    const now = this.clock.now();
    this.slots.forEach((slot, at) => (slot.dueAt = now + FRAME_MS - at * SLOT_MS));
    this.nextAt = Math.min(...this.slots.map(({ dueAt }) => dueAt));
    this.schedule();
  }

  private schedule(): void {
    // A timer of Node takes whole milliseconds, and rounds down.
    const delayMs = Math.max(0, Math.ceil(this.nextAt - this.clock.now()));
    const timer = this.clock.after(delayMs, () => {
      this.playDue(this.clock.now());
      // A player may have been the last one, and another one may have started the clock anew.
      if (this.timer === timer) this.schedule();
    });
    this.timer = timer;
  }
}

function playSlot(slot: Slot, now: number): void {
  const late = Math.floor((now - slot.dueAt) / FRAME_MS);
  const frames = Math.min(MAX_FRAMES_AT_ONCE, late + 1);
  slot.dueAt = late < MAX_FRAMES_AT_ONCE ? slot.dueAt + (late + 1) * FRAME_MS : now + FRAME_MS;
  for (const player of slot.players) player.play(frames, now);
}
