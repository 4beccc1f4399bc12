import type { TenantId } from '@tandem/contracts';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import { query } from '../rows/query.ts';
import { limitsOf } from './data-source.ts';
import { DatabaseUnavailable, translate, unreachable } from './database-errors.ts';
import { scopeSql, type AcrossTenants, type Scope } from './tenant-scope.ts';

export { actFor, lookAcrossTenants, narrowTo, type AcrossTenants } from './tenant-scope.ts';
export { query };

/** The handle of a transaction. Services only pass it on to repositories. */
export type Transaction = EntityManager;

/** Longest a unit of work may hold its connection; above the server's own limit on a statement. */
const WORK_LIMIT_MS = 7_000;

/**
 * Runs one piece of work for a tenant on one connection: no row of another tenant is there. All access to the
 * database goes through here, {@link transact}, which is for work of more than one statement, or
 * {@link acrossTenants}: the limits of a statement and the tenant are set per transaction.
 * @throws DatabaseUnavailable, DatabaseRefusal, TenantIdMalformed, and whatever the work itself throws
 */
export function run<T>(
  dataSource: DataSource,
  tenantId: TenantId,
  work: (manager: EntityManager) => Promise<T>,
): Promise<T> {
  return perform(dataSource, { tenantId }, work);
}

/**
 * Runs work for a tenant in one transaction, at READ COMMITTED whatever the server's default is: the booking
 * lock relies on every statement seeing everything committed before it. Rolls back when the work throws.
 * @throws DatabaseUnavailable, DatabaseRefusal, TenantIdMalformed, and whatever the work itself throws
 */
export function transact<T>(
  dataSource: DataSource,
  tenantId: TenantId,
  work: (transaction: Transaction) => Promise<T>,
): Promise<T> {
  return perform(dataSource, { tenantId }, work);
}

/**
 * Runs work on rows of any tenant in one transaction. The reason says why no tenant can be named; what finds
 * the tenant of its work goes on with {@link narrowTo}.
 * @throws DatabaseUnavailable, DatabaseRefusal, and whatever the work itself throws
 */
export function acrossTenants<T>(
  dataSource: DataSource,
  reason: AcrossTenants,
  work: (transaction: Transaction) => Promise<T>,
): Promise<T> {
  return perform(dataSource, { reason }, work);
}

async function perform<T>(
  dataSource: DataSource,
  scope: Scope,
  work: (transaction: Transaction) => Promise<T>,
): Promise<T> {
  const begin = `SET TRANSACTION ISOLATION LEVEL READ COMMITTED; ${limitsOf(dataSource)}${scopeSql(scope)}`;
  return withConnection(dataSource, async (runner) => {
    await runner.startTransaction();
    try {
      await runner.query(begin);
      const result = await work(runner.manager);
      await runner.commitTransaction();
      return result;
    } catch (error) {
      // A failed rollback means a lost connection, which rolls back too; the first error is the one to
      // report.
      await runner.rollbackTransaction().catch(() => undefined);
      throw error;
    }
  });
}

/** Marks a point in a transaction to which it can be rolled back, locks taken since included. */
export async function savepoint(
  transaction: Transaction,
  name: 'resource' | 'effect',
): Promise<{ rollback(): Promise<void>; release(): Promise<void> }> {
  const run = async (sql: string) => void (await query(transaction, `${sql} ${name}`));
  await run('SAVEPOINT');
  return { rollback: () => run('ROLLBACK TO SAVEPOINT'), release: () => run('RELEASE SAVEPOINT') };
}

/**
 * A frozen server or a silent partition never answers, so the wait ends here. Ending the client destroys its
 * socket and takes the connection out of the pool; pg's own read timeout would hand it back in the middle of
 * a transaction.
 */
async function withConnection<T>(
  dataSource: DataSource,
  work: (runner: QueryRunner) => Promise<T>,
): Promise<T> {
  if (!dataSource.isInitialized) throw new DatabaseUnavailable('not-connected');
  const runner = dataSource.createQueryRunner();
  let client: { end(): Promise<void> };
  try {
    client = (await runner.connect()) as typeof client;
  } catch (error) {
    throw unreachable(error);
  }
  const limit = setTimeout(() => void client.end().catch(() => undefined), WORK_LIMIT_MS);
  try {
    return await work(runner);
  } catch (error) {
    throw translate(error);
  } finally {
    clearTimeout(limit);
    await runner.release();
  }
}
