import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Response } from 'express';
import { Problem } from '../http/problem.ts';
import { withTimeout } from '../lifecycle/with-timeout.ts';
import { CONFIG } from '../lifecycle/tokens.ts';
import { FaultLog } from '../logging/fault-log.ts';
import { Metrics } from '../telemetry/metrics.ts';

/** The requests of API keys and users, over all processes; provided under {@link REQUEST_RATES}. */
export interface RequestRates {
  take(
    id: string,
    quota: { readonly most: number; readonly windowMs: number },
  ): Promise<{
    readonly isAllowed: boolean;
    readonly left: number;
    readonly fullInMs: number;
    readonly waitMs: number;
  }>;
}

/** Injection token. */
export const REQUEST_RATES = Symbol('REQUEST_RATES');

const WINDOW_S = 60;
const POLICY = '"per-key"';
/** The count costs a request no more than this; without an answer the request goes on. */
const LIMIT_MS = 150;
/** Requests go on uncounted for this long after a count without an answer. */
const REST_MS = 1_000;

/**
 * Keeps the requests of each API key, and of each user, to `API_REQUESTS_PER_MINUTE`, and says so in each
 * response by the headers of the IETF's draft "RateLimit header fields for HTTP". Tokens of our services are
 * not counted: a call is never slowed by it. Without Redis all requests go on, and the metric counts them.
 */
@Injectable()
export class RateLimit {
  private readonly counting = new FaultLog(new Logger(RateLimit.name), 'count requests of API keys');
  private readonly uncounted;
  private readonly refused;
  private readonly most: number;
  private restUntil = 0;

  constructor(
    @Inject(CONFIG) { requestsPerMinute }: { readonly requestsPerMinute: number },
    @Inject(REQUEST_RATES) private readonly rates: RequestRates,
    metrics: Metrics,
  ) {
    this.most = requestsPerMinute;
    this.refused = metrics.counter({
      name: 'tandem_requests_rate_limited_total',
      help: 'Requests refused because their API key had sent too many',
    });
    this.uncounted = metrics.counter({
      name: 'tandem_requests_uncounted_total',
      help: 'Requests with an API key that went on uncounted because Redis did not answer',
    });
  }

  /**
   * Counts a request and sets the headers of its response.
   * @param id of the API key or the user
   * @throws Problem 429
   */
  async take(id: string, response: Response): Promise<void> {
    if (this.most === 0) return;
    response.setHeader('RateLimit-Policy', `${POLICY};q=${this.most};w=${WINDOW_S}`);
    const taken = await this.count(id);
    if (taken === null) return this.uncounted.inc();
    response.setHeader('RateLimit', `${POLICY};r=${taken.left};t=${seconds(taken.fullInMs)}`);
    if (taken.isAllowed) return;
    this.refused.inc();
    throw this.tooMany(Math.max(1, seconds(taken.waitMs)));
  }

  /** Returns null when Redis does not answer, or did not a moment ago. */
  private async count(id: string) {
    if (performance.now() < this.restUntil) return null;
    try {
      const quota = { most: this.most, windowMs: WINDOW_S * 1_000 };
      const taken = await withTimeout(LIMIT_MS, this.rates.take(id, quota));
      this.counting.succeeded();
      return taken;
    } catch (error) {
      this.restUntil = performance.now() + REST_MS;
      this.counting.failed(error);
      return null;
    }
  }

  private tooMany(waitS: number): Problem {
    return new Problem(
      429,
      'rate-limited',
      'Too many requests',
      `An API key, or a user, may send ${this.most} requests in a minute. Nothing was done; send this ` +
        `one again after ${waitS} s, with the same Idempotency-Key.`,
      {},
      { 'Retry-After': String(waitS) },
      'rate-limit',
    );
  }
}

const seconds = (ms: number): number => Math.ceil(ms / 1_000);
