const WINDOW_MS = 600_000;
const MAX_IN_WINDOW = 60;
/** Tokens that are counted; the one counted longest ago goes first. */
const MAX_TOKENS = 10_000;

interface Count {
  count: number;
  readonly sinceMs: number;
}

/** Bounds how often one feed is read from this process: programs ask every few minutes. */
export class FeedLimit {
  private readonly counts = new Map<string, Count>();

  /** Counts a request. @returns the seconds to wait before another one is answered; 0 for none */
  take(token: string, nowMs: number): number {
    const known = this.counts.get(token);
    const current = known && nowMs - known.sinceMs < WINDOW_MS ? known : { count: 0, sinceMs: nowMs };
    if (current !== known) this.counts.delete(token);
    if (current.count >= MAX_IN_WINDOW) return Math.ceil((current.sinceMs + WINDOW_MS - nowMs) / 1_000);
    current.count += 1;
    this.counts.set(token, current);
    const [oldest] = this.counts.keys();
    if (this.counts.size > MAX_TOKENS && oldest !== undefined) this.counts.delete(oldest);
    return 0;
  }
}
