import type { Clock, Timer } from '../../ports/clock.ts';
import type { NoiseReduction } from '../../ports/voice-model.ts';

/** A change of mind within this time does not reach the model. */
const DEBOUNCE_MS = 2_000;

/**
 * How far the caller is from the microphone, as the model's noise reduction. The last word within two seconds
 * counts; equal is no change.
 */
export class MicDistance {
  private timer: Timer | null = null;

  constructor(
    private current: NoiseReduction,
    private readonly clock: Clock,
    private readonly onChange: (distance: NoiseReduction) => void,
  ) {}

  /** Answers whether this will change anything. */
  set(distance: NoiseReduction): boolean {
    this.timer?.cancel();
    this.timer = null;
    if (distance === this.current) return false;
    this.timer = this.clock.after(DEBOUNCE_MS, () => {
      this.timer = null;
      this.onChange(distance);
    });
    return true;
  }

  /** It has been set, whoever wanted it. */
  confirm(distance: NoiseReduction): void {
    this.timer?.cancel();
    this.timer = null;
    this.current = distance;
  }

  stop(): void {
    this.timer?.cancel();
  }
}
