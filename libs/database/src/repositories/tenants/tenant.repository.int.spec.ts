import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { acrossTenants, query } from '../../connection/unit-of-work.ts';
import { freshDatabase, type FreshDatabase } from '../../test/fresh-database.ts';
import { TenantRepository, type Tenant } from './tenant.repository.ts';

describe('tenants', () => {
  let database: FreshDatabase;
  let dataSource: DataSource;
  let tenants: TenantRepository;

  beforeAll(async () => {
    database = await freshDatabase();
    dataSource = await database.open();
    tenants = new TenantRepository(dataSource);
  });
  afterAll(() => database.drop());

  const create = (fields: { name?: string; timeZone?: string }) =>
    acrossTenants(dataSource, 'installation', (transaction) =>
      tenants.create(transaction, { name: 'Spec', timeZone: 'UTC', language: null, ...fields }, (tenant) =>
        Promise.resolve(tenant),
      ),
    );

  it.each(['Zahnärzte Müller & Söhne', 'Zahnärzte Müller & Söhne', '歯科', '-', 'x'.repeat(120)])(
    'may be named %s',
    async (name) => {
      const { id } = (await create({ name })) as Tenant;
      expect(await tenants.find(id)).toMatchObject({ companyName: name, bookingHorizonDays: 60 });
      const [row] = await acrossTenants(dataSource, 'installation', (manager) =>
        query<{ slug: string }>(manager, 'SELECT slug FROM tenants WHERE id = $1', [id]),
      );
      expect(row?.slug).toMatch(/^[a-z0-9][a-z0-9-]{0,50}-[0-9a-f]{8}$/);
    },
  );

  it('are in a time zone that the database has rules for', async () => {
    await expect(create({ timeZone: 'Mars/Olympus' }).then(String)).resolves.toBe('unknown-time-zone');
    const { id } = (await create({})) as Tenant;
    expect(await tenants.change(id, { timeZone: 'Mars/Olympus' }, () => true)).toBe('unknown-time-zone');
    expect((await tenants.find(id))?.timeZone).toBe('UTC');
  });
});
