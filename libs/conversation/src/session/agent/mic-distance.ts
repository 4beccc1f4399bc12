import type { Timer } from '../../ports/clock.ts';
import type { NoiseReduction } from '../../ports/voice-model.ts';
import type { CallContext } from '../call-context.ts';

/** A change waits this long, so that one soon after replaces it. */
const DEBOUNCE_MS = 2_000;

/**
 * The caller's distance from the microphone, as the model's noise reduction. The last of several choices
 * within two seconds counts.
 */
export class MicDistance {
  private timer: Timer | null = null;

  constructor(
    private readonly context: CallContext,
    private current: NoiseReduction,
  ) {}

  /** Returns whether this is a change. */
  set(distance: NoiseReduction): boolean {
    this.timer?.cancel();
    this.timer = null;
    if (distance === this.current) return false;
    this.timer = this.context.clock.after(DEBOUNCE_MS, () => {
      this.timer = null;
      this.context.signal({ kind: 'mic-distance-chosen', distance });
    });
    return true;
  }

  /** The model's setting is now `distance`. */
  confirm(distance: NoiseReduction): void {
    this.timer?.cancel();
    this.timer = null;
    this.current = distance;
  }

  stop(): void {
    this.timer?.cancel();
  }
}
