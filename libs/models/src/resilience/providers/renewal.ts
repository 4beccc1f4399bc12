import type { Clock, Timer } from '@tandem/conversation';

export interface RenewalShares {
  /** Share of the session's life after which it is renewed at the next pause. */
  readonly eligibleAfter: number;
  /** Share after which it is renewed at once. */
  readonly deadline: number;
}

export interface RenewalEvents {
  /** No response is pending, and all words of the caller are known. */
  isQuiescent(): boolean;
  /** Opens the next session beside the one in use. */
  prepare(isForced: boolean): void;
}

/** A failed renewal is retried after this share of the renewal window. */
const RETRY_SHARE = 1 / 8;

/**
 * Decides when a session is replaced, before the provider ends it: at a pause once it is old, at once shortly
 * before its end.
 */
export class Renewal {
  private timers: Timer[] = [];
  private isPaused = false;
  private isPreparing = false;
  private eligibleAt = Number.POSITIVE_INFINITY;
  private deadlineAt = Number.POSITIVE_INFINITY;
  private retryMs = 0;

  constructor(
    private readonly clock: Clock,
    private readonly shares: RenewalShares,
    private readonly events: RenewalEvents,
  ) {}

  /** Plans the renewal of a session that is in use from now on and lives for `maxMs`. */
  schedule(maxMs: number | null): void {
    this.stop();
    if (maxMs === null) return;
    const { eligibleAfter, deadline } = this.shares;
    this.eligibleAt = this.clock.now() + maxMs * eligibleAfter;
    this.deadlineAt = this.clock.now() + maxMs * deadline;
    this.retryMs = maxMs * (deadline - eligibleAfter) * RETRY_SHARE;
    this.timers = [
      this.clock.after(maxMs * eligibleAfter, () => this.maybeRenew()),
      this.clock.after(maxMs * deadline, () => this.force()),
    ];
  }

  /** A pause: neither side speaks and nothing is pending. */
  onIdle(): void {
    this.isPaused = true;
    this.maybeRenew();
  }

  /** The pause is over. */
  onActivity(): void {
    this.isPaused = false;
  }

  /** Renews the session if it is old enough, there is a pause, and nothing is pending. */
  maybeRenew(): void {
    if (
      !this.isPaused ||
      this.isPreparing ||
      this.clock.now() < this.eligibleAt ||
      !this.events.isQuiescent()
    )
      return;
    this.isPreparing = true;
    this.events.prepare(false);
  }

  /** The next session was dropped: the pause it was prepared in is over. */
  onAbandoned(): void {
    this.isPreparing = false;
    if (this.clock.now() >= this.deadlineAt) this.retryAfter(0);
  }

  /** The next session did not open. */
  onFailed(): void {
    this.isPreparing = false;
    this.retryAfter(this.retryMs);
  }

  stop(): void {
    for (const timer of this.timers) timer.cancel();
    this.timers = [];
    this.isPreparing = false;
    this.isPaused = false;
    this.eligibleAt = Number.POSITIVE_INFINITY;
  }

  private retryAfter(delayMs: number): void {
    this.eligibleAt = this.clock.now() + delayMs;
    this.timers.push(
      this.clock.after(delayMs, () =>
        this.clock.now() >= this.deadlineAt ? this.force() : this.maybeRenew(),
      ),
    );
  }

  private force(): void {
    if (this.isPreparing) return;
    this.isPreparing = true;
    this.events.prepare(true);
  }
}
