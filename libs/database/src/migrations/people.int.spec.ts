import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TenantId } from '@tandem/contracts';
import type { DataSource } from 'typeorm';
import { MIGRATIONS } from '../connection/schema.ts';
import { query, run } from '../connection/unit-of-work.ts';
import { openBusiness } from '../test/business.ts';
import { freshDatabase, type FreshDatabase } from '../test/fresh-database.ts';
import { People1795607000000 } from './1795607000000-people.ts';

describe('API keys of the release before', () => {
  let database: FreshDatabase;
  let dataSource: DataSource;
  let tenantId: TenantId;
  const sql = <Row>(text: string, parameters: unknown[] = []) =>
    run(dataSource, (manager) => query<Row>(manager, text, parameters));
  const store = (name: string, scopes: readonly string[]) =>
    sql(`INSERT INTO api_keys (tenant_id, name, key_hash, scopes) VALUES ($1, $2, $3, $4)`, [
      tenantId,
      name,
      createHash('sha256').update(randomUUID()).digest(),
      scopes,
    ]);
  const scopesOf = async (name: string) =>
    (await sql<{ scopes: string[] }>('SELECT scopes FROM api_keys WHERE name = $1', [name]))[0]?.scopes;

  beforeAll(async () => {
    database = await freshDatabase();
    dataSource = await database.open();
    ({ tenantId } = await openBusiness(dataSource, 1));
    const name = new People1795607000000().name;
    const later = MIGRATIONS.length - MIGRATIONS.findIndex((Migration) => new Migration().name === name);
    for (let undone = 0; undone < later; undone += 1)
      await dataSource.undoLastMigration({ transaction: 'all' });
    await store('reads', ['crm:read', 'calls:read']);
    await store('writes', ['crm:write']);
    await dataSource.runMigrations({ transaction: 'all' });
  });
  afterAll(() => database.drop());

  it('go on reading what was said in calls, and get nothing else', async () => {
    expect(await scopesOf('reads')).toEqual(['crm:read', 'calls:read', 'transcripts:read']);
    expect(await scopesOf('writes')).toEqual(['crm:write']);
  });

  it('lose the scopes of this release when it is taken back', async () => {
    await store('newer', ['calls:read', 'audit:read', 'users:write']);
    const last = MIGRATIONS.findIndex((Migration) => new Migration().name === new People1795607000000().name);
    for (let undone = 0; undone < MIGRATIONS.length - last; undone += 1)
      await dataSource.undoLastMigration({ transaction: 'all' });
    expect(await scopesOf('newer')).toEqual(['calls:read']);
    expect(await scopesOf('reads')).toEqual(['crm:read', 'calls:read']);
  });
});
