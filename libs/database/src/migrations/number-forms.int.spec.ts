import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { MIGRATIONS } from '../connection/schema.ts';
import { openBusiness, type Business } from '../test/business.ts';
import { freshDatabase, type FreshDatabase } from '../test/fresh-database.ts';
import { acrossTenants, query } from '../connection/unit-of-work.ts';
import { NumberForms1795605100000 } from './1795605100000-number-forms.ts';

describe('numbers stored before they had a normal form', () => {
  let database: FreshDatabase;
  let dataSource: DataSource;
  let business: Business;
  const sql = <Row>(text: string, parameters: unknown[] = []) =>
    acrossTenants(dataSource, 'installation', (manager) => query<Row>(manager, text, parameters));
  const column = async (text: string) =>
    (await sql<Record<string, unknown>>(text, [business.tenantId])).map((row) =>
      Object.values(row).join(' | '),
    );

  beforeAll(async () => {
    database = await freshDatabase();
    dataSource = await database.open();
    business = await openBusiness(dataSource, 1);
    const later =
      MIGRATIONS.length -
      MIGRATIONS.findIndex((Migration) => new Migration().name === new NumberForms1795605100000().name);
    for (let undone = 0; undone < later; undone += 1)
      await dataSource.undoLastMigration({ transaction: 'all' });
    const { tenantId, serviceId, resourceIds } = business;
    await sql(
      `INSERT INTO contacts (id, tenant_id, phone, name, email, notes) VALUES
        ('00000000-0000-4000-8000-000000000001', $1, '+525500000000', NULL, 'ana@example.com', 'new'),
        ('00000000-0000-4000-8000-000000000002', $1, '+5215500000000', 'Ana', NULL, 'old'),
        (gen_random_uuid(), $1, '+5215511111111', 'Eva', NULL, ''),
        (gen_random_uuid(), $1, '+551187654321', 'Rui', NULL, ''),
        (gen_random_uuid(), $1, '+551132654321', 'Landline', NULL, ''),
        (gen_random_uuid(), $1, '+541123456789', 'Sol', NULL, ''),
        (gen_random_uuid(), $1, '+5491123456789', NULL, NULL, ''),
        (gen_random_uuid(), $1, '+541187654321', 'Leo', NULL, ''),
        (gen_random_uuid(), $1, '+12025550123', 'Alex', NULL, '')`,
      [tenantId],
    );
    await sql(
      `INSERT INTO bookings (tenant_id, resource_id, service_id, contact_id, period, reference)
       VALUES ($1, $2, $3, '00000000-0000-4000-8000-000000000002',
            tstzrange('2026-12-07T10:00Z', '2026-12-07T11:00Z'), 'K1')`,
      [tenantId, resourceIds[0], serviceId],
    );
    await sql(
      `INSERT INTO blocked_callers (tenant_id, pattern) VALUES ($1, '+5215500000000'), ($1, ` +
        `'+525500000000'), ($1, '+551187654321'), ($1, '+521*')`,
      [tenantId],
    );
    await sql(
      'INSERT INTO caller_groups (id, tenant_id, key, name) VALUES ' +
        `('00000000-0000-4000-8000-000000000003', $1, 'vip', 'VIP')`,
      [tenantId],
    );
    await sql(
      'INSERT INTO caller_group_members (tenant_id, group_id, pattern) SELECT $1, ' +
        `'00000000-0000-4000-8000-000000000003', unnest(ARRAY['+5215500000000', '+525500000000', ` +
        `'+551187654321'])`,
      [tenantId],
    );
    await sql(
      `INSERT INTO phone_numbers (tenant_id, e164, is_always_open) VALUES ($1, '+5215599999999', true)`,
      [tenantId],
    );
    await dataSource.runMigrations({ transaction: 'all' });
  });
  afterAll(() => database.drop());

  it('are as the numbering plans have them now, one contact each', async () => {
    expect(
      await column('SELECT phone, name, email, notes FROM contacts WHERE tenant_id = $1 ORDER BY phone'),
    ).toEqual([
      '+12025550123 | Alex |  | ',
      '+525500000000 | Ana | ana@example.com | new\nold',
      '+525511111111 | Eva |  | ',
      '+541187654321 | Leo |  | ',
      '+5491123456789 | Sol |  | ',
      '+551132654321 | Landline |  | ',
      '+5511987654321 | Rui |  | ',
    ]);
  });

  it('keep their bookings', async () => {
    expect(
      await column(
        'SELECT contact.phone FROM bookings JOIN contacts contact ON contact.id = bookings.contact_id ' +
          'WHERE bookings.tenant_id = $1',
      ),
    ).toEqual(['+525500000000']);
  });

  it('are blocked, in a group, and dialled once', async () => {
    expect(await column('SELECT pattern FROM blocked_callers WHERE tenant_id = $1 ORDER BY pattern')).toEqual(
      ['+521*', '+525500000000', '+5511987654321'],
    );
    expect(
      await column('SELECT pattern FROM caller_group_members WHERE tenant_id = $1 ORDER BY pattern'),
    ).toEqual(['+525500000000', '+5511987654321']);
    expect(await column('SELECT e164 FROM phone_numbers WHERE tenant_id = $1')).toEqual(['+525599999999']);
  });
});
