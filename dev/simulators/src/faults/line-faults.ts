import type { Clock, Timer } from '@tandem/kit';

/** A fault of a media connection of any carrier. */
export type LineFault =
  /** Half-open: nothing is read, written or closed; for `forMs`, or for ever without it. */
  | { readonly kind: 'freeze'; readonly forMs?: number }
  /** The carrier reads in bursts: `readMs` on, `pauseMs` off. */
  | {
      readonly kind: 'slow-reader';
      readonly readMs: number;
      readonly pauseMs: number;
      readonly rounds: number;
    }
  /** The caller's audio comes `factor` times as fast as real time. */
  | { readonly kind: 'flood'; readonly factor: number; readonly forMs: number };

/** A fault at its time, in real ms from the opening of the connection. */
export type Timed<Fault> = { readonly afterMs: number } & Fault;

interface FaultyLine {
  /** Frames of the caller in one tick. */
  mediaPerTick: number;
  freeze(): void;
  unfreeze(): void;
  pauseReading(): void;
  resumeReading(): void;
}

type Rhythm = Extract<LineFault, { kind: 'slow-reader' }>;

/** Applies faults to one connection, each at its time from now on. */
export class LineFaults<Own extends { readonly kind: string }> {
  private readonly timers = new Set<Timer>();

  /** @param applyOwn applies a fault that only this carrier's connections have */
  constructor(
    private readonly line: FaultyLine,
    private readonly clock: Clock,
    private readonly applyOwn: (fault: Own, faults: LineFaults<Own>) => void,
  ) {}

  add(fault: Timed<LineFault | Own>): void {
    this.after(fault.afterMs, () => this.apply(fault));
  }

  /** Cancels the faults that have not happened yet. */
  cancel(): void {
    for (const timer of this.timers) timer.cancel();
    this.timers.clear();
  }

  /** Runs something later, unless the faults are cancelled. */
  after(delayMs: number, run: () => void): void {
    const timer = this.clock.after(delayMs, () => {
      this.timers.delete(timer);
      run();
    });
    this.timers.add(timer);
  }

  private apply(fault: LineFault | Own): void {
    const { line } = this;
    if (!isLineFault(fault)) return this.applyOwn(fault, this);
    switch (fault.kind) {
      case 'freeze':
        line.freeze();
        if (fault.forMs !== undefined) this.after(fault.forMs, () => line.unfreeze());
        return;
      case 'slow-reader':
        return this.readSlowly(fault, fault.rounds);
      case 'flood':
        line.mediaPerTick = fault.factor;
        return this.after(fault.forMs, () => (line.mediaPerTick = 1));
    }
  }

  private readSlowly(rhythm: Rhythm, rounds: number): void {
    if (rounds <= 0) return;
    this.line.pauseReading();
    this.after(rhythm.pauseMs, () => {
      this.line.resumeReading();
      this.after(rhythm.readMs, () => this.readSlowly(rhythm, rounds - 1));
    });
  }
}

const LINE_FAULTS: ReadonlySet<string> = new Set<LineFault['kind']>(['freeze', 'slow-reader', 'flood']);

function isLineFault(fault: { readonly kind: string }): fault is LineFault {
  return LINE_FAULTS.has(fault.kind);
}
