import type { Clock, Timer } from '../../ports/clock.ts';

export type DigitCaptureOutcome = 'entered' | 'cancelled' | 'timed-out';

export interface DigitCapture {
  readonly outcome: DigitCaptureOutcome;
  /** Tools get the digits by this name, which says nothing about them. */
  readonly reference: string;
  readonly count: number;
}

/** The longest pause: a caller may have to look for their card. */
const PAUSE_MS = 30_000;
/** Keys that follow the end of an entry within this time still belong to it. */
const TYPING_ON_MS = 3_000;

/**
 * Captures digits for tools only. During a capture ({@link isOn}) the session passes on neither keys nor
 * voice. `#` enters, `*` starts over, `**` gives up; a full entry is entered by itself. Keys typed shortly
 * after an automatic end are still masked ({@link isMasking}).
 */
export class SecureDigits {
  private digits = '';
  private stars = 0;
  private maxDigits = 0;
  private timer: Timer | null = null;
  private settle: ((capture: DigitCapture) => void) | null = null;
  private count = 0;
  private typingOn: Timer | null = null;
  private readonly entered = new Map<string, string>();

  constructor(private readonly clock: Clock) {}

  get isOn(): boolean {
    return this.settle !== null;
  }

  /** Keys must reach this object only. */
  get isMasking(): boolean {
    return this.isOn || this.typingOn !== null;
  }

  /** The captured digits by reference, for tools. */
  get values(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.entered);
  }

  /** Starts a capture, cancelling one under way. Resolves when it ends. */
  begin(maxDigits: number): Promise<DigitCapture> {
    this.cancel();
    this.stopMasking();
    this.maxDigits = maxDigits;
    return new Promise((resolve) => {
      this.settle = resolve;
      this.wait();
    });
  }

  pressed(digit: string): void {
    if (!this.isOn) {
      if (digit === '#') this.stopMasking();
      else if (this.typingOn) this.startMasking(TYPING_ON_MS);
      return;
    }
    this.wait();
    this.stars = digit === '*' ? this.stars + 1 : 0;
    if (digit === '#') {
      this.end(this.digits === '' ? 'cancelled' : 'entered');
      return this.stopMasking();
    }
    if (digit === '*') {
      this.digits = '';
      if (this.stars >= 2) this.end('cancelled');
      return;
    }
    this.digits += digit;
    if (this.digits.length >= this.maxDigits) this.end('entered');
  }

  cancel(): void {
    if (this.isOn) this.end('cancelled');
  }

  /** Masks keys, as a capture ended on another relay and the caller may be typing on. */
  maskAfterInterruption(): void {
    this.startMasking(PAUSE_MS);
  }

  stop(): void {
    this.cancel();
    this.stopMasking();
  }

  private startMasking(forMs: number): void {
    this.stopMasking();
    this.typingOn = this.clock.after(forMs, () => (this.typingOn = null));
  }

  private stopMasking(): void {
    this.typingOn?.cancel();
    this.typingOn = null;
  }

  private wait(): void {
    this.timer?.cancel();
    this.timer = this.clock.after(PAUSE_MS, () => this.end('timed-out'));
  }

  private end(outcome: DigitCaptureOutcome): void {
    const { settle, digits } = this;
    this.timer?.cancel();
    this.timer = null;
    this.settle = null;
    this.digits = '';
    this.stars = 0;
    this.startMasking(TYPING_ON_MS);
    const reference = `digits_${++this.count}`;
    if (outcome === 'entered') this.entered.set(reference, digits);
    settle?.({ outcome, reference, count: outcome === 'entered' ? digits.length : 0 });
  }
}
