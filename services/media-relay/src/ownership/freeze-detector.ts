import { RELAY_LEASE_MS, RELAY_RENEW_MS } from '@tandem/call-state';
import type { RelayMetrics } from '../metrics/relay-metrics.ts';

const BEAT_MS = 100;
/**
 * Standing still for longer than this, the lease may have ended meanwhile, as it is renewed once in
 * `RELAY_RENEW_MS`.
 */
export const MAX_STALL_MS = RELAY_LEASE_MS - RELAY_RENEW_MS;
/**
 * Without an answer from Redis the relay goes on after this: a carrier whose call was taken over has closed
 * our stream by then.
 */
const ASSUME_OWNED_AFTER_MS = 3_000;

export interface FreezeClock {
  /** Monotonic ms. */
  now(): number;
  /** Unix time in ms; runs on while a machine is suspended, which the other may not. */
  wallTime(): number;
}

const realTime: FreezeClock = { now: () => performance.now(), wallTime: () => Date.now() };

/**
 * Notices that this process stood still (stopped, suspended, starved), before it sends one more frame: by
 * then its calls may belong to somebody else. From there on `isSure` is false until it is known which are its
 * own.
 */
export class FreezeDetector {
  private lastBeat: { readonly at: number; readonly wallAt: number };
  private timer: NodeJS.Timeout | null = null;
  private onFreeze: (() => void) | null = null;
  private frozenUntil: number | null = null;
  private onceConfirmed: (() => void)[] = [];

  constructor(
    private readonly metrics: Pick<RelayMetrics, 'counters'>,
    private readonly clock: FreezeClock = realTime,
  ) {
    this.lastBeat = { at: clock.now(), wallAt: clock.wallTime() };
  }

  /** @param onWake called once for each freeze; `answered` has to follow */
  start(onWake: () => void): void {
    this.onFreeze = onWake;
    this.beat();
    this.timer = setInterval(() => this.beat(), BEAT_MS);
    this.timer.unref();
  }

  stop(): void {
    if (this.timer) clearInterval(this.timer);
  }

  /**
   * Whether what this process holds is its own, as far as it can know. One comparison of times: asked before
   * every frame.
   */
  get isOwnershipConfirmed(): boolean {
    const now = this.clock.now();
    if (now - this.lastBeat.at > MAX_STALL_MS) this.beat();
    return this.frozenUntil === null;
  }

  /** It is still unknown, and worth asking again. */
  get shouldRetry(): boolean {
    return this.frozenUntil !== null && this.clock.now() - this.frozenUntil < ASSUME_OWNED_AFTER_MS;
  }

  /** Runs when it is known again. */
  onConfirmed(run: () => void): void {
    this.onceConfirmed.push(run);
  }

  /** What is not its own any more has been let go. */
  confirm(): void {
    this.frozenUntil = null;
    const waiting = this.onceConfirmed;
    this.onceConfirmed = [];
    for (const run of waiting) run();
  }

  /** Time goes by: called by its own timer, ten times a second. */
  beat(): void {
    const beat = { at: this.clock.now(), wallAt: this.clock.wallTime() };
    const stoodMs = Math.max(beat.at - this.lastBeat.at, beat.wallAt - this.lastBeat.wallAt);
    this.lastBeat = beat;
    if (stoodMs <= MAX_STALL_MS || !this.onFreeze) return;
    this.metrics.counters.freezes.inc();
    const isAsked = this.frozenUntil !== null;
    this.frozenUntil = beat.at;
    if (!isAsked) this.onFreeze();
  }
}
