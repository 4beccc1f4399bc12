import type { Clock, Timer } from '@tandem/conversation';

export interface RenewalShares {
  /** Part of the session's life after which a pause is used. */
  readonly eligibleAfter: number;
  /** Part after which no pause is waited for. */
  readonly deadline: number;
}

export interface RenewalEvents {
  /** Whether a pause is really one: nobody is owed anything, and every word of the caller is known. */
  isQuiescent(): boolean;
  /** Make the next session. */
  begin(isForced: boolean): void;
}

/** Tries that failed are repeated after this part of the time between looking and forcing. */
const RETRY_SHARE = 1 / 8;

/**
 * When a session is replaced before the provider ends it: at a pause once it is old, at once shortly before
 * its end.
 */
export class Renewal {
  private timers: Timer[] = [];
  private isPaused = false;
  private isMaking = false;
  private lookAt = Number.POSITIVE_INFINITY;
  private forceAt = Number.POSITIVE_INFINITY;
  private retryMs = 0;

  constructor(
    private readonly clock: Clock,
    private readonly shares: RenewalShares,
    private readonly events: RenewalEvents,
  ) {}

  /** A session that lives for `maxMs` is in use from now on. */
  opened(maxMs: number | null): void {
    this.stop();
    if (maxMs === null) return;
    const { eligibleAfter, deadline } = this.shares;
    this.lookAt = this.clock.now() + maxMs * eligibleAfter;
    this.forceAt = this.clock.now() + maxMs * deadline;
    this.retryMs = maxMs * (deadline - eligibleAfter) * RETRY_SHARE;
    this.timers = [
      this.clock.after(maxMs * eligibleAfter, () => this.maybeRenew()),
      this.clock.after(maxMs * deadline, () => this.force()),
    ];
  }

  /** Nobody speaks and nothing is pending. */
  paused(): void {
    this.isPaused = true;
    this.maybeRenew();
  }

  /** The pause is over. */
  disturbed(): void {
    this.isPaused = false;
  }

  /** Something a pause waited for may have come. */
  maybeRenew(): void {
    if (!this.isPaused || this.isMaking || this.clock.now() < this.lookAt || !this.events.isQuiescent())
      return;
    this.isMaking = true;
    this.events.begin(false);
  }

  /** The next session is not wanted any more: the pause it was made in is over. */
  abandoned(): void {
    this.isMaking = false;
    if (this.clock.now() >= this.forceAt) this.again(0);
  }

  /** The next session could not be made. */
  failed(): void {
    this.isMaking = false;
    this.again(this.retryMs);
  }

  stop(): void {
    for (const timer of this.timers) timer.cancel();
    this.timers = [];
    this.isMaking = false;
    this.isPaused = false;
    this.lookAt = Number.POSITIVE_INFINITY;
  }

  private again(delayMs: number): void {
    this.lookAt = this.clock.now() + delayMs;
    this.timers.push(
      this.clock.after(delayMs, () => (this.clock.now() >= this.forceAt ? this.force() : this.maybeRenew())),
    );
  }

  private force(): void {
    if (this.isMaking) return;
    this.isMaking = true;
    this.events.begin(true);
  }
}
