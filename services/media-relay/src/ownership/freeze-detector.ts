import { RELAY_LEASE_MS, RELAY_RENEW_MS } from '@tandem/call-state';
import type { RelayMetrics } from '../metrics/relay-metrics.ts';

const BEAT_MS = 100;
/** After a longer stall the lease may have expired, because it is renewed every `RELAY_RENEW_MS`. */
export const MAX_STALL_MS = RELAY_LEASE_MS - RELAY_RENEW_MS;
/**
 * Without a reply from Redis the relay assumes ownership after this time: by then the carrier has closed the
 * streams of calls that were taken over.
 */
const ASSUME_OWNED_AFTER_MS = 3_000;

export interface FreezeClock {
  /** Monotonic ms. */
  now(): number;
  /** Unix time in ms. Runs on while the machine is suspended, unlike the monotonic clock. */
  wallTime(): number;
}

const realTime: FreezeClock = { now: () => performance.now(), wallTime: () => Date.now() };

/**
 * Detects that this process was frozen (stopped, suspended, starved) before it sends another frame: other
 * relays may own its calls by then. `isOwnershipConfirmed` is false from there on, until `confirm`.
 */
export class FreezeDetector {
  private lastBeat: { readonly at: number; readonly wallAt: number };
  private timer: NodeJS.Timeout | null = null;
  private onFreeze: (() => void) | null = null;
  private frozeAt: number | null = null;
  private onceConfirmed: (() => void)[] = [];

  constructor(
    private readonly metrics: Pick<RelayMetrics, 'counters'>,
    private readonly clock: FreezeClock = realTime,
  ) {
    this.lastBeat = { at: clock.now(), wallAt: clock.wallTime() };
  }

  /** @param onFreeze called once for each freeze; it must lead to a call of `confirm` */
  start(onFreeze: () => void): void {
    this.onFreeze = onFreeze;
    this.beat();
    this.timer = setInterval(() => this.beat(), BEAT_MS);
    this.timer.unref();
  }

  stop(): void {
    if (this.timer) clearInterval(this.timer);
  }

  /**
   * Whether this process may assume that it owns its calls. Read for every frame: one comparison of times.
   */
  get isOwnershipConfirmed(): boolean {
    const now = this.clock.now();
    if (now - this.lastBeat.at > MAX_STALL_MS) this.beat();
    return this.frozeAt === null;
  }

  /** Whether ownership is unconfirmed and Redis should be asked again. */
  get shouldRetry(): boolean {
    return this.frozeAt !== null && this.clock.now() - this.frozeAt < ASSUME_OWNED_AFTER_MS;
  }

  /** Runs `run` once ownership is confirmed. */
  onConfirmed(run: () => void): void {
    this.onceConfirmed.push(run);
  }

  /** Ownership is known again: calls of other relays have been given up. */
  confirm(): void {
    this.frozeAt = null;
    const waiting = this.onceConfirmed;
    this.onceConfirmed = [];
    for (const run of waiting) run();
  }

  /** Measures the time since the last beat; called by its own timer, ten times a second. */
  beat(): void {
    const beat = { at: this.clock.now(), wallAt: this.clock.wallTime() };
    const stalledMs = Math.max(beat.at - this.lastBeat.at, beat.wallAt - this.lastBeat.wallAt);
    this.lastBeat = beat;
    if (stalledMs <= MAX_STALL_MS || !this.onFreeze) return;
    this.metrics.counters.freezes.inc();
    const wasFrozen = this.frozeAt !== null;
    this.frozeAt = beat.at;
    if (!wasFrozen) this.onFreeze();
  }
}
