import type { TenantId } from '@tandem/contracts';
import type { DataSource, QueryDeepPartialEntity } from 'typeorm';
import { AgentRow, PhoneNumberRow } from '../entities/agent.entities.ts';
import { ContactRow, ResourceHoursRow, ResourceRow, ResourceServiceRow, ServiceRow } from '../entities/business.entities.ts';
import { TenantRow } from '../entities/tenant.entities.ts';
import { AgentDirectory } from '../repositories/agent-directory.ts';
import { ApiKeyMalformed, ApiKeyRepository, isApiKey } from '../repositories/api-key.repository.ts';
import { run, transact, type Transaction } from '../unit-of-work.ts';
import { demoAgent, type DemoModel } from './demo-agent.ts';

export const DEMO_TENANT_ID = '7a0c1d3e-0000-4000-8000-000000000001' as TenantId;
export const DEMO_AGENT_ID = '7a0c1d3e-0000-4000-8000-000000000002';
/** From the block 555-0100 to 555-0199, which is reserved for fiction. */
export const DEMO_PHONE_NUMBER = '+12025550100';

export interface DemoOptions {
  /** What the agent speaks with. Seeding again with another one publishes a new version. */
  readonly model: DemoModel;
  /** The tenant's API key in clear text, as `generateApiKey` makes it. */
  readonly apiKey: string;
}

const id = (group: number, number: number): string => `7a0c1d3e-0000-4000-800${group}-${String(number).padStart(12, '0')}`;

const SERVICES = [
  { id: id(1, 1), key: 'plumbing', name: 'Plumbing visit', durationMinutes: 60 },
  { id: id(1, 2), key: 'heating', name: 'Heating visit', durationMinutes: 90 },
  { id: id(1, 3), key: 'electrical', name: 'Electrical visit', durationMinutes: 60 },
];

const MONDAY_TO_FRIDAY = [1, 2, 3, 4, 5];
const SATURDAY = 6;

const ENGINEERS = [
  { id: id(2, 1), name: 'Maria Alvarez', does: ['plumbing', 'heating'], opens: '08:00', closes: '16:00', saturday: null },
  { id: id(2, 2), name: 'James Chen', does: ['heating', 'electrical'], opens: '09:00', closes: '17:00', saturday: null },
  { id: id(2, 3), name: 'Priya Nair', does: ['plumbing', 'electrical'], opens: '10:00', closes: '18:00', saturday: { opens: '09:00', closes: '13:00' } },
];

const CONTACTS = [
  { id: id(3, 1), phone: '+12025550123', name: 'Alex Morgan', email: 'alex.morgan@example.com', notes: 'Older house with a basement. Dog in the garden.' },
  { id: id(3, 2), phone: '+12025550147', name: 'Jamie Lee', email: null, notes: '' },
  { id: id(3, 3), phone: '+12025550182', name: 'Taylor Brooks', email: 'taylor.brooks@example.com', notes: 'Prefers afternoons.' },
];

/**
 * Northwind Home Services, ready to be called. Any number of times: what is there stays as it is, and the agent gets a
 * new version only when its content is new.
 * @throws ApiKeyMalformed
 */
export async function seedDemo(dataSource: DataSource, options: DemoOptions): Promise<{ tenantId: TenantId; agentVersion: number; isNewVersion: boolean }> {
  if (!isApiKey(options.apiKey)) throw new ApiKeyMalformed();
  await transact(dataSource, seedBusiness);
  const published = await new AgentDirectory(dataSource).publish(DEMO_TENANT_ID, DEMO_AGENT_ID, demoAgent(options.model));
  await run(dataSource, (manager) => keep(manager, PhoneNumberRow, [{ tenantId: DEMO_TENANT_ID, e164: DEMO_PHONE_NUMBER, agentId: DEMO_AGENT_ID, isAlwaysOpen: true }]));
  await new ApiKeyRepository(dataSource).store(DEMO_TENANT_ID, options.apiKey, { name: 'demo', scopes: ['crm:read', 'crm:write', 'calls:read', 'calls:control'] });
  return { tenantId: DEMO_TENANT_ID, agentVersion: published.version, isNewVersion: published.isNew };
}

async function seedBusiness(transaction: Transaction): Promise<void> {
  const tenantId = DEMO_TENANT_ID;
  await keep(transaction, TenantRow, [{ id: tenantId, slug: 'demo', companyName: 'Northwind Home Services', timeZone: 'America/New_York' }]);
  await keep(transaction, AgentRow, [{ id: DEMO_AGENT_ID, tenantId, name: 'Sarah' }]);
  await keep(transaction, ServiceRow, SERVICES.map((service) => ({ ...service, tenantId })));
  await keep(transaction, ResourceRow, ENGINEERS.map(({ id: resourceId, name }) => ({ id: resourceId, name, tenantId })));
  await keep(transaction, ResourceServiceRow, ENGINEERS.flatMap((engineer) =>
    SERVICES.filter((service) => engineer.does.includes(service.key)).map((service) => ({ tenantId, resourceId: engineer.id, serviceId: service.id })),
  ));
  await keep(transaction, ResourceHoursRow, ENGINEERS.flatMap(({ id: resourceId, opens, closes, saturday }) => [
    ...MONDAY_TO_FRIDAY.map((weekday) => ({ tenantId, resourceId, weekday, opens, closes })),
    ...(saturday ? [{ tenantId, resourceId, weekday: SATURDAY, ...saturday }] : []),
  ]));
  await keep(transaction, ContactRow, CONTACTS.map((contact) => ({ ...contact, tenantId })));
}

/** Inserts what is not there yet. */
async function keep<Row extends object>(manager: Transaction, entity: new () => Row, values: QueryDeepPartialEntity<Row>[]): Promise<void> {
  await manager.createQueryBuilder().insert().into(entity).values(values).orIgnore().execute();
}
