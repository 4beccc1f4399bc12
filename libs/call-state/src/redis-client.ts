import { Redis } from 'ioredis';

/**
 * `command`: fails within two seconds when Redis is away, because somebody waits. `blocking`: for one reader that waits
 * in Redis itself and comes back by itself.
 */
export function connectRedis(url: string, use: 'command' | 'blocking'): Redis {
  const retryStrategy = (attempt: number) => Math.min(50 * attempt, 1_000);
  const redis =
    use === 'command'
      ? new Redis(url, { maxRetriesPerRequest: 1, commandTimeout: 2_000, connectTimeout: 2_000, enableOfflineQueue: true, retryStrategy })
      : new Redis(url, { maxRetriesPerRequest: null, connectTimeout: 2_000, retryStrategy });
  redis.on('error', () => undefined); // Told by the commands that fail and by readiness; the client reconnects by itself.
  return redis;
}
