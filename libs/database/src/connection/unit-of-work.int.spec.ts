import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { keepConnecting } from './connection.ts';
import { createDataSource } from './data-source.ts';
import { DatabaseRefusal, DatabaseUnavailable } from './database-errors.ts';
import { freshDatabase, type FreshDatabase } from '../test/fresh-database.ts';
import { acrossTenants, query } from './unit-of-work.ts';

/** Returns a port without a listener. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

describe('a unit of work', () => {
  let database: FreshDatabase;
  let dataSource: DataSource;

  beforeAll(async () => {
    database = await freshDatabase();
    dataSource = await database.open(2);
  });
  afterAll(() => database.drop());

  const kill = (processId: number) =>
    acrossTenants(dataSource, 'installation', (manager) =>
      query(manager, 'SELECT pg_terminate_backend($1)', [processId]),
    );
  const backend = async (manager: Parameters<typeof query>[0]) =>
    (await query<{ pid: number }>(manager, 'SELECT pg_backend_pid() AS pid'))[0]!.pid;

  it('whose connection is killed is unavailable and not committed; the pool recovers', async () => {
    const broken = acrossTenants(dataSource, 'installation', async (transaction) => {
      await query(
        transaction,
        `INSERT INTO tenants (id, slug, company_name, time_zone) VALUES (gen_random_uuid(), 'half', ` +
          `'x', 'UTC')`,
      );
      await kill(await backend(transaction));
      await query(transaction, 'SELECT 1');
    });
    await expect(broken).rejects.toThrow(DatabaseUnavailable);
    const left = await Promise.all(
      Array.from({ length: 6 }, () =>
        acrossTenants(dataSource, 'installation', (manager) =>
          query(manager, `SELECT 1 FROM tenants WHERE slug = 'half'`),
        ),
      ),
    );
    expect(left.flat()).toEqual([]);
  });

  it('that is refused says which constraint, and nothing of the values', async () => {
    const insert = () =>
      acrossTenants(dataSource, 'installation', (manager) =>
        query(
          manager,
          `INSERT INTO tenants (id, slug, company_name, time_zone) VALUES (gen_random_uuid(), 'twice', ` +
            `'x', 'UTC')`,
        ),
      );
    await insert();
    const refusal: unknown = await insert().catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(DatabaseRefusal);
    expect(refusal).toMatchObject({ sqlState: '23505', constraint: 'tenants_slug_key' });
    expect(JSON.stringify([Object.entries(refusal as object), String(refusal)])).not.toContain('twice');
  });

  it('that takes too long is stopped by the server', async () => {
    const hasty = createDataSource({ url: database.url, poolSize: 1, statementTimeoutMs: 20 });
    await hasty.initialize();
    await expect(
      acrossTenants(hasty, 'installation', (manager) => query(manager, 'SELECT pg_sleep(30)')),
    ).rejects.toMatchObject({
      name: 'DatabaseUnavailable',
      code: '57014',
    });
    await hasty.destroy();
  });

  it('runs at READ COMMITTED whatever the server prefers', async () => {
    await acrossTenants(dataSource, 'installation', (manager) =>
      query(
        manager,
        `ALTER DATABASE ${new URL(database.url).pathname.slice(1)} SET default_transaction_isolation = ` +
          `'serializable'`,
      ),
    );
    const fresh = await database.open(1);
    const level = await acrossTenants(fresh, 'installation', (transaction) =>
      query<{ transaction_isolation: string }>(transaction, 'SHOW transaction_isolation'),
    );
    expect(level).toEqual([{ transaction_isolation: 'read committed' }]);
  });

  it('throws what its work throws', async () => {
    await expect(
      acrossTenants(dataSource, 'installation', () => {
        throw new RangeError('mine');
      }),
    ).rejects.toThrow(new RangeError('mine'));
  });

  it('waits for a database that comes later', async () => {
    const nobodyThere = new URL(database.url);
    nobodyThere.port = String(await closedPort());
    const late = createDataSource({ url: nobodyThere.href, poolSize: 1 });
    const stop = new AbortController();
    const faults: string[] = [];
    const connecting = keepConnecting(late, {
      signal: stop.signal,
      onFault: (fault) => {
        faults.push(fault.code);
        stop.abort();
      },
    });
    await expect(acrossTenants(late, 'installation', () => Promise.resolve(1))).rejects.toMatchObject({
      code: 'not-connected',
    });
    await connecting;
    expect(faults).toEqual(['ECONNREFUSED']);
    const there = createDataSource({ url: database.url, poolSize: 1 });
    await keepConnecting(there, { signal: new AbortController().signal });
    expect(there.isInitialized).toBe(true);
    await there.destroy();
  });
});
