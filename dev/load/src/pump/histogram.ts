const BIN_US = 10;
const BINS = 50_000;

export interface Spread {
  readonly count: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  readonly maxMs: number;
}

/** Latencies in bins of 10 µs up to half a second: counting costs nothing and a million samples no memory. */
export class Histogram {
  private readonly bins = new Uint32Array(BINS + 1);
  private count = 0;
  private maxUs = 0;

  add(us: number): void {
    const bin = Math.min(BINS, Math.max(0, Math.floor(us / BIN_US)));
    this.bins[bin] = (this.bins[bin] as number) + 1;
    this.count += 1;
    if (us > this.maxUs) this.maxUs = us;
  }

  reset(): void {
    this.bins.fill(0);
    this.count = 0;
    this.maxUs = 0;
  }

  get spread(): Spread {
    const at = (share: number): number => this.percentileMs(share);
    return {
      count: this.count,
      p50Ms: at(0.5),
      p95Ms: at(0.95),
      p99Ms: at(0.99),
      p999Ms: at(0.999),
      maxMs: this.maxUs / 1000,
    };
  }

  private percentileMs(share: number): number {
    let left = Math.ceil(this.count * share);
    for (let bin = 0; bin <= BINS; bin += 1) {
      left -= this.bins[bin] as number;
      if (left <= 0) return Math.min(((bin + 1) * BIN_US) / 1000, this.maxUs / 1000);
    }
    return Number.NaN;
  }
}
