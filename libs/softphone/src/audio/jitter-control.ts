/**
 * Audio held back before playback starts, in ms: at first, at most, and how it changes. The least bears a
 * line that stalls for 100 ms, with a frame and a step of the device on top. It costs no time where the
 * agent's speech is made faster than it is spoken.
 */
const LEAST_MS = 140;
const MOST_MS = 200;
const GROWTH_MS = 40;
const SHRINK_MS = 10;
/** Playback without an underrun after which the delay shrinks by one step. */
const SHRINK_AFTER_MS = 10_000;

/** Adapts the delay before playback to the network: up at once after an underrun, down slowly. */
export class JitterControl {
  targetMs = LEAST_MS;
  private calmMs = 0;

  /** Playback ran dry in the middle of a sound. */
  underrun(): void {
    this.calmMs = 0;
    this.targetMs = Math.min(MOST_MS, this.targetMs + GROWTH_MS);
  }

  /** Another `ms` were played without a gap. */
  played(ms: number): void {
    this.calmMs += ms;
    if (this.calmMs < SHRINK_AFTER_MS) return;
    this.calmMs = 0;
    this.targetMs = Math.max(LEAST_MS, this.targetMs - SHRINK_MS);
  }
}
