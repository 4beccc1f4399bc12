import type { Redis } from 'ioredis';

/**
 * For how long Redis has been there without a break, as one process sees it. Right after a break every lease
 * has lapsed, though whoever holds it is alive and only could not say so: who acts on lapsed leases has to
 * let them speak first.
 */
export class SteadyContact {
  private since = performance.now();

  constructor(redis: Redis) {
    redis.on('close', () => this.broke());
  }

  /** A command failed, or the connection went. */
  broke(): void {
    this.since = performance.now();
  }

  get forMs(): number {
    return performance.now() - this.since;
  }
}
