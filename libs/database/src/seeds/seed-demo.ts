import { isDeepStrictEqual } from 'node:util';
import { agentContentSchema, type TenantId } from '@tandem/contracts';
import type { DataSource, QueryDeepPartialEntity } from 'typeorm';
import {
  BlockedCallerRow,
  CallerGroupMemberRow,
  CallerGroupRow,
  DepartmentRow,
} from '../entities/access.entities.ts';
import { AgentRow, PhoneNumberRow } from '../entities/agent.entities.ts';
import {
  ContactRow,
  ResourceHoursRow,
  ResourceRow,
  ResourceServiceRow,
  ServiceRow,
} from '../entities/business.entities.ts';
import { TenantRow } from '../entities/tenant.entities.ts';
import { AgentDirectory } from '../repositories/agents/agent-directory.ts';
import { AgentRepository } from '../repositories/agents/agent.repository.ts';
import { ApiKeyMalformed, ApiKeyRepository, isApiKey } from '../repositories/tenants/api-key.repository.ts';
import { API_SCOPES } from '../entities/api-scopes.ts';
import { run, transact, type Transaction } from '../connection/unit-of-work.ts';
import { DEMO_MODELS, demoAgent, type DemoModel } from './demo-agent.ts';

export const DEMO_TENANT_ID = '7a0c1d3e-0000-4000-8000-000000000001' as TenantId;
export const DEMO_AGENT_ID = '7a0c1d3e-0000-4000-8000-000000000002';
/** From the block 555-0100 to 555-0199, which is reserved for fiction. */
export const DEMO_PHONE_NUMBER = '+12025550100';

interface DemoOptions {
  /** The kind of voice model. Seeding again with another one publishes the version made for it. */
  readonly model: DemoModel;
  /** The tenant's API key in clear text, as `generateApiKey` makes it. */
  readonly apiKey: string;
}

const id = (group: number, number: number): string =>
  `7a0c1d3e-0000-4000-800${group}-${String(number).padStart(12, '0')}`;

const SERVICES = [
  { id: id(1, 1), key: 'plumbing', name: 'Plumbing visit', durationMinutes: 60 },
  { id: id(1, 2), key: 'heating', name: 'Heating visit', durationMinutes: 90 },
  { id: id(1, 3), key: 'electrical', name: 'Electrical visit', durationMinutes: 60 },
];

const MONDAY_TO_FRIDAY = [1, 2, 3, 4, 5];
const SATURDAY = 6;

const ENGINEERS = [
  {
    id: id(2, 1),
    name: 'Maria Alvarez',
    does: ['plumbing', 'heating'],
    opens: '08:00',
    closes: '16:00',
    saturday: null,
  },
  {
    id: id(2, 2),
    name: 'James Chen',
    does: ['heating', 'electrical'],
    opens: '09:00',
    closes: '17:00',
    saturday: null,
  },
  {
    id: id(2, 3),
    name: 'Priya Nair',
    does: ['plumbing', 'electrical'],
    opens: '10:00',
    closes: '18:00',
    saturday: { opens: '09:00', closes: '13:00' },
  },
];

const CONTACTS = [
  {
    id: id(3, 1),
    phone: '+12025550123',
    name: 'Alex Morgan',
    email: 'alex.morgan@example.com',
    notes: 'Older house with a basement. Dog in the garden.',
  },
  { id: id(3, 2), phone: '+12025550147', name: 'Jamie Lee', email: null, notes: '' },
  {
    id: id(3, 3),
    phone: '+12025550182',
    name: 'Taylor Brooks',
    email: 'taylor.brooks@example.com',
    notes: 'Prefers afternoons.',
  },
];

/** Caller groups and a blocked caller. Every other caller may call too. */
const GROUPS = [
  { id: id(4, 1), key: 'primary', name: 'Primary callers', members: ['+12025550123'] },
  { id: id(4, 2), key: 'secondary', name: 'Secondary callers', members: ['+12025550147', '+1202555018*'] },
];
const BLOCKED = [{ id: id(5, 1), pattern: '+12025550166', note: 'Calls to complain about the weather.' }];

const hours = (weekdays: readonly number[], opens: number, closes: number) =>
  weekdays.map((weekday) => ({ weekday, opensMinute: opens * 60, closesMinute: closes * 60 }));
const DEPARTMENTS = [
  {
    key: 'sales',
    name: 'Sales',
    address: '+12025550111',
    mode: 'warm' as const,
    ringMs: 25_000,
    hours: hours(MONDAY_TO_FRIDAY, 8, 17),
  },
  {
    key: 'support',
    name: 'Customer support',
    address: '+12025550112',
    mode: 'warm' as const,
    ringMs: 25_000,
    hours: [...hours(MONDAY_TO_FRIDAY, 7, 19), ...hours([SATURDAY], 9, 13)],
  },
  {
    key: 'billing',
    name: 'Billing',
    address: '+12025550113',
    mode: 'cold' as const,
    ringMs: 25_000,
    hours: hours(MONDAY_TO_FRIDAY, 8, 17),
  },
  {
    key: 'manager',
    name: 'the manager on duty',
    address: '+12025550114',
    mode: 'warm' as const,
    ringMs: 30_000,
    hours: [],
  },
];

