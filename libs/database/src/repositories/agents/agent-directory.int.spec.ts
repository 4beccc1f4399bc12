import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { isOpenAt, type AgentContentInput, type TenantId } from '@tandem/contracts';
import type { DataSource } from 'typeorm';
import { openBusiness } from '../../test/business.ts';
import { freshDatabase, type FreshDatabase } from '../../test/fresh-database.ts';
import { acrossTenants, query } from '../../connection/unit-of-work.ts';
import { AgentDirectory } from './agent-directory.ts';

const content = (change: Partial<AgentContentInput> = {}): AgentContentInput => ({
  name: 'Sarah',
  companyName: 'Northwind',
  timeZone: 'America/New_York',
  instructions: 'Be kind.',
  model: { kind: 'guided' },
  tools: ['end_call'],
  ...change,
});

describe('the agent directory', () => {
  let database: FreshDatabase;
  let dataSource: DataSource;
  let directory: AgentDirectory;
  let tenantId: TenantId;

  beforeAll(async () => {
    database = await freshDatabase();
    dataSource = await database.open();
    directory = new AgentDirectory(dataSource);
    tenantId = (await openBusiness(dataSource, 0)).tenantId;
  });
  afterAll(() => database.drop());

  const sql = <Row>(text: string, ...parameters: unknown[]) =>
    acrossTenants(dataSource, 'installation', (manager) => query<Row>(manager, text, parameters));

  async function number(e164: string, agentId: string | null, isAlwaysOpen = true): Promise<string> {
    const [row] = await sql<{ id: string }>(
      'INSERT INTO phone_numbers (tenant_id, e164, agent_id, is_always_open) VALUES ($1, $2, $3, $4) ' +
        'RETURNING id',
      tenantId,
      e164,
      agentId,
      isAlwaysOpen,
    );
    return row!.id;
  }

  it('finds tenant, hours and the published snapshot, with ids and defaults filled in', async () => {
    const agentId = randomUUID();
    await directory.publish(tenantId, agentId, content());
    const id = await number('+12025550101', agentId);
    const found = await directory.findByNumber('+12025550101');
    expect(found).toMatchObject({
      phoneNumberId: id,
      tenant: { id: tenantId, timeZone: 'America/New_York' },
      opening: { isAlwaysOpen: true, hours: [], closedDates: [] },
    });
    expect(found?.agent).toMatchObject({
      agentId,
      agentVersion: 1,
      tenantId,
      name: 'Sarah',
      language: 'en-US',
      turnDetection: { kind: 'server-vad' },
    });
  });

  it(
    'brings what the number, the tenant and its directory say about a call, and leaves out a department ' +
      'that is not valid',
    async () => {
      const agentId = randomUUID();
      await directory.publish(
        tenantId,
        agentId,
        content({ experiment: 'tone', variants: [{ key: 'warm', weight: 1 }] }),
      );
      const id = await number('+12025550106', agentId);
      await sql(
        `UPDATE phone_numbers SET language = 'es', access_mode = 'allow-list', withheld_callers = ` +
          `'refuse', refusal_text = 'No.' WHERE id = $1`,
        id,
      );
      await sql(
        `INSERT INTO departments (tenant_id, key, name, address, mode, ring_ms, hours)
         VALUES ($1, 'sales', 'Sales', '+12025550111', 'warm', 25000,
           '[{"weekday":1,"opensMinute":480,"closesMinute":1020}]'),
      ($1, 'broken', 'Broken', '+12025550112', 'warm', 25000, '[{"weekday":9}]')`,
        tenantId,
      );
      await sql(
        'INSERT INTO tenant_budgets (tenant_id, daily_micros) VALUES ($1, 9007199254740991)',
        tenantId,
      );
      const found = await directory.findByNumber('+12025550106');
      expect(found).toMatchObject({
        language: 'es',
        access: {
          mode: 'allow-list',
          withheldCallers: 'refuse',
          unverifiedCallers: 'trust',
          refusalText: 'No.',
        },
        tenant: { budget: { dailyMicros: Number.MAX_SAFE_INTEGER, monthlyMicros: null, warnShare: 0.8 } },
        experiment: {
          name: 'tone',
          variants: [{ key: 'warm', weight: 1 }],
          salt: expect.stringMatching(/^[0-9a-f-]{36}$/),
        },
        agent: {
          variantKey: null,
          directory: [{ key: 'sales', hours: [{ weekday: 1, opensMinute: 480, closesMinute: 1020 }] }],
        },
      });
    },
  );

  it('finds another agent of the same tenant where one is asked for, none of another tenant', async () => {
    const [own, asked] = [randomUUID(), randomUUID()];
    await directory.publish(tenantId, own, content());
    await directory.publish(tenantId, asked, content({ name: 'Tom' }));
    const other = (await openBusiness(dataSource, 1)).tenantId;
    const foreign = randomUUID();
    await directory.publish(other, foreign, content({ name: 'Eve' }));
    await number('+12025550107', own);
    const nameFor = async (agentId: string | null) =>
      (await directory.findByNumber('+12025550107', agentId))?.agent?.name ?? null;
    expect([await nameFor(null), await nameFor(asked), await nameFor(foreign)]).toEqual([
      'Sarah',
      'Tom',
      null,
    ]);
  });

  it('tells closed from open by hours and closed dates', async () => {
    const id = await number('+12025550102', null, false);
    await sql(
      'INSERT INTO opening_hours (tenant_id, phone_number_id, weekday, opens, closes) SELECT $1, $2, ' +
        `weekday, '00:00', '24:00' FROM generate_series(1, 7) weekday`,
      tenantId,
      id,
    );
    const now = new Date();
    const open = await directory.findByNumber('+12025550102');
    expect(open?.opening.hours).toHaveLength(7);
    expect(isOpenAt(open!.opening, now)).toBe(true);
    const other = (await openBusiness(dataSource, 0)).tenantId;
    await sql(
      `INSERT INTO closed_dates (tenant_id, scope, date, name) VALUES ($1, 'bookings', current_date, ` +
        `'x'), ($2, 'calls', current_date, 'x')`,
      tenantId,
      other,
    );
    expect((await directory.findByNumber('+12025550102'))?.opening.closedDates).toEqual([]);
    await sql(
      `INSERT INTO closed_dates (tenant_id, scope, date, name)
      SELECT $1, 'calls', current_date + day, 'x' FROM generate_series(-1, 1) day`,
      tenantId,
    );
    expect(isOpenAt((await directory.findByNumber('+12025550102'))!.opening, now)).toBe(false);
  });

  it('knows nobody’s number as such, and a number without a usable agent', async () => {
    expect(await directory.findByNumber('+12025550199')).toBeNull();
    await number('+12025550103', null);
    expect((await directory.findByNumber('+12025550103'))?.agent).toBeNull();
    const unpublished = randomUUID();
    await sql(
      'INSERT INTO agents (id, tenant_id, name) VALUES ($1, $2, $3)',
      unpublished,
      tenantId,
      'Nobody',
    );
    await number('+12025550104', unpublished);
    expect((await directory.findByNumber('+12025550104'))?.agent).toBeNull();
    await sql(
      `INSERT INTO agent_versions (tenant_id, agent_id, version, content) VALUES ($1, $2, 1, '{"name": 5}')`,
      tenantId,
      unpublished,
    );
    await sql('UPDATE agents SET published_version = 1 WHERE id = $1', unpublished);
    expect((await directory.findByNumber('+12025550104'))?.agent).toBeNull();
  });

  it('publishes only what is new, numbers versions one by one, and never changes one', async () => {
    const agentId = randomUUID();
    const texts = Array.from({ length: 6 }, (_, index) => `Version ${index}`);
    const published = await Promise.all(
      texts.map((instructions) => directory.publish(tenantId, agentId, content({ instructions }))),
    );
    expect(published.map(({ version }) => version).sort()).toEqual([1, 2, 3, 4, 5, 6]);
    const [last] = await sql<{ content: AgentContentInput }>(
      'SELECT content FROM agent_versions WHERE agent_id = $1 AND version = 6',
      agentId,
    );
    expect(await directory.publish(tenantId, agentId, last!.content)).toEqual({ version: 6, isNew: false });
    await expect(
      sql(`UPDATE agent_versions SET content = '{}' WHERE agent_id = $1`, agentId),
    ).rejects.toThrow('23001');
  });

  it('refuses content that is no snapshot', async () => {
    await expect(directory.publish(tenantId, randomUUID(), content({ name: '' }))).rejects.toThrow('name');
  });

  it('lets no number point at another tenant’s agent', async () => {
    const agentId = randomUUID();
    await directory.publish((await openBusiness(dataSource, 0)).tenantId, agentId, content());
    await expect(number('+12025550105', agentId)).rejects.toThrow('23503');
  });
});
