import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TenantId } from '@tandem/contracts';
import type { DataSource } from 'typeorm';
import { openBusiness } from '../../test/business.ts';
import { freshDatabase, type FreshDatabase } from '../../test/fresh-database.ts';
import { acrossTenants, query } from '../../connection/unit-of-work.ts';
import { BlockedCallerRepository } from './blocked-caller.repository.ts';
import { CallerDirectory } from './caller-directory.ts';
import { CallerGroupRepository } from './caller-group.repository.ts';
import { NumberRepository } from '../agents/number.repository.ts';

const ALEX = '+12025550123';

describe('callers', () => {
  let database: FreshDatabase;
  let dataSource: DataSource;
  let callers: CallerDirectory;
  let tenantId: TenantId;
  let strangerId: TenantId;
  let front: string;
  let back: string;

  beforeAll(async () => {
    database = await freshDatabase();
    dataSource = await database.open();
    callers = new CallerDirectory(dataSource);
    tenantId = (await openBusiness(dataSource, 0)).tenantId;
    strangerId = (await openBusiness(dataSource, 0)).tenantId;
    [front, back] = (await Promise.all(
      ['+12025550101', '+12025550102'].map(async (e164) => {
        const [row] = await acrossTenants(dataSource, 'installation', (manager) =>
          query<{ id: string }>(
            manager,
            'INSERT INTO phone_numbers (tenant_id, e164, is_always_open) VALUES ($1, $2, true) RETURNING id',
            [tenantId, e164],
          ),
        );
        return row!.id;
      }),
    )) as [string, string];
    const groups = new CallerGroupRepository(dataSource);
    for (const [key, pattern] of [
      ['area', '+1202*'],
      ['block', '+120255501*'],
      ['exact', ALEX],
      ['twice', '+1*'],
      ['twice', '+1202555*'],
    ] as const) {
      await groups.put(tenantId, key, { name: key, greeting: key === 'exact' ? 'Hello you.' : '' });
      await groups.addMember(tenantId, key, pattern);
    }
    await groups.put(strangerId, 'theirs', { name: 'theirs', greeting: '' });
    await groups.addMember(strangerId, 'theirs', ALEX);
    await new NumberRepository(dataSource).update(tenantId, front, {
      accessMode: 'allow-list',
      allowedGroups: ['area'],
    });
    await new BlockedCallerRepository(dataSource).block(tenantId, {
      pattern: '+12025550166',
      phoneNumberId: null,
      note: '',
    });
    await new BlockedCallerRepository(dataSource).block(tenantId, {
      pattern: '+120255501*',
      phoneNumberId: back,
      note: '',
    });
    await acrossTenants(dataSource, 'installation', (manager) =>
      query(
        manager,
        `INSERT INTO contacts (tenant_id, phone, name, language) VALUES ($1, $2, 'Alex', 'es'), ($3, ` +
          `$2, 'Their Alex', 'fr')`,
        [tenantId, ALEX, strangerId],
      ),
    );
  });
  afterAll(() => database.drop());

  it('are known by name and language, and by their groups, the closest first and each once', async () => {
    const found = await callers.find(tenantId, front, ALEX);
    expect(found).toEqual({
      name: 'Alex',
      language: 'es',
      isBlocked: false,
      groups: [
        { key: 'exact', greeting: 'Hello you.', isAllowed: false },
        { key: 'block', greeting: '', isAllowed: false },
        { key: 'twice', greeting: '', isAllowed: false },
        { key: 'area', greeting: '', isAllowed: true },
      ],
    });
  });

  it('are blocked everywhere, or at one number only', async () => {
    const isBlocked = async (number: string, caller: string) =>
      (await callers.find(tenantId, number, caller)).isBlocked;
    expect(
      await Promise.all([
        isBlocked(front, '+12025550166'),
        isBlocked(back, '+12025550166'),
        isBlocked(front, ALEX),
        isBlocked(back, ALEX),
        isBlocked(back, '+12025559999'),
      ]),
    ).toEqual([true, true, false, true, false]);
  });

  it('are nobody to a tenant that does not know them, and without a number', async () => {
    const nobody = { name: null, language: null, isBlocked: false, groups: [] };
    expect(await callers.find(tenantId, front, '+49301234567')).toEqual(nobody);
    expect(await callers.find(tenantId, front, null)).toEqual(nobody);
    expect((await callers.find(strangerId, front, ALEX)).groups.map(({ key }) => key)).toEqual(['theirs']);
  });
});
