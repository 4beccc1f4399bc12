import type { Clock, Timer } from '../../ports/clock.ts';

export type DigitCaptureOutcome = 'entered' | 'cancelled' | 'timed-out';

export interface DigitCapture {
  readonly outcome: DigitCaptureOutcome;
  /** Names the digits to tools; says nothing about them. */
  readonly reference: string;
  readonly count: number;
}

/** Somebody who looks for their card needs a moment. */
const PAUSE_MS = 30_000;
/**
 * Keys pressed with less than this between them belong together: whoever types on has not noticed that it is
 * over.
 */
const TYPING_ON_MS = 3_000;

/**
 * Digits that nobody but a tool may know. While it is on, the session passes on neither keys nor voice: see
 * `isOn`. `#` enters, `*` begins anew, `**` gives up; a full entry is entered by itself. What is typed on
 * after an end that was not `#` is still nobody's: see `hidesKeys`.
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

  /** Keys are to be handed here and nowhere else. */
  get isMasking(): boolean {
    return this.isOn || this.typingOn !== null;
  }

  /** What tools get, by reference. */
  get values(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.entered);
  }

  /** Resolves when the caller is done; a capture under way is cancelled first. */
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

  /** An entry broke off elsewhere, and the caller may be typing on. */
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
