import { Client } from 'pg';
import { MigrationExecutor, type QueryRunner } from 'typeorm';
import { createDataSource, limitsOf } from './data-source.ts';
import { ensureTenantRole, openSequences, separateTenants, unseparatedTables } from './tenant-policies.ts';

/** Any number all starters agree on; nothing else of ours locks in this class. */
const MIGRATION_LOCK = 7_264_826_336;
/** How long a starter waits for another one that is migrating. */
const WAIT_MS = 120_000;

/**
 * Brings the schema up to date in one transaction, and keeps the tenants of each table apart: those there
 * are already get their policies before it, one by one, so that no transaction of a running service meets more
 * than one locked table. Several starters may call this at once: an advisory lock
 * lets one work, and the others find nothing left to do. The lock belongs to a transaction of its own, so a
 * connection pooler in transaction mode does not break it.
 * @returns names of the migrations applied now
 * @throws when the database cannot be reached or a migration fails, in which case the schema is as it was;
 * TenantRoleUnusable
 */
export async function runMigrations(url: string): Promise<string[]> {
  const guard = new Client({
    connectionString: url,
    connectionTimeoutMillis: 10_000,
    application_name: 'tandem-migrate',
  });
  guard.on('error', () => undefined); // The query that is running, or COMMIT, throws.
  await guard.connect();
  try {
    await guard.query('BEGIN');
    await guard.query(
      `SET LOCAL statement_timeout = ${WAIT_MS}; SET LOCAL lock_timeout = ${WAIT_MS}; SET LOCAL ` +
        'idle_in_transaction_session_timeout = 0',
    );
    await guard.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    const applied = await applyPending(url);
    await guard.query('COMMIT');
    return applied;
  } finally {
    await guard.end();
  }
}

async function applyPending(url: string): Promise<string[]> {
  const dataSource = createDataSource({ url, poolSize: 2, statementTimeoutMs: 0 });
  await dataSource.initialize();
  const runner = dataSource.createQueryRunner();
  try {
    const inTransaction = <Result>(work: () => Promise<Result>) =>
      transaction(runner, limitsOf(dataSource), work);
    await inTransaction(() => ensureTenantRole(runner));
    const tables = await inTransaction(() => unseparatedTables(runner));
    for (const table of tables) await inTransaction(() => separateTenants(runner, table));
    return await inTransaction(async () => {
      const applied = await new MigrationExecutor(dataSource, runner).executePendingMigrations();
      for (const table of await unseparatedTables(runner)) await separateTenants(runner, table);
      await openSequences(runner);
      return applied.map((migration) => migration.name);
    });
  } finally {
    await runner.release();
    await dataSource.destroy();
  }
}

async function transaction<Result>(
  runner: QueryRunner,
  limits: string,
  work: () => Promise<Result>,
): Promise<Result> {
  await runner.startTransaction();
  try {
    await runner.query(limits);
    const result = await work();
    await runner.commitTransaction();
    return result;
  } catch (error) {
    await runner.rollbackTransaction().catch(() => undefined);
    throw error;
  }
}
