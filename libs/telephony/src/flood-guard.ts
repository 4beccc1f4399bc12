/** A caller's clock may run faster than ours by this factor. */
const FASTEST_CLOCK = 1.01;

/** Limit on a caller's audio: real time, with bursts after a network delay. What exceeds it is a flood. */
export class FloodGuard {
  /** Audio that may come now without exceeding real time. */
  private allowedBytes: number;
  private readonly mostBytes: number;

  /**
   * @param bytesPerMs of the stream's format
   * @param burstMs audio that may come at once
   * @param lastAt when audio came last, as the stream's clock has it; at first, when the stream began
   */
  constructor(
    private readonly bytesPerMs: number,
    burstMs: number,
    private lastAt: number,
  ) {
    this.mostBytes = burstMs * bytesPerMs;
    this.allowedBytes = this.mostBytes;
  }

  /** When audio came last, admitted or not. */
  get lastAudioAt(): number {
    return this.lastAt;
  }

  /** Counts audio that has come. Returns whether it is within real time; the stream drops all other. */
  admits(byteLength: number, now: number): boolean {
    this.allowedBytes = Math.min(
      this.mostBytes,
      this.allowedBytes + (now - this.lastAt) * this.bytesPerMs * FASTEST_CLOCK,
    );
    this.lastAt = now;
    if (this.allowedBytes < byteLength) return false;
    this.allowedBytes -= byteLength;
    return true;
  }
}
