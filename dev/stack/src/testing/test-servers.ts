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
  /** Name of this test run: prepared databases are shared within it. */
  readonly run: string;
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
  const external = environment['TEST_DATABASE_URL'];
  const begun = [
    startPostgres({
      isEphemeral: true,
      isFast: true,
      externalUrl: external || undefined,
    }),
    startRedis({ isEphemeral: true, externalUrl: environment['TEST_REDIS_URL'] || undefined }),
  ] as const;
  const outcomes = await Promise.allSettled(begun);
  const run = randomBytes(5).toString('hex');
  const stop = async () => {
    if (external) await dropTemplates(external, run);
    for (const outcome of outcomes) if (outcome.status === 'fulfilled') await outcome.value.stop();
  };
  try {
    const [postgres, redis] = await Promise.all(begun);
    return { databaseUrl: postgres.url, redisUrl: redis.url, run, stop };
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

/** Work on an empty database that is done once in a test run; each test then has a copy of the result. */
export interface Preparation {
  /** Letters and underscores. */
  readonly name: string;
  /** Must have closed its connections when it resolves. */
  readonly prepare: (url: string) => Promise<unknown>;
}

/**
 * Creates a fresh database in the test run's PostgreSQL, empty unless it is prepared.
 * @throws StackError when the test run has no server
 */
export async function createTestDatabase(preparation?: Preparation): Promise<TestDatabase> {
  const server = environmentUrl('TEST_DATABASE_URL');
  const name = `test_${process.pid}_${randomBytes(5).toString('hex')}`;
  const template = preparation ? await templateOf(server, preparation) : 'template1';
  await withClient(server, (client) => client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`));
  return {
    url: urlWithDatabase(server, name),
    drop: () =>
      withClient(
        server,
        async (client) => void (await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)),
      ),
  };
}

/** Returns the name of the prepared database; the first to ask prepares it, the others wait. */
async function templateOf(server: string, { name, prepare }: Preparation): Promise<string> {
  const template = `template_${environmentUrl('TEST_RUN')}_${name}`;
  await withClient(server, async (client) => {
    await client.query('SELECT pg_advisory_lock(hashtext($1))', [template]);
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1 AND datistemplate', [
      template,
    ]);
    if (found.rowCount !== 0) return;
    await client.query(`DROP DATABASE IF EXISTS ${template} WITH (FORCE)`);
    await client.query(`CREATE DATABASE ${template}`);
    await prepare(urlWithDatabase(server, template));
    await client.query(`ALTER DATABASE ${template} IS_TEMPLATE true`);
  });
  return template;
}

/** Drops the prepared databases of a run from a server that outlives it. */
async function dropTemplates(server: string, run: string): Promise<void> {
  await withClient(server, async (client) => {
    const { rows } = await client.query<{ datname: string }>(
      'SELECT datname FROM pg_database WHERE starts_with(datname, $1)',
      [`template_${run}_`],
    );
    for (const { datname } of rows) {
      await client.query(`ALTER DATABASE ${datname} IS_TEMPLATE false`);
      await client.query(`DROP DATABASE ${datname} WITH (FORCE)`);
    }
  });
}

function urlWithDatabase(server: string, database: string): string {
  const url = new URL(server);
  url.pathname = `/${database}`;
  return url.href;
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
