import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { TenantId } from '@tandem/contracts';
import { createTestDatabase, type TestDatabase } from '@tandem/stack';
import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import type { DataSource } from 'typeorm';
import { databaseProblem } from './connection.ts';
import { createDataSource } from './data-source.ts';
import { runMigrations } from './migrate.ts';
import { pgbouncerPath, startPgbouncer } from '../test/pgbouncer.ts';
import { StrictPooler } from '../test/strict-pooler.ts';
import { acrossTenants, query, run, transact } from './unit-of-work.ts';

interface Pooler {
  readonly url: string;
  stop(): Promise<void>;
}
type Mode = 'session' | 'transaction';

const program = pgbouncerPath();
const poolers: readonly [string, Mode, (url: string, mode: Mode) => Promise<Pooler>][] = (
  ['session', 'transaction'] as const
).flatMap((mode) => [
  ['a pooler as strict as PgBouncer', mode, (url: string) => StrictPooler.start(url, mode)] as const,
  ...(program === null
    ? []
    : [['PgBouncer', mode, (url: string) => startPgbouncer(program, url, mode)] as const]),
]) as never;

interface Limits {
  readonly statement: string;
  readonly lock: string;
  readonly idle: string;
}
const LIMITS =
  `SELECT current_setting('statement_timeout') AS statement, current_setting('lock_timeout') AS lock, ` +
  `current_setting('idle_in_transaction_session_timeout') AS idle`;
const OURS: Limits = { statement: '5s', lock: '4s', idle: '8s' };

describe.each(poolers)('behind %s with its default settings, in %s mode', (_name, mode, start) => {
  let database: TestDatabase;
  let pooler: Pooler;
  const opened: DataSource[] = [];
  const open = (options: { poolSize?: number; statementTimeoutMs?: number } = {}): Promise<DataSource> => {
    const dataSource = createDataSource({ url: pooler.url, poolSize: 3, ...options });
    opened.push(dataSource);
    return dataSource.initialize();
  };

  beforeEach(async () => {
    database = await createTestDatabase();
    pooler = await start(database.url, mode);
  });
  afterEach(async () => {
    for (const dataSource of opened.splice(0)) await dataSource.destroy();
    await pooler.stop();
    await database.drop();
  });

  it('the schema is made, and each unit of work has its limits, alone and beside others', async () => {
    expect(await runMigrations(pooler.url)).not.toEqual([]);
    const dataSource = await open();
    expect(await databaseProblem(dataSource)).toBeNull();
    const seen = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        (index % 2 ? run : transact)(dataSource, randomUUID() as TenantId, async (manager) => [
          ...(await query<Limits>(manager, LIMITS)),
          ...(await query<Limits>(manager, LIMITS)),
        ]),
      ),
    );
    expect(seen.flat()).toEqual(Array.from({ length: 24 }, () => OURS));
  });

  it('a statement that takes too long is stopped', async () => {
    const hasty = await open({ poolSize: 1, statementTimeoutMs: 50 });
    await expect(
      acrossTenants(hasty, 'installation', (manager) => query(manager, 'SELECT pg_sleep(30)')),
    ).rejects.toMatchObject({
      name: 'DatabaseUnavailable',
      code: '57014',
    });
    expect(
      await acrossTenants(hasty, 'installation', (manager) => query(manager, 'SELECT 1 AS one')),
    ).toEqual([{ one: 1 }]);
  });

  it('none of the limits stay for the next user of the connection', async () => {
    await acrossTenants(await open({ poolSize: 1 }), 'installation', (manager) => query(manager, 'SELECT 1'));
    const other = new Client({ connectionString: pooler.url });
    await other.connect();
    const { rows: found } = await other.query<Limits>(LIMITS);
    await other.end();
    expect(found).toEqual([{ statement: '0', lock: '0', idle: '0' }]);
  });
});
