import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Sealer } from '@tandem/call-state';
import {
  CALENDAR_SECRETS_PURPOSE,
  calendarCredentialsPlace,
  CRM_SECRETS_PURPOSE,
  crmCredentialsPlace,
  TENANT_SECRETS_PURPOSE,
  tenantSecretPlace,
  WEBHOOK_SECRETS_PURPOSE,
  webhookHeadersPlace,
  webhookSecretPlace,
  type TenantId,
} from '@tandem/contracts';
import {
  createDataSource,
  run,
  runMigrations,
  SealedValueRepository,
  type DataSource,
} from '@tandem/database';
import { deriveKeys, Metrics } from '@tandem/platform';
import { createTestDatabase } from '@tandem/stack';
import { Resealing } from './resealing.service.ts';

const [OLD, NEW] = ['the secret there was, for specs only', 'the secret there is, for specs only'] as const;
const old = (purpose: string) => new Sealer(deriveKeys([OLD], purpose));
const fresh = (purpose: string) => new Sealer(deriveKeys([NEW], purpose));
const LOST = 'lost.AAAAAAAA';

let dataSource: DataSource;
let drop: () => Promise<void>;
let tenantId: TenantId;
beforeAll(async () => {
  Logger.overrideLogger(false);
  const database = await createTestDatabase();
  await runMigrations(database.url);
  dataSource = await createDataSource({ url: database.url, poolSize: 6 }).initialize();
  drop = database.drop;
});
afterAll(async () => {
  await dataSource.destroy();
  await drop();
});
beforeEach(async () => {
  for (const table of ['tenant_secrets', 'webhook_endpoints', 'crm_connections', 'calendar_connections'])
    await sql(`DELETE FROM ${table}`);
  tenantId = randomUUID() as TenantId;
  await sql(
    `INSERT INTO tenants (id, slug, company_name, time_zone) VALUES ($1, $2, 'Spec', 'UTC')`,
    tenantId,
    `t-${tenantId}`,
  );
});

function sql<Row>(text: string, ...parameters: unknown[]): Promise<Row[]> {
  return run(dataSource, (manager) => manager.query<Row[]>(text, parameters));
}

/** A replica of the worker after the rotation. */
function replica(metrics = new Metrics('post-call-worker')): Resealing {
  return new Resealing({ secrets: [NEW, OLD] }, new SealedValueRepository(dataSource), metrics);
}

const putSecret = (name: string, sealed: string) =>
  sql('INSERT INTO tenant_secrets (tenant_id, name, sealed) VALUES ($1, $2, $3)', tenantId, name, sealed);

/** Returns the id of an endpoint whose former secret still signs, or signs no more. */
async function endpoint(previousUntil: string): Promise<string> {
  const id = randomUUID();
  const sealer = old(WEBHOOK_SECRETS_PURPOSE);
  await sql(
    `INSERT INTO webhook_endpoints (id, tenant_id, url, description, events, is_enabled, sealed_secret,
       previous_sealed_secret, previous_until, header_names, sealed_headers)
     VALUES ($1, $2, 'https://hooks.example.com/', '', '{}', true, $3, $4, now() + $5::interval,
       '{x-key}', $6)`,
    ...[id, tenantId, sealer.seal('whsec_x', webhookSecretPlace(id))],
    ...[sealer.seal('whsec_before', webhookSecretPlace(id)), previousUntil],
    sealer.seal({ 'x-key': 'v' }, webhookHeadersPlace(id)),
  );
  return id;
}

async function crmConnection(): Promise<string> {
  const id = randomUUID();
  const sealed = old(CRM_SECRETS_PURPOSE).seal({ token: 'pat' }, crmCredentialsPlace(id));
  await sql(
    `INSERT INTO crm_connections (id, tenant_id, kind, name, events, settings, is_enabled,
       sealed_credentials) VALUES ($1, $2, 'hubspot', 'Spec', '{}', '{}', true, $3)`,
    ...[id, tenantId, sealed],
  );
  return id;
}

async function calendar(): Promise<string> {
  const id = randomUUID();
  const sealed = old(CALENDAR_SECRETS_PURPOSE).seal({ password: 'x' }, calendarCredentialsPlace(id));
  const [resource] = await sql<{ id: string }>(
    `INSERT INTO resources (tenant_id, name) VALUES ($1, 'Maria') RETURNING id`,
    tenantId,
  );
  await sql(
    `INSERT INTO calendar_connections (id, tenant_id, resource_id, kind, address, detail, state,
       sealed_credentials) VALUES ($1, $2, $3, 'caldav', 'https://example.com/', 'service', 'active', $4)`,
    ...[id, tenantId, resource!.id, sealed],
  );
  return id;
}

