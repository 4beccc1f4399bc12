import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import { beginAudit } from './audited-work.ts';
import { limitsOf } from './data-source.ts';
import { DatabaseUnavailable, translate, unreachable } from './database-errors.ts';

/** The handle of a transaction. Services only pass it on to repositories. */
export type Transaction = EntityManager;

/** Longest a unit of work may hold its connection; above the server's own limit on a statement. */
const WORK_LIMIT_MS = 7_000;

/**
 * Runs one piece of work on one connection. All access to the database goes through here or {@link transact},
 * which is for work of more than one statement: the limits of a statement are set per transaction.
 * @throws DatabaseUnavailable, DatabaseRefusal, and whatever the work itself throws
 */
export function run<T>(dataSource: DataSource, work: (manager: EntityManager) => Promise<T>): Promise<T> {
  return transact(dataSource, work);
}

/**
 * Runs work in one transaction, at READ COMMITTED whatever the server's default is: the booking lock relies
 * on every statement seeing everything committed before it. Rolls back when the work throws.
 * @throws DatabaseUnavailable, DatabaseRefusal, and whatever the work itself throws
 */
export async function transact<T>(
  dataSource: DataSource,
  work: (transaction: Transaction) => Promise<T>,
): Promise<T> {
  return withConnection(dataSource, async (runner) => {
    await runner.startTransaction();
    try {
      await runner.query(`SET TRANSACTION ISOLATION LEVEL READ COMMITTED; ${limitsOf(dataSource)}`);
      const audit = await beginAudit(runner.manager);
      const result = await work(runner.manager);
      await audit?.finish();
      await runner.commitTransaction();
      audit?.committed();
      return result;
    } catch (error) {
      // A failed rollback means a lost connection, which rolls back too; the first error is the one to
      // report.
      await runner.rollbackTransaction().catch(() => undefined);
      throw error;
    }
  });
}

/**
 * Runs SQL and returns its rows, also those of UPDATE and DELETE … RETURNING, which TypeORM wraps in a pair.
 * Columns are aliased in camelCase, so that a row is a value of the domain.
 */
export async function query<Row>(
  manager: Pick<EntityManager, 'query'>,
  sql: string,
  parameters: readonly unknown[] = [],
): Promise<Row[]> {
  const raw: unknown = await manager.query(sql, [...parameters]);
  if (!Array.isArray(raw)) return [];
  return (raw.length === 2 && Array.isArray(raw[0]) && typeof raw[1] === 'number' ? raw[0] : raw) as Row[];
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
