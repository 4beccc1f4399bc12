import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CallId, TenantId } from '@tandem/contracts';
import type { DataSource } from 'typeorm';
import { MIGRATIONS } from '../connection/schema.ts';
import { query, run } from '../connection/unit-of-work.ts';
import { CallRepository } from '../repositories/calls/call.repository.ts';
import { TimelineRepository } from '../repositories/calls/timeline.repository.ts';
import { openBusiness } from '../test/business.ts';
import { ADMITTED, callRecord } from '../test/call-records.ts';
import { freshDatabase, type FreshDatabase } from '../test/fresh-database.ts';
import { CallTimeline1795607300000 } from './1795607300000-call-timeline.ts';

/** The statements of services of the release before, which know of no timeline. */
const STORE = `INSERT INTO calls (id, tenant_id, status, direction, channel, from_number, to_number,
  admitted_at) VALUES ($1, $2, 'completed', 'inbound', 'twilio', $3, '+12025550100', $4)`;
const SAY = `INSERT INTO utterances (tenant_id, call_id, position, speaker, item_id, text, started_at_ms,
  ended_at_ms, heard_ms, interrupted) VALUES ($1, $2, 1, 'agent', 'a', 'Hello.', 1, 2, 1, true)`;

describe('calls beside services of the release before', () => {
  let database: FreshDatabase;
  let dataSource: DataSource;
  let tenantId: TenantId;
  const [before, after] = [randomUUID() as CallId, randomUUID() as CallId];
  const sql = <Row>(text: string, parameters: unknown[] = []) =>
    run(dataSource, (manager) => query<Row>(manager, text, parameters));
  const store = async (callId: CallId) => {
    await sql(STORE, [callId, tenantId, '+4930123456', ADMITTED]);
    await sql(SAY, [tenantId, callId]);
  };
  const addKey = (name: string, scopes: string[]) =>
    sql('INSERT INTO api_keys (tenant_id, name, key_hash, scopes) VALUES ($1, $2, $3, $4)', [
      tenantId,
      name,
      Buffer.from(name.padEnd(32)),
      scopes,
    ]);

  beforeAll(async () => {
    database = await freshDatabase();
    dataSource = await database.open();
    tenantId = (await openBusiness(dataSource, 0)).tenantId;
    const later =
      MIGRATIONS.length -
      MIGRATIONS.findIndex((Migration) => new Migration().name === new CallTimeline1795607300000().name);
    for (let undone = 0; undone < later; undone += 1)
      await dataSource.undoLastMigration({ transaction: 'all' });
    await store(before);
    await addKey('reader', ['calls:read']);
    await addKey('owner', ['calls:read', 'admin:write']);
    await addKey('other', ['crm:read']);
    await dataSource.runMigrations({ transaction: 'all' });
    await store(after);
  });
  afterAll(() => database.drop());

  it('are found and read, those from before and those stored meanwhile', async () => {
    const calls = new CallRepository(dataSource);
    const found = await calls.list(tenantId, { search: '3012', interruptedAtLeast: 1 }, { limit: 10 });
    expect(found.items.map(({ callId }) => callId).sort()).toEqual([before, after].sort());
    expect((await calls.get(tenantId, before))?.utterances).toMatchObject([{ generatedMs: null }]);
    expect(await new TimelineRepository(dataSource).read(tenantId, after, 0, 10)).toMatchObject({
      length: 0,
    });
  });

  it('are stored again with their timeline', async () => {
    const calls = new CallRepository(dataSource);
    expect(await calls.record(callRecord(tenantId, { callId: before }))).toBe('recorded');
  });

  it('are read by the keys that read them before, in whole', async () => {
    const keys = await sql<{ name: string; scopes: string[] }>(
      "SELECT name, scopes FROM api_keys WHERE name IN ('reader', 'owner', 'other')",
    );
    expect(Object.fromEntries(keys.map(({ name, scopes }) => [name, scopes]))).toEqual({
      reader: ['calls:read', 'transcripts:read'],
      owner: ['calls:read', 'admin:write', 'transcripts:read', 'calls:annotate'],
      other: ['crm:read'],
    });
  });
});