const columnOf = async (table: string, column: string, id: string): Promise<string> =>
  (await sql<{ value: string }>(`SELECT ${column} AS value FROM ${table} WHERE id = $1`, id))[0]!.value;

describe('secrets in the database after a rotation of TANDEM_SECRET', () => {
  it('do not need the old one any more, of whatever kind they are', async () => {
    await putSecret('TOKEN', old(TENANT_SECRETS_PURPOSE).seal('v', tenantSecretPlace(tenantId, 'TOKEN')));
    const [endpointId, crmId, calendarId] = [
      await endpoint('1 hour'),
      await crmConnection(),
      await calendar(),
    ];
    await replica().reseal();
    const [secret] = await sql<{ sealed: string }>('SELECT sealed FROM tenant_secrets');
    const ofTenant = fresh(TENANT_SECRETS_PURPOSE).open(secret!.sealed, tenantSecretPlace(tenantId, 'TOKEN'));
    expect(ofTenant).toBe('v');
    const hooks = fresh(WEBHOOK_SECRETS_PURPOSE);
    for (const [column, place, value] of [
      ['sealed_secret', webhookSecretPlace(endpointId), 'whsec_x'],
      ['previous_sealed_secret', webhookSecretPlace(endpointId), 'whsec_before'],
      ['sealed_headers', webhookHeadersPlace(endpointId), { 'x-key': 'v' }],
    ] as const)
      expect(hooks.open(await columnOf('webhook_endpoints', column, endpointId), place)).toEqual(value);
    const ofCrm = await columnOf('crm_connections', 'sealed_credentials', crmId);
    expect(fresh(CRM_SECRETS_PURPOSE).open(ofCrm, crmCredentialsPlace(crmId))).toEqual({ token: 'pat' });
    const ofCalendar = await columnOf('calendar_connections', 'sealed_credentials', calendarId);
    expect(fresh(CALENDAR_SECRETS_PURPOSE).open(ofCalendar, calendarCredentialsPlace(calendarId))).toEqual({
      password: 'x',
    });
    const before = await sql('SELECT sealed_secret, sealed_headers FROM webhook_endpoints');
    await replica().reseal();
    expect(await sql('SELECT sealed_secret, sealed_headers FROM webhook_endpoints')).toEqual(before);
  });

  it('are all reached, behind as many as cannot be opened', async () => {
    for (let count = 0; count < 130; count += 1) await putSecret(`A_${count}`, LOST);
    const sealer = old(TENANT_SECRETS_PURPOSE);
    for (let count = 0; count < 130; count += 1)
      await putSecret(`B_${count}`, sealer.seal('v', tenantSecretPlace(tenantId, `B_${count}`)));
    const metrics = new Metrics('post-call-worker');
    await replica(metrics).reseal();
    const [newest] = deriveKeys([NEW], TENANT_SECRETS_PURPOSE);
    const left = await sql<{ sealed: string }>(
      `SELECT DISTINCT sealed FROM tenant_secrets WHERE split_part(sealed, '.', 1) <> $1`,
      newest.keyId,
    );
    expect(left).toEqual([{ sealed: LOST }]);
    expect(await metrics.registry.metrics()).toContain(
      'tandem_sealed_values_unreadable{kind="tenant-secret",service="post-call-worker"} 130',
    );
  });

  it('are sealed once by several replicas, and never over one that was set meanwhile', async () => {
    const place = tenantSecretPlace(tenantId, 'TOKEN');
    const sealed = old(TENANT_SECRETS_PURPOSE).seal('v', place);
    await putSecret('TOKEN', sealed);
    for (let count = 0; count < 20; count += 1) await crmConnection();
    await Promise.all([replica().reseal(), replica().reseal(), replica().reseal()]);
    const values = new SealedValueRepository(dataSource);
    const [newest] = deriveKeys([NEW], CRM_SECRETS_PURPOSE);
    expect(await values.sealedOtherwise('crm-credentials', newest.keyId)).toEqual([]);
    const late = { key: [tenantId, 'TOKEN'], sealed };
    expect(await values.replace('tenant-secret', late, 'late.AAAAAAAA')).toBe(false);
    const [secret] = await sql<{ sealed: string }>('SELECT sealed FROM tenant_secrets');
    expect(fresh(TENANT_SECRETS_PURPOSE).open(secret!.sealed, place)).toBe('v');
  });

  it('are left alone when nobody opens them any more', async () => {
    const id = await endpoint('-1 hour');
    const before = await columnOf('webhook_endpoints', 'previous_sealed_secret', id);
    await replica().reseal();
    expect(await columnOf('webhook_endpoints', 'previous_sealed_secret', id)).toBe(before);
  });
});
