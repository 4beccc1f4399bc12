/** Gaps between the frames of one direction, in ms. */
export interface SpacingReport {
  readonly frames: number;
  /** The newest arrivals, at most {@link ARRIVALS_KEPT}; ms from the start of the call. */
  readonly arrivalsMs: readonly number[];
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
  readonly longestMs: number | null;
  /**
   * How far the frames ran ahead of real time at most, in ms: what a phone would have had to buffer. Zero for
   * frames of 20 ms that came every 20 ms.
   */
  readonly aheadMs: number;
}

/** A quarter of an hour of frames. */
export const ARRIVALS_KEPT = 45_000;

/** Records when frames arrived. Without playout buffer the caller hears every gap. */
export class FrameSpacing {
  private readonly arrivals: number[] = [];
  private frames = 0;
  /** Audio received since the last pause, and when it began. */
  private streakSinceMs = 0;
  private streakMs = 0;
  private aheadMs = 0;

  /** A frame of `lengthMs` arrived at `atMs`. */
  add(atMs: number, lengthMs: number): void {
    this.frames += 1;
    this.arrivals.push(atMs);
    if (this.arrivals.length > ARRIVALS_KEPT) this.arrivals.shift();
    const lagMs = atMs - this.streakSinceMs - this.streakMs;
    if (this.frames === 1 || lagMs > 0) {
      this.streakSinceMs = atMs;
      this.streakMs = 0;
    } else {
      this.aheadMs = Math.max(this.aheadMs, -lagMs);
    }
    this.streakMs += lengthMs;
  }

  report(): SpacingReport {
    const gaps = this.arrivals.slice(1).map((atMs, index) => atMs - (this.arrivals[index] as number));
    gaps.sort((a, b) => a - b);
    const at = (share: number) => gaps[Math.ceil(gaps.length * share) - 1] ?? null;
    return {
      frames: this.frames,
      arrivalsMs: [...this.arrivals],
      p50Ms: at(0.5),
      p95Ms: at(0.95),
      p99Ms: at(0.99),
      longestMs: at(1),
      aheadMs: this.aheadMs,
    };
  }
}
