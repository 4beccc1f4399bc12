import { randomBytes } from 'node:crypto';
import { StackError } from '../checkout/stack-error.ts';
import { withClient } from '../postgres/connection.ts';
import { startPostgres } from '../postgres/start-postgres.ts';
import { withRedis } from '../redis/connection.ts';
import { EPHEMERAL_DATABASES } from '../redis/redis-conf.ts';
import { startRedis } from '../redis/start-redis.ts';

const COUNTER = 'tandem:test:databases-handed-out';
const LIFELESS = 'Tests with a server run through "npm run test:int" or jest, whose set-up starts it.';

interface TestServers {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  stop(): Promise<void>;
}

/**
 * A PostgreSQL and a Redis for one test run, without fsync and with data that is thrown away.
 * TEST_DATABASE_URL and TEST_REDIS_URL, set from outside, are used as they are; DATABASE_URL and REDIS_URL
 * never.
 */
export async function startTestServers(
  environment: Record<string, string | undefined> = process.env,
): Promise<TestServers> {
  const begun = [
    startPostgres({
      isEphemeral: true,
      isFast: true,
      externalUrl: environment['TEST_DATABASE_URL'] || undefined,
    }),
    startRedis({ isEphemeral: true, externalUrl: environment['TEST_REDIS_URL'] || undefined }),
  ] as const;
  const outcomes = await Promise.allSettled(begun);
  const stop = async () => {
    for (const outcome of outcomes) if (outcome.status === 'fulfilled') await outcome.value.stop();
  };
  try {
    const [postgres, redis] = await Promise.all(begun);
    return { databaseUrl: postgres.url, redisUrl: redis.url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

export interface TestDatabase {
  readonly url: string;
  /** Drops the database, even while clients are connected. */
  drop(): Promise<void>;
}

/**
 * A fresh, empty database in the test run's PostgreSQL.
 * @throws StackError when the test run has no server
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  const server = environmentUrl('TEST_DATABASE_URL');
  const name = `test_${process.pid}_${randomBytes(5).toString('hex')}`;
  await withClient(server, (client) => client.query(`CREATE DATABASE ${name}`));
  const url = new URL(server);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    drop: () =>
      withClient(
        server,
        async (client) => void (await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)),
      ),
  };
}

/**
 * Returns the URL of an empty logical database in the test run's Redis, another one for each call in any
 * process; after 1023 they are reused. Keys, streams and BullMQ queues are apart by it. Publish/subscribe is
 * not: Redis channels span databases, so a test that counts messages on a channel needs a channel name of its
 * own. A Redis set from outside (TEST_REDIS_URL) must allow as many databases.
 * @throws StackError when the test run has no server
 */
export async function testRedisUrl(): Promise<string> {
  const server = environmentUrl('TEST_REDIS_URL');
  const handedOut = await withRedis(server, (client) => client.incr(COUNTER));
  const url = new URL(server);
  url.pathname = `/${1 + ((handedOut - 1) % (EPHEMERAL_DATABASES - 1))}`;
  await withRedis(url.href, (client) => client.flushdb());
  return url.href;
}

function environmentUrl(name: string): string {
  const url = process.env[name];
  if (!url) throw new StackError(`${name} is not set.`, LIFELESS);
  return url;
}
