/** A limit with bursts: as many tokens as `burst` may be taken at once, and they come back with time. */
export class TokenBucket {
  private tokens: number;

  /** @param lastAt when something came last, as the stream's clock has it; at first, when the stream began */
  constructor(
    private readonly burst: number,
    private readonly tokensPerMs: number,
    private lastAt: number,
  ) {
    this.tokens = burst;
  }

  /** When something came last, admitted or not. */
  get lastCameAt(): number {
    return this.lastAt;
  }

  /** Counts what has come. Returns whether it is within the limit; the stream drops what is not. */
  admits(amount: number, now: number): boolean {
    this.tokens = Math.min(this.burst, this.tokens + (now - this.lastAt) * this.tokensPerMs);
    this.lastAt = now;
    if (this.tokens < amount) return false;
    this.tokens -= amount;
    return true;
  }
}

/** A caller's clock may run faster than ours by this factor. */
const FASTEST_CLOCK = 1.01;

/** Returns the limit of a caller's audio, in bytes: real time, with bursts after a network delay. */
export function realTimeBucket(bytesPerMs: number, burstMs: number, now: number): TokenBucket {
  return new TokenBucket(burstMs * bytesPerMs, bytesPerMs * FASTEST_CLOCK, now);
}
