import type { Clock } from '@tandem/kit';
import type { JsonObject } from '../wire/json.ts';

/** A limit no test reaches by accident; one organisation has reported 15,000,000. */
const GENEROUS_TOKENS_PER_MINUTE = 15_000_000;

export interface Reservation {
  readonly isGranted: boolean;
  readonly requested: number;
  /** Ms until the request would fit. */
  readonly retryMs: number;
}

/**
 * The organisation's token budget per minute, shared by all sessions of a simulator. A response reserves its
 * input and its largest output at its start and returns the difference at its end.
 */
export class RateLimits {
  private readonly clock: Clock;
  private readonly tokensPerMinute: number;
  private tokensLeft: number;
  private updatedAt: number;

  constructor(clock: Clock, tokensPerMinute = GENEROUS_TOKENS_PER_MINUTE) {
    this.clock = clock;
    this.tokensPerMinute = tokensPerMinute;
    this.tokensLeft = tokensPerMinute;
    this.updatedAt = clock.now();
  }

  get limit(): number {
    return this.tokensPerMinute;
  }

  get remaining(): number {
    this.refill();
    return Math.floor(this.tokensLeft);
  }

  reserve(tokens: number): Reservation {
    this.refill();
    if (tokens > this.tokensLeft) {
      return {
        isGranted: false,
        requested: tokens,
        retryMs: ((tokens - this.tokensLeft) / this.tokensPerMinute) * 60_000,
      };
    }
    this.tokensLeft -= tokens;
    return { isGranted: true, requested: tokens, retryMs: 0 };
  }

  /** Replaces a granted reservation by the tokens used. */
  settle(reservation: Reservation, used: number): void {
    if (!reservation.isGranted) return;
    this.refill();
    this.tokensLeft = Math.min(this.tokensPerMinute, this.tokensLeft + reservation.requested - used);
  }

  /** The `rate_limits` of `rate_limits.updated`. Only `tokens` is reported, as recordings show. */
  report(): JsonObject[] {
    this.refill();
    const missing = this.tokensPerMinute - this.tokensLeft;
    const resetSeconds = Math.round((missing / this.tokensPerMinute) * 60_000) / 1000;
    return [
      {
        name: 'tokens',
        limit: this.tokensPerMinute,
        remaining: Math.max(0, Math.floor(this.tokensLeft)),
        reset_seconds: resetSeconds,
      },
    ];
  }

  private refill(): void {
    const now = this.clock.now();
    this.tokensLeft = Math.min(
      this.tokensPerMinute,
      this.tokensLeft + ((now - this.updatedAt) / 60_000) * this.tokensPerMinute,
    );
    this.updatedAt = now;
  }
}