/**
 * Seeds Northwind Home Services, ready to be called. Any number of times: rows that exist stay as they are.
 * The agent gets another version when it speaks with another model, one for each, unless an operator has
 * published one of their own.
 * @throws ApiKeyMalformed
 */
export async function seedDemo(
  dataSource: DataSource,
  options: DemoOptions,
): Promise<{ tenantId: TenantId; agentVersion: number; isNewVersion: boolean; isOperators: boolean }> {
  if (!isApiKey(options.apiKey)) throw new ApiKeyMalformed();
  await transact(dataSource, DEMO_TENANT_ID, seedBusiness);
  const operators = await operatorsVersion(dataSource);
  const published = operators
    ? { version: operators, isNew: false }
    : await publishDemo(dataSource, options.model);
  await run(dataSource, DEMO_TENANT_ID, async (manager) => {
    if (await manager.existsBy(PhoneNumberRow, { tenantId: DEMO_TENANT_ID })) return;
    await keep(manager, PhoneNumberRow, [
      { tenantId: DEMO_TENANT_ID, e164: DEMO_PHONE_NUMBER, agentId: DEMO_AGENT_ID, isAlwaysOpen: true },
    ]);
  });
  await new ApiKeyRepository(dataSource).store(DEMO_TENANT_ID, options.apiKey, {
    name: 'demo',
    scopes: [...API_SCOPES],
  });
  return {
    tenantId: DEMO_TENANT_ID,
    agentVersion: published.version,
    isNewVersion: published.isNew,
    isOperators: operators !== null,
  };
}

/** Each model has one version of the agent, no matter how many times a start switches between them. */
async function publishDemo(
  dataSource: DataSource,
  model: DemoModel,
): Promise<{ version: number; isNew: boolean }> {
  const before = await transact(dataSource, DEMO_TENANT_ID, (transaction) =>
    new AgentRepository(dataSource).publishAgain(
      transaction,
      DEMO_TENANT_ID,
      DEMO_AGENT_ID,
      demoAgent(model),
    ),
  );
  return before === null
    ? new AgentDirectory(dataSource).publish(DEMO_TENANT_ID, DEMO_AGENT_ID, demoAgent(model))
    : { version: before, isNew: false };
}

/** Returns the published version if an operator published it; null for one of ours. */
async function operatorsVersion(dataSource: DataSource): Promise<number | null> {
  const agents = new AgentRepository(dataSource);
  const published = (await agents.versions(DEMO_TENANT_ID, DEMO_AGENT_ID, { limit: 1 }))?.find(
    ({ isPublished }) => isPublished,
  );
  if (!published) return null;
  const content = await agents.content(DEMO_TENANT_ID, DEMO_AGENT_ID, published.version);
  const isOurs = DEMO_MODELS.some((model) =>
    isDeepStrictEqual(content, JSON.parse(JSON.stringify(agentContentSchema.parse(demoAgent(model))))),
  );
  return isOurs ? null : published.version;
}

async function seedBusiness(transaction: Transaction): Promise<void> {
  const tenantId = DEMO_TENANT_ID;
  await keep(transaction, TenantRow, [
    { id: tenantId, slug: 'demo', companyName: 'Northwind Home Services', timeZone: 'America/New_York' },
  ]);
  await keep(transaction, AgentRow, [{ id: DEMO_AGENT_ID, tenantId, name: 'Sarah' }]);
  await keep(
    transaction,
    ServiceRow,
    SERVICES.map((service) => ({ ...service, tenantId })),
  );
  await keep(
    transaction,
    ResourceRow,
    ENGINEERS.map(({ id: resourceId, name }) => ({ id: resourceId, name, tenantId })),
  );
  await keep(
    transaction,
    ResourceServiceRow,
    ENGINEERS.flatMap((engineer) =>
      SERVICES.filter((service) => engineer.does.includes(service.key)).map((service) => ({
        tenantId,
        resourceId: engineer.id,
        serviceId: service.id,
      })),
    ),
  );
  await keep(
    transaction,
    ResourceHoursRow,
    ENGINEERS.flatMap(({ id: resourceId, opens, closes, saturday }) => [
      ...MONDAY_TO_FRIDAY.map((weekday) => ({ tenantId, resourceId, weekday, opens, closes })),
      ...(saturday ? [{ tenantId, resourceId, weekday: SATURDAY, ...saturday }] : []),
    ]),
  );
  await keep(
    transaction,
    ContactRow,
    CONTACTS.map((contact) => ({ ...contact, tenantId })),
  );
  await keep(
    transaction,
    CallerGroupRow,
    GROUPS.map(({ members: _members, ...group }) => ({ ...group, tenantId })),
  );
  await keep(
    transaction,
    CallerGroupMemberRow,
    GROUPS.flatMap(({ id: groupId, members }) => members.map((pattern) => ({ tenantId, groupId, pattern }))),
  );
  await keep(
    transaction,
    BlockedCallerRow,
    BLOCKED.map((blocked) => ({ ...blocked, tenantId })),
  );
  await keep(
    transaction,
    DepartmentRow,
    DEPARTMENTS.map((department) => ({ ...department, tenantId })),
  );
}

/** Inserts rows that do not exist yet. */
async function keep<Row extends object>(
  manager: Transaction,
  entity: new () => Row,
  values: QueryDeepPartialEntity<Row>[],
): Promise<void> {
  await manager.createQueryBuilder().insert().into(entity).values(values).orIgnore().execute();
}
