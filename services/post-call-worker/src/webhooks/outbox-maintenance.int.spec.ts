import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Sealer } from '@tandem/call-state';
import {
  webhookHeadersPlace,
  webhookSecretPlace,
  WEBHOOK_SECRETS_PURPOSE,
  type TenantId,
} from '@tandem/contracts';
import {
  acrossTenants,
  createDataSource,
  runMigrations,
  transact,
  WebhookDeliveryRepository,
  WebhookEndpointRepository,
  type DataSource,
} from '@tandem/database';
import { deriveKeys, Metrics, type ServiceConfig } from '@tandem/platform';
import { createTestDatabase } from '@tandem/stack';
import { PostCallMetrics } from '../post-call-metrics.ts';
import { OutboxMaintenance } from './outbox-maintenance.ts';

const [OLD, NEW] = ['the secret there was, for specs only', 'the secret there is, for specs only'] as const;
const sealerOf = (...secrets: string[]) => new Sealer(deriveKeys(secrets, WEBHOOK_SECRETS_PURPOSE));

describe('signing secrets', () => {
  let dataSource: DataSource;
  let drop: () => Promise<void>;
  beforeAll(async () => {
    const database = await createTestDatabase();
    await runMigrations(database.url);
    dataSource = await createDataSource({ url: database.url, poolSize: 3 }).initialize();
    drop = database.drop;
  });
  afterAll(async () => {
    await dataSource.destroy();
    await drop();
  });

  it('do not need the old TANDEM_SECRET once they are resealed', async () => {
    const [tenantId, id] = [randomUUID() as TenantId, randomUUID()];
    const endpoints = new WebhookEndpointRepository(dataSource);
    await acrossTenants(dataSource, 'installation', (manager) =>
      manager.query(
        `INSERT INTO tenants (id, slug, company_name, time_zone) VALUES ($1, $2, 'Spec', 'UTC')`,
        [tenantId, `t-${tenantId}`],
      ),
    );
    await transact(dataSource, tenantId, (transaction) =>
      endpoints.create(
        transaction,
        tenantId,
        id,
        {
          url: 'https://hooks.example.com/',
          description: '',
          events: [],
          filters: {},
          isEnabled: true,
          headers: {
            names: ['x-key'],
            sealed: sealerOf(OLD).seal({ 'x-key': 'v' }, webhookHeadersPlace(id)),
          },
        },
        sealerOf(OLD).seal('whsec_x', webhookSecretPlace(id)),
      ),
    );
    const config = { secrets: [NEW, OLD] } as unknown as ServiceConfig<'post-call-worker'>;
    const keeper = new OutboxMaintenance(
      new WebhookDeliveryRepository(dataSource),
      config,
      endpoints,
      sealerOf(NEW, OLD),
      new PostCallMetrics(new Metrics('post-call-worker')),
    );
    await keeper.resealSecrets();
    const sealed = (await endpoints.secrets(tenantId, id))?.sealedSecret ?? '';
    expect(sealerOf(NEW).open(sealed, webhookSecretPlace(id))).toBe('whsec_x');
    const [row] = await acrossTenants(dataSource, 'installation', (manager) =>
      manager.query<{ sealed_headers: string }[]>(
        'SELECT sealed_headers FROM webhook_endpoints WHERE id = $1',
        [id],
      ),
    );
    expect(sealerOf(NEW).open(row!.sealed_headers, webhookHeadersPlace(id))).toEqual({ 'x-key': 'v' });
    await keeper.resealSecrets();
    expect((await endpoints.secrets(tenantId, id))?.sealedSecret).toBe(sealed);
  });
});
