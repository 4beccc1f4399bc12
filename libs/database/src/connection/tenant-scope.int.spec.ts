import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TenantId } from '@tandem/contracts';
import { createTestDatabase } from '@tandem/stack';
import { Client } from 'pg';
import type { DataSource } from 'typeorm';
import { openBusiness } from '../test/business.ts';
import { freshDatabase, type FreshDatabase } from '../test/fresh-database.ts';
import { databaseProblem } from './connection.ts';
import { createDataSource } from './data-source.ts';
import { runMigrations } from './migrate.ts';
import { TenantIdMalformed } from './tenant-scope.ts';
import {
  acrossTenants,
  actFor,
  lookAcrossTenants,
  narrowTo,
  query,
  run,
  transact,
  type Transaction,
} from './unit-of-work.ts';

const namesSeen = async (transaction: Transaction): Promise<number> =>
  (await query(transaction, 'SELECT FROM tenants')).length;

describe('a transaction', () => {
  let database: FreshDatabase;
  let dataSource: DataSource;
  let mine: TenantId;
  let other: TenantId;

  beforeAll(async () => {
    database = await freshDatabase();
    // One connection, so that what one transaction leaves behind meets the next.
    dataSource = await database.open(1);
    ({ tenantId: mine } = await openBusiness(dataSource, 1));
    ({ tenantId: other } = await openBusiness(dataSource, 1));
  });
  afterAll(() => database.drop());

  const scope = (transaction: Transaction) =>
    query(
      transaction,
      `SELECT current_user AS "user", coalesce(current_setting('tandem.tenant', true), '') AS tenant`,
    );

  it('for a tenant is the role of tenants, and leaves nothing to the next on its connection', async () => {
    expect(await run(dataSource, mine, scope)).toEqual([{ user: 'tandem_app', tenant: mine }]);
    const login = [{ user: new URL(database.url).username, tenant: '' }];
    expect(await acrossTenants(dataSource, 'health', scope)).toEqual(login);
    const failed = transact(dataSource, mine, (transaction) => query(transaction, 'SELECT 1 / 0'));
    await expect(failed).rejects.toThrow('22012');
    expect(await acrossTenants(dataSource, 'health', scope)).toEqual(login);
  });

  it.each(['', 'x', `${randomUUID()}'; RESET ROLE; --`, '%'])(
    'is not begun for a tenant named %j',
    async (id) => {
      await expect(run(dataSource, id as TenantId, namesSeen)).rejects.toThrow(TenantIdMalformed);
      await expect(
        acrossTenants(dataSource, 'lookup', (transaction) => narrowTo(transaction, id as TenantId)),
      ).rejects.toThrow(TenantIdMalformed);
    },
  );

  it('across tenants is narrowed to the one it has found', async () => {
    const seen = await acrossTenants(dataSource, 'lookup', async (transaction) => {
      const before = await namesSeen(transaction);
      await narrowTo(transaction, mine);
      return [before, await namesSeen(transaction)];
    });
    expect(seen).toEqual([2, 1]);
  });

  it('of a tenant looks at others, or acts for one, and is the tenant’s again afterwards', async () => {
    const seen = await transact(dataSource, mine, async (transaction) => [
      await lookAcrossTenants(transaction, 'lookup', () => namesSeen(transaction)),
      await scope(transaction),
      await actFor(transaction, other, () => scope(transaction)),
      await scope(transaction),
    ]);
    const own = [{ user: 'tandem_app', tenant: mine }];
    expect(seen).toEqual([2, own, [{ user: 'tandem_app', tenant: other }], own]);
  });

  it('is the tenant’s again after work aside that failed', async () => {
    const seen = await transact(dataSource, mine, async (transaction) => {
      const failing = () => Promise.reject(new RangeError('mine'));
      await expect(lookAcrossTenants(transaction, 'lookup', failing)).rejects.toThrow('mine');
      return namesSeen(transaction);
    });
    expect(seen).toBe(1);
  });

  it('of a service of the release before sees and writes as it did', async () => {
    const client = new Client({ connectionString: database.url });
    await client.connect();
    const { rowCount } = await client.query('UPDATE tenants SET language = language');
    await client.end();
    expect(rowCount).toBe(2);
  });
});

describe('a login that is no superuser', () => {
  const name = `login_${randomBytes(5).toString('hex')}`;
  const owner = `${name}_owner`;
  let admin: Client;
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  const urlOf = (login: string): string => {
    const url = new URL(database.url);
    url.username = login;
    url.password = 'secret';
    return url.href;
  };
  const connect = (login: string) => createDataSource({ url: urlOf(login), poolSize: 1 }).initialize();

  beforeAll(async () => {
    // Its migration makes the role, should it be the first on this server.
    await (await freshDatabase()).drop();
    database = await createTestDatabase();
    admin = new Client({ connectionString: database.url });
    await admin.connect();
    await admin.query(
      `CREATE ROLE ${owner} LOGIN PASSWORD 'secret'; CREATE ROLE ${name} LOGIN PASSWORD 'secret'`,
    );
    await admin.query(`ALTER DATABASE ${new URL(database.url).pathname.slice(1)} OWNER TO ${owner}`);
    await admin.query(`GRANT ALL ON SCHEMA public TO ${owner}`);
  });
  afterAll(async () => {
    await admin.query(`DROP OWNED BY ${name}; DROP OWNED BY ${owner}`);
    await admin.end();
    await database.drop();
    const last = new Client({ connectionString: process.env['TEST_DATABASE_URL'] });
    await last.connect();
    await last.query(`DROP ROLE ${name}; DROP ROLE ${owner}`);
    await last.end();
  });

  it('and may not enter the role is told so by the migration, which changes nothing', async () => {
    await expect(runMigrations(urlOf(owner))).rejects.toThrow(`GRANT tandem_app TO "${owner}"`);
    expect((await admin.query('SELECT FROM pg_tables WHERE schemaname = current_schema()')).rowCount).toBe(0);
  });

  it('and owns the tables works for one tenant and across them', async () => {
    await admin.query(`GRANT tandem_app TO ${owner}`);
    expect(await runMigrations(urlOf(owner))).not.toEqual([]);
    const dataSource = await connect(owner);
    const { tenantId } = await openBusiness(dataSource, 1);
    await openBusiness(dataSource, 1);
    expect(await databaseProblem(dataSource)).toBeNull();
    expect(await run(dataSource, tenantId, namesSeen)).toBe(1);
    expect(await acrossTenants(dataSource, 'health', namesSeen)).toBe(2);
    await dataSource.destroy();
  });

  it('and owns nothing goes on as before, and says what a service of this release needs', async () => {
    await admin.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${name}`);
    const dataSource = await connect(name);
    expect(await acrossTenants(dataSource, 'health', namesSeen)).toBe(2);
    expect(await databaseProblem(dataSource)).toContain('may not enter the role tandem_app');
    await admin.query(`GRANT tandem_app TO ${name}`);
    expect(await databaseProblem(dataSource)).toContain('inherits the role tandem_app');
    await admin.query(
      `REVOKE tandem_app FROM ${name}; ALTER ROLE ${name} NOINHERIT; GRANT tandem_app TO ${name}`,
    );
    expect(await databaseProblem(dataSource)).toBeNull();
    const [tenant] = await acrossTenants(dataSource, 'health', (transaction) =>
      query<{ id: TenantId }>(transaction, 'SELECT id FROM tenants LIMIT 1'),
    );
    expect(await run(dataSource, tenant!.id, namesSeen)).toBe(1);
    expect(await acrossTenants(dataSource, 'health', namesSeen)).toBe(2);
    await dataSource.destroy();
  });
});
