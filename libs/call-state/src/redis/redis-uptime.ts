import type { Redis } from 'ioredis';

/**
 * How long Redis has been connected without a break, as one process sees it. Right after a break every lease
 * has ended, though owners are alive and only could not renew them: a process that acts on ended leases must
 * give them time first.
 */
export class RedisUptime {
  private since = performance.now();

  constructor(redis: Redis) {
    redis.on('close', () => this.disconnected());
  }

  /** Called when a command failed or the connection broke. */
  disconnected(): void {
    this.since = performance.now();
  }

  get connectedForMs(): number {
    return performance.now() - this.since;
  }
}
