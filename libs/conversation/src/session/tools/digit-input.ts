import type { Clock, Timer } from '../../ports/clock.ts';

/** Keys pressed with less than this between them belong together. */
const PAUSE_MS = 1_500;
const MAX_DIGITS = 64;

/** Gathers pressed keys into one entry: ended by `#` or by a pause. */
export class DigitInput {
  private digits = '';
  /** What was entered last; empty for nothing yet. */
  lastEntry = '';
  private timer: Timer | null = null;

  constructor(
    private readonly clock: Clock,
    private readonly onEntered: (digits: string) => void,
  ) {}

  pressed(digit: string): void {
    this.timer?.cancel();
    this.digits = (this.digits + digit).slice(0, MAX_DIGITS);
    if (digit === '#') this.enter();
    else this.timer = this.clock.after(PAUSE_MS, () => this.enter());
  }

  /** What was pressed and not yet entered is nobody's. */
  forget(): void {
    this.timer?.cancel();
    this.digits = '';
  }

  stop(): void {
    this.forget();
  }

  private enter(): void {
    const entered = this.digits;
    this.digits = '';
    if (entered === '') return;
    this.lastEntry = entered;
    this.onEntered(entered);
  }
}
