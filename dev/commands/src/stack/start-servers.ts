import { createDataSource, runMigrations, seedDemo } from '@tandem/database';
import {
  ensureSpeech,
  startPostgres,
  startRedis,
  type Log,
  type ServerHandle,
  type Speech,
} from '@tandem/stack';
import type { LocalSecrets } from './local-secrets.ts';

/** Starts PostgreSQL and Redis and finds the speech programs; when one fails, none is left running. */
export async function startServers(
  log: Log,
  isEphemeral: boolean,
  postgresUrl?: string,
): Promise<[ServerHandle, ServerHandle, Speech]> {
  const [postgres, redis, speech] = await Promise.allSettled([
    startPostgres({ log, isEphemeral, externalUrl: postgresUrl }),
    startRedis({ log, isEphemeral }),
    ensureSpeech({ log }),
  ]);
  if (postgres.status === 'fulfilled' && redis.status === 'fulfilled' && speech.status === 'fulfilled')
    return [postgres.value, redis.value, speech.value];
  for (const server of [redis, postgres]) if (server.status === 'fulfilled') await server.value.stop();
  throw [postgres, redis, speech].find((outcome) => outcome.status === 'rejected')?.reason;
}

/** Brings the schema up to date, seeds the demo tenant, and says so. */
export async function prepareDatabase(
  url: string,
  secrets: LocalSecrets,
  model: 'openai-realtime' | 'guided',
  log: Log,
): Promise<void> {
  const applied = await runMigrations(url);
  const dataSource = createDataSource({ url, poolSize: 2 });
  await dataSource.initialize();
  let speaks = '';
  try {
    const { isOperators, agentVersion } = await seedDemo(dataSource, { model, apiKey: secrets.demoApiKey });
    speaks = isOperators
      ? `as you published it (version ${agentVersion})`
      : 'through ' +
        `${model === 'guided' ? 'the guided engine (a rule-based demo, not an AI)' : 'OpenAI Realtime'}`;
  } finally {
    await dataSource.destroy();
  }
  log('Database: ' + `${schemaState(applied.length)}, tenant "demo" seeded, agent Sarah speaks ${speaks}`);
}

function schemaState(migrations: number): string {
  if (migrations === 0) return 'schema is current';
  return `${migrations} migration${migrations === 1 ? '' : 's'} applied`;
}
