import type { Redis } from 'ioredis';

/**
 * For how long Redis has been there without a break, as one process sees it. Right after a break every lease
 * has lapsed, though whoever holds it is alive and only could not say so: who acts on lapsed leases has to
 * let them speak first.
 */
export class RedisUptime {
  private since = performance.now();

  constructor(redis: Redis) {
    redis.on('close', () => this.disconnected());
  }

  /** A command failed, or the connection went. */
  disconnected(): void {
    this.since = performance.now();
  }

  get connectedForMs(): number {
    return performance.now() - this.since;
  }
}
