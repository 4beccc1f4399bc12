import type { Redis } from 'ioredis';
import { keys } from '../redis/keys.ts';
import { run } from '../scripts/script.ts';
import { takeRequest } from '../scripts/take-request.ts';

/** How many requests are allowed in which time; the whole quota at once if need be. */
interface RequestQuota {
  readonly most: number;
  readonly windowMs: number;
}

interface RequestTaken {
  readonly isAllowed: boolean;
  readonly left: number;
  /** Until the quota is full again. */
  readonly fullInMs: number;
  /** Until the next request is allowed; 0 when this one is. */
  readonly waitMs: number;
}

/** Counts the requests of API keys, over all processes. */
export class RequestRates {
  constructor(private readonly redis: Redis) {}

  /**
   * Counts a request unless it is one too many.
   * @throws when Redis cannot be reached
   */
  async take(apiKeyId: string, { most, windowMs }: RequestQuota): Promise<RequestTaken> {
    const answer = await run(this.redis, takeRequest, [keys.requests(apiKeyId)], [most, windowMs]);
    const [allowed = 1, left = 0, fullInMs = 0, waitMs = 0] = answer as number[];
    return { isAllowed: allowed === 1, left, fullInMs, waitMs };
  }
}
