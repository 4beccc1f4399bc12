import { parseRedisAddress, type RedisGroupAddress } from '@tandem/contracts';
import { Redis, type RedisOptions } from 'ioredis';
import { isReadOnlyReply, redisStateOf } from './redis-fault.ts';
import { RedisWatch, type RedisReadiness } from './redis-watch.ts';

/**
 * `command`: fails within two seconds when Redis is away, because a caller waits. `blocking`: for one reader
 * that waits in Redis itself and reconnects by itself. `producer`: adds jobs to queues, and fails at once
 * when Redis is away. `worker`: takes jobs from queues, and waits for Redis to come back.
 */
type RedisUse = 'command' | 'blocking' | 'producer' | 'worker';

/** Longest pause between two rounds over the Sentinels when none of them answers. */
const SENTINEL_RETRY_MS = 400;
/**
 * How long a server may leave a command without a reply until its connection is given up and the Sentinels
 * are asked again: a primary that hangs keeps its connections open. Longer than the reads that wait in Redis
 * (5 s of the relay's inbox, 10 s of BullMQ's workers).
 */
const SILENCE_MS: Readonly<Record<RedisUse, number>> = {
  command: 2_500,
  producer: 2_500,
  blocking: 8_000,
  worker: 15_000,
};
const CONNECT_MS = 2_000;
const COMMAND_MS = 2_000;
/**
 * Longest pause between two attempts to connect. A command fails after two of them: a caller waits for
 * several in a row.
 */
const RETRY_MS: Readonly<Record<RedisUse, number>> = {
  command: 400,
  producer: 400,
  blocking: 1_000,
  worker: 1_000,
};

/**
 * Makes every connection to Redis of every process.
 * @param url see {@link parseRedisAddress}
 */
export function connectRedis(url: string, use: RedisUse): Redis {
  const address = parseRedisAddress(url);
  const redis =
    address?.kind === 'sentinels'
      ? new Redis({ ...groupOptions(address, use), ...optionsOf(use) })
      : new Redis(url, optionsOf(use));
  // Failing commands and the watch report it; the client reconnects by itself.
  redis.on('error', () => undefined);
  return redis;
}

/** Returns the options of ioredis for a group of servers that Sentinels watch. */
function groupOptions(address: RedisGroupAddress, use: RedisUse): RedisOptions {
  return {
    sentinels: [...address.sentinels],
    name: address.group,
    db: address.database,
    ...address.login,
    sentinelUsername: address.sentinelLogin.username,
    sentinelPassword: address.sentinelLogin.password,
    sentinelCommandTimeout: COMMAND_MS,
    sentinelRetryStrategy: (attempt) => Math.min(50 * attempt, SENTINEL_RETRY_MS),
    socketTimeout: SILENCE_MS[use],
    ...(address.hasTls ? { tls: {}, sentinelTLS: {}, enableTLSForSentinelMode: true } : {}),
  };
}

function optionsOf(use: RedisUse): RedisOptions {
  const shared = {
    connectTimeout: CONNECT_MS,
    retryStrategy: (attempt: number) => Math.min(50 * attempt, RETRY_MS[use]),
  };
  switch (use) {
    case 'command':
      return {
        ...shared,
        maxRetriesPerRequest: 1,
        commandTimeout: COMMAND_MS,
        enableOfflineQueue: true,
        reconnectOnError: leaveReplicas({ isScriptRepeated: true }),
      };
    case 'producer':
      return {
        ...shared,
        maxRetriesPerRequest: 1,
        commandTimeout: COMMAND_MS,
        enableOfflineQueue: false,
        reconnectOnError: leaveReplicas(),
      };
    default:
      return { ...shared, maxRetriesPerRequest: null, reconnectOnError: leaveReplicas() };
  }
}

/**
 * Replies to commands sent together arrive together and report one replica once. Shorter than the first
 * reconnection takes.
 */
const TOGETHER_MS = 40;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 2_000;
/** After this time without a refusal the next one is another failover. */
const CALM_MS = 10_000;

/**
 * Returns ioredis' `reconnectOnError`: when to connect anew. After a failover the former primary may stay as
 * a replica that keeps its connections and refuses every write: only the address leads to the server that
 * takes them. While the address leads to a replica, the pause between two reconnections grows.
 * @param isScriptRepeated a refused script has had no effect and is sent again on the new connection; single
 * commands are not, since one of a transaction would run alone
 */
export function leaveReplicas({ isScriptRepeated = false, now = () => performance.now() } = {}): (
  error: Error,
) => boolean | 2 {
  let leftAt = Number.NEGATIVE_INFINITY;
  let pauseMs = FIRST_PAUSE_MS;
  return (error) => {
    if (!isReadOnlyReply(error)) return false;
    const at = now();
    if (at - leftAt >= TOGETHER_MS) {
      if (at - leftAt > CALM_MS) pauseMs = FIRST_PAUSE_MS;
      else if (at - leftAt < pauseMs) return false;
      else pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
      leftAt = at;
    }
    return isScriptRepeated && isScript(error) ? 2 : true;
  };
}

function isScript(error: Error): boolean {
  const name = (error as { command?: { name?: unknown } }).command?.name;
  return name === 'evalsha' || name === 'eval';
}

/** How long commands under way may take when the process ends. */
const QUIT_MS = 500;

/** The command connection of one process: what a service opens at its start and closes at its end. */
export function redisResource(url: string) {
  const redis = connectRedis(url, 'command');
  const watch = new RedisWatch(redis);
  return {
    name: 'redis',
    value: redis,
    open: async (_signal: AbortSignal, onFault: (code: string) => void) => {
      const failed = (error: Error): void => {
        const code = (error as { code?: string }).code ?? redisStateOf(error);
        // A command that the connection dropped; the connection's own error has the code.
        if (code !== 'away') onFault(code);
      };
      redis.on('error', failed);
      await watch.writable();
      redis.off('error', failed);
    },
    close: async () => {
      watch.stop();
      await Promise.race([
        redis.quit().catch(() => undefined),
        new Promise((resolve) => setTimeout(resolve, QUIT_MS)),
      ]);
      redis.disconnect();
    },
    problem: () => {
      const { problem, isUnsuitable } = watch.readiness;
      return Promise.resolve(problem !== null && isUnsuitable ? { unfit: problem } : problem);
    },
    onChange: (listener: (readiness: RedisReadiness) => void) => watch.onChange(listener),
  };
}
