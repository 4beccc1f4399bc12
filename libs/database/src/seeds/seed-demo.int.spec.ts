import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { isDepartmentOpen, type TenantId } from '@tandem/contracts';
import type { DataSource } from 'typeorm';
import { API_SCOPES } from '../entities/api-scopes.ts';
import { CallerDirectory } from '../repositories/callers/caller-directory.ts';
import { AgentDirectory } from '../repositories/agents/agent-directory.ts';
import { AgentRepository } from '../repositories/agents/agent.repository.ts';
import {
  ApiKeyMalformed,
  ApiKeyRepository,
  generateApiKey,
} from '../repositories/tenants/api-key.repository.ts';
import { ResourceRepository } from '../repositories/bookings/resource.repository.ts';
import { ServiceRepository } from '../repositories/bookings/service.repository.ts';
import { ContactRepository } from '../repositories/contacts/contact.repository.ts';
import { NumberRepository } from '../repositories/agents/number.repository.ts';
import { freshDatabase, type FreshDatabase } from '../test/fresh-database.ts';
import { acrossTenants, query } from '../connection/unit-of-work.ts';
import { DEMO_AGENT_ID, DEMO_PHONE_NUMBER, DEMO_TENANT_ID, seedDemo } from './seed-demo.ts';

describe('the demo', () => {
  let database: FreshDatabase;
  let dataSource: DataSource;
  const apiKey = generateApiKey();

  beforeAll(async () => {
    database = await freshDatabase();
    dataSource = await database.open();
  });
  afterAll(() => database.drop());

  const everything = () =>
    acrossTenants(dataSource, 'installation', async (manager) => {
      const found: Record<string, unknown> = {};
      for (const { tableName } of dataSource.entityMetadatas)
        found[tableName] = await query(manager, `SELECT to_jsonb(t) FROM ${tableName} t ORDER BY 1`);
      return found;
    });

  it('is a business with an agent behind its number', async () => {
    expect(await seedDemo(dataSource, { model: 'guided', apiKey })).toEqual({
      tenantId: DEMO_TENANT_ID,
      agentVersion: 1,
      isNewVersion: true,
      isOperators: false,
    });
    const number = await new AgentDirectory(dataSource).findByNumber(DEMO_PHONE_NUMBER);
    expect(number).toMatchObject({
      tenant: { slug: 'demo', companyName: 'Northwind Home Services' },
      opening: { isAlwaysOpen: true },
    });
    expect(number?.agent).toMatchObject({
      name: 'Sarah',
      agentVersion: 1,
      model: { kind: 'guided' },
      tools: [
        'lookup_customer',
        'get_caller_history',
        'check_availability',
        'book_appointment',
        'move_appointment',
        'cancel_appointment',
        'create_lead',
        'take_message',
        'schedule_callback',
        'transfer_call',
        'end_call',
        'update_mic_distance',
        'switch_language',
      ],
      notice: '',
    });
    const services = await new ServiceRepository(dataSource).list(DEMO_TENANT_ID, { limit: 100 });
    expect(services.items.map((service) => service.key)).toEqual(['electrical', 'heating', 'plumbing']);
    const { items: engineers } = await new ResourceRepository(dataSource).list(DEMO_TENANT_ID, {
      limit: 100,
    });
    expect(engineers).toHaveLength(3);
    expect(engineers.filter((engineer) => engineer.hours.some((hours) => hours.weekday === 6))).toHaveLength(
      1,
    );
    expect(new Set(engineers.map((engineer) => engineer.services.join())).size).toBe(3);
    expect(
      (await new ContactRepository(dataSource).list(DEMO_TENANT_ID, { phone: '+12025550123' }, { limit: 5 }))
        .items[0]?.name,
    ).toBe('Alex Morgan');
    expect(await new ApiKeyRepository(dataSource).findActive(apiKey)).toMatchObject({
      tenantId: DEMO_TENANT_ID,
      scopes: [...API_SCOPES],
    });
  });

  it(
    'knows its callers by groups, blocks one, leaves its number open to all others, and has departments ' +
      'with hours',
    async () => {
      const { phoneNumberId, access, agent } = (await new AgentDirectory(dataSource).findByNumber(
        DEMO_PHONE_NUMBER,
      ))!;
      const callers = new CallerDirectory(dataSource);
      const about = async (e164: string) => {
        const { name, isBlocked, groups } = await callers.find(DEMO_TENANT_ID, phoneNumberId, e164);
        return [name, isBlocked, groups.map(({ key }) => key).join()];
      };
      expect(access).toEqual({
        mode: 'open',
        withheldCallers: 'accept',
        unverifiedCallers: 'trust',
        refusalText: '',
      });
      expect(await about('+12025550123')).toEqual(['Alex Morgan', false, 'primary']);
      expect(await about('+12025550182')).toEqual(['Taylor Brooks', false, 'secondary']);
      expect(await about('+12025550166')).toEqual([null, true, '']);
      expect(await about('+12025550101')).toEqual([null, false, '']);
      expect(agent?.directory.map(({ key }) => key)).toEqual(['billing', 'manager', 'sales', 'support']);
      const monday = new Date('2027-01-04T21:30:00Z');
      expect(
        agent?.directory
          .filter((department) => isDepartmentOpen(department, 'America/New_York', monday))
          .map(({ key }) => key),
      ).toEqual(['billing', 'manager', 'sales', 'support']);
      const evening = new Date('2027-01-04T23:30:00Z');
      expect(
        agent?.directory
          .filter((department) => isDepartmentOpen(department, 'America/New_York', evening))
          .map(({ key }) => key),
      ).toEqual(['manager', 'support']);
    },
  );

  it('is not changed by seeding again, also at once', async () => {
    const before = await everything();
    const again = await Promise.all([1, 2, 3].map(() => seedDemo(dataSource, { model: 'guided', apiKey })));
    expect(again.map((seeded) => seeded.isNewVersion)).toEqual([false, false, false]);
    expect(await everything()).toEqual(before);
  });

  it('publishes a new version when the model changes', async () => {
    expect(await seedDemo(dataSource, { model: 'openai-realtime', apiKey })).toMatchObject({
      agentVersion: 2,
      isNewVersion: true,
    });
    const number = await new AgentDirectory(dataSource).findByNumber(DEMO_PHONE_NUMBER);
    expect(number?.agent?.model).toMatchObject({ kind: 'openai-realtime', voice: 'marin' });
  });

  it('makes one version for each model, however often the model comes and goes', async () => {
    expect(await seedDemo(dataSource, { model: 'guided', apiKey })).toMatchObject({
      agentVersion: 1,
      isNewVersion: false,
      isOperators: false,
    });
    expect((await new AgentDirectory(dataSource).findByNumber(DEMO_PHONE_NUMBER))?.agent?.model.kind).toBe(
      'guided',
    );
    expect(await seedDemo(dataSource, { model: 'openai-realtime', apiKey })).toMatchObject({
      agentVersion: 2,
      isNewVersion: false,
    });
    const versions = await new AgentRepository(dataSource).versions(DEMO_TENANT_ID, DEMO_AGENT_ID, {
      limit: 10,
    });
    expect(versions?.map(({ version, isPublished }) => [version, isPublished])).toEqual([
      [2, true],
      [1, false],
    ]);
  });

  it('keeps an agent that an operator published, and a number that replaced ours', async () => {
    await new AgentDirectory(dataSource).publish(DEMO_TENANT_ID, DEMO_AGENT_ID, {
      name: 'Sarah',
      companyName: 'Mine',
      timeZone: 'UTC',
      instructions: 'Mine.',
      model: { kind: 'guided' },
    });
    await acrossTenants(dataSource, 'installation', (manager) =>
      query(manager, `UPDATE phone_numbers SET e164 = '+12025550177' WHERE e164 = $1`, [DEMO_PHONE_NUMBER]),
    );
    expect(await seedDemo(dataSource, { model: 'guided', apiKey })).toMatchObject({
      agentVersion: 3,
      isNewVersion: false,
      isOperators: true,
    });
    const numbers = new AgentDirectory(dataSource);
    expect((await numbers.findByNumber('+12025550177'))?.agent?.instructions).toBe('Mine.');
    expect(await numbers.findByNumber(DEMO_PHONE_NUMBER)).toBeNull();
  });

  it('lets another number take the place of one, not of another tenant', async () => {
    const numbers = new NumberRepository(dataSource);
    const [held] = await numbers.list(DEMO_TENANT_ID);
    expect(await numbers.rename(DEMO_TENANT_ID, held!.id, '+14155550123')).toBe('renamed');
    expect((await numbers.list(DEMO_TENANT_ID)).map(({ e164 }) => e164)).toEqual(['+14155550123']);
    expect(
      await numbers.rename('7a0c1d3e-0000-4000-8000-00000000000f' as TenantId, held!.id, '+14155550124'),
    ).toBe('not-found');
    await acrossTenants(dataSource, 'installation', (manager) =>
      query(
        manager,
        `INSERT INTO phone_numbers (tenant_id, e164, is_always_open) VALUES ($1, '+14155550125', true)`,
        [DEMO_TENANT_ID],
      ),
    );
    expect(await numbers.rename(DEMO_TENANT_ID, held!.id, '+14155550125')).toBe('taken');
  });

  it('takes no key that is none', async () => {
    await expect(seedDemo(dataSource, { model: 'guided', apiKey: 'demo' })).rejects.toThrow(ApiKeyMalformed);
  });
});
