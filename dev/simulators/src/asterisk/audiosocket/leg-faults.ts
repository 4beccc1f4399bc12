import type { Clock, Timer } from '@tandem/kit';
import type { AudioSocketLeg } from './audiosocket-leg.ts';

/** A fault of an AudioSocket connection. Times are real ms from its opening. */
export type LegFault = { readonly afterMs: number } &
  /** Asterisk closes this leg: a FIN. */
  (
    | { readonly kind: 'fin' }
    /** The connection breaks with a reset. */
    | { readonly kind: 'reset' }
    /** A FIN, and then nothing: Asterisk's half stays open. */
    | { readonly kind: 'half-close' }
    /** Asterisk is gone without a FIN. */
    | { readonly kind: 'vanish' }
    /** Neither reads nor writes, for `forMs`, or for ever without it. */
    | { readonly kind: 'freeze'; readonly forMs?: number }
    /** Asterisk reads in bursts. */
    | {
        readonly kind: 'slow-reader';
        readonly readMs: number;
        readonly pauseMs: number;
        readonly rounds: number;
      }
    /** The caller's audio comes `factor` times as fast as real time. */
    | { readonly kind: 'flood'; readonly factor: number; readonly forMs: number }
    /** Frames come in pieces of `pieceBytes`. */
    | { readonly kind: 'split'; readonly pieceBytes: number; readonly forMs: number }
    /** Bytes that are no frame of a call. */
    | { readonly kind: 'raw'; readonly bytes: Uint8Array }
  );

/** A fault of the introduction of a connection. */
export type OpeningFault =
  | { readonly kind: 'late-uuid'; readonly delayMs: number }
  /** A UUID that nobody gave out, or that of another call. */
  | { readonly kind: 'other-uuid'; readonly uuid: string }
  | { readonly kind: 'no-uuid' };

/** Applies faults to one leg, each at its time from now on. */
export class LegFaults {
  private readonly leg: AudioSocketLeg;
  private readonly clock: Clock;
  private readonly timers = new Set<Timer>();

  constructor(leg: AudioSocketLeg, clock: Clock) {
    this.leg = leg;
    this.clock = clock;
  }

  add(fault: LegFault): void {
    this.after(fault.afterMs, () => this.apply(fault));
  }

  /** Cancels the faults that have not happened yet. */
  cancel(): void {
    for (const timer of this.timers) timer.cancel();
    this.timers.clear();
  }

  private apply(fault: LegFault): void {
    const leg = this.leg;
    switch (fault.kind) {
      case 'fin':
        return leg.close('fault');
      case 'reset':
        return leg.reset();
      case 'half-close':
        return leg.halfClose();
      case 'vanish':
        return leg.vanish();
      case 'freeze':
        leg.freeze();
        if (fault.forMs !== undefined) this.after(fault.forMs, () => leg.unfreeze());
        return;
      case 'slow-reader':
        return this.readSlowly(fault, fault.rounds);
      case 'flood':
        leg.framesPerTick = fault.factor;
        return this.after(fault.forMs, () => (leg.framesPerTick = 1));
      case 'split':
        leg.pieceBytes = fault.pieceBytes;
        return this.after(fault.forMs, () => (leg.pieceBytes = 0));
      case 'raw':
        return leg.sendRaw(fault.bytes);
    }
  }

  private readSlowly(rhythm: { readonly readMs: number; readonly pauseMs: number }, rounds: number): void {
    if (rounds <= 0) return;
    this.leg.pauseReading();
    this.after(rhythm.pauseMs, () => {
      this.leg.resumeReading();
      this.after(rhythm.readMs, () => this.readSlowly(rhythm, rounds - 1));
    });
  }

  private after(delayMs: number, run: () => void): void {
    const timer = this.clock.after(delayMs, () => {
      this.timers.delete(timer);
      run();
    });
    this.timers.add(timer);
  }
}
