import type { Timer } from '../../ports/clock.ts';
import type { CallContext } from '../call-context.ts';

/** The pause that ends an entry. */
const PAUSE_MS = 1_500;
const MAX_DIGITS = 64;

/** Gathers pressed keys into one entry, ended by `#` or by a pause. */
export class DigitInput {
  private digits = '';
  /** The last entry; empty when there is none. */
  lastEntry = '';
  private timer: Timer | null = null;

  constructor(private readonly context: CallContext) {}

  pressed(digit: string): void {
    this.timer?.cancel();
    this.digits = (this.digits + digit).slice(0, MAX_DIGITS);
    if (digit === '#') this.enter();
    else this.timer = this.context.clock.after(PAUSE_MS, () => this.enter());
  }

  /** Drops keys that are not entered yet. */
  forget(): void {
    this.timer?.cancel();
    this.digits = '';
  }

  stop(): void {
    this.forget();
  }

  private enter(): void {
    const { digits } = this;
    this.digits = '';
    if (digits === '') return;
    this.lastEntry = digits;
    this.context.signal({ kind: 'digits-entered', digits });
  }
}
