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

/** How long commands under way may take when the process ends. */
const QUIT_MS = 500;

/** The command connection of one process: what a service opens at its start and closes at its end. */
export function redisResource(url: string) {
  const redis = connectRedis(url, 'command');
  return {
    name: 'redis',
    value: redis,
    open: async () => {
      if (redis.status !== 'ready') await new Promise<void>((resolve) => redis.once('ready', () => resolve()));
    },
    close: async () => {
      await Promise.race([redis.quit().catch(() => undefined), new Promise((resolve) => setTimeout(resolve, QUIT_MS))]);
      redis.disconnect();
    },
    problem: () =>
      redis.ping().then(
        () => null,
        () => 'Redis does not answer',
      ),
  };
}
