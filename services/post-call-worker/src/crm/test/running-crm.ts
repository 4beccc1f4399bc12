import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { Sealer } from '@tandem/call-state';
import {
  CRM_EVENTS,
  CRM_SETTINGS,
  sampleEvent,
  TENANT_SECRETS_PURPOSE,
  tenantSecretPlace,
  type BusinessEventType,
  type CrmEventType,
  type CrmKind,
  type EventSubject,
  type TenantId,
} from '@tandem/contracts';
import {
  acrossTenants,
  ContactRepository,
  createDataSource,
  CrmConnectionRepository,
  CrmDeliveryRepository,
  runMigrations,
  SecretRepository,
  transact,
  writeEvent,
  type CrmDelivery as Pushed,
  type DataSource,
} from '@tandem/database';
import {
  deriveKeys,
  Destinations,
  Metrics,
  OutboundClient,
  OutboundConnections,
  type ServiceConfig,
} from '@tandem/platform';
import { createTestDatabase } from '@tandem/stack';
import { PostCallMetrics } from '../../post-call-metrics.ts';
import { CrmDelivery } from '../crm-delivery.service.ts';
import { CrmPush } from '../crm-push.service.ts';
import { CrmSecrets } from '../crm-secrets.ts';

const KEY = 'a secret for specs only and long enough for one';

export interface Connected {
  readonly kind: CrmKind;
  readonly settings: object;
  readonly credentials?: object;
  readonly events?: readonly CrmEventType[];
  readonly tenant?: TenantId;
}

interface WorkOptions {
  readonly delaysS?: readonly number[];
  readonly networks?: readonly string[];
  /** The worker dies after it has pushed: the result of the first pushes is not stored. */
  readonly lostResults?: number;
}

/** A database and as many workers that push into CRMs as a spec starts. */
export class RunningCrm {
  tenantId = randomUUID() as TenantId;
  readonly secrets = new CrmSecrets([KEY]);
  /** Results of pushes that were not stored in the running spec. */
  lost = 0;
  private readonly workers: CrmDelivery[] = [];

  private constructor(
    readonly dataSource: DataSource,
    private readonly drop: () => Promise<void>,
  ) {}

  static async start(): Promise<RunningCrm> {
    Logger.overrideLogger(false);
    const { url, drop } = await createTestDatabase();
    await runMigrations(url);
    return new RunningCrm(await createDataSource({ url, poolSize: 6 }).initialize(), drop);
  }

  async stop(): Promise<void> {
    await this.dataSource.destroy();
    await this.drop();
  }

  async begin(): Promise<void> {
    this.tenantId = await this.tenant();
    this.lost = 0;
  }

  async end(): Promise<void> {
    await this.stopWorkers();
    await this.sql('DELETE FROM crm_connections');
  }

  async stopWorkers(): Promise<void> {
    for (const worker of this.workers.splice(0)) await worker.beforeApplicationShutdown();
  }

  get deliveries(): CrmDeliveryRepository {
    return new CrmDeliveryRepository(this.dataSource);
  }

  get connections(): CrmConnectionRepository {
    return new CrmConnectionRepository(this.dataSource);
  }

  get contacts(): ContactRepository {
    return new ContactRepository(this.dataSource);
  }

  async sql<Row>(text: string, ...parameters: unknown[]): Promise<Row[]> {
    const raw: unknown = await acrossTenants(this.dataSource, 'installation', (manager) =>
      manager.query(text, parameters),
    );
    return raw as Row[];
  }

  async tenant(): Promise<TenantId> {
    const id = randomUUID() as TenantId;
    await this.sql(
      `INSERT INTO tenants (id, slug, company_name, time_zone) VALUES ($1, $2, 'Spec', 'UTC')`,
      id,
      `t-${id}`,
    );
    return id;
  }

  /** Makes a connection. Returns its id. */
  async connect({ kind, settings, credentials, events, tenant = this.tenantId }: Connected): Promise<string> {
    const id = randomUUID();
    const fields = {
      kind,
      name: 'Spec',
      events: events ?? CRM_EVENTS,
      settings: CRM_SETTINGS[kind].parse(settings),
      isEnabled: true,
      sealedCredentials: credentials ? this.secrets.sealCredentials(id, credentials) : null,
    };
    await acrossTenants(this.dataSource, 'installation', (transaction) =>
      this.connections.create(transaction, tenant, id, fields),
    );
    return id;
  }

  async putSecret(name: string, value: string): Promise<void> {
    const sealer = new Sealer(deriveKeys([KEY], TENANT_SECRETS_PURPOSE));
    const sealed = sealer.seal(value, tenantSecretPlace(this.tenantId, name));
    await new SecretRepository(this.dataSource).put({ tenantId: this.tenantId, name, sealed });
  }

  /** Makes a contact in Tandem without an event. Returns its id. */
  async person(phone: string, name: string | null, tenant = this.tenantId): Promise<string> {
    return acrossTenants(this.dataSource, 'installation', (transaction) =>
      this.contacts.ensure(transaction, tenant, phone, name),
    );
  }

  /** Writes an event like the sample of its type, with other data where given. */
  async happen(
    type: CrmEventType,
    data: Record<string, unknown> = {},
    { subject, tenant = this.tenantId }: { subject?: EventSubject; tenant?: TenantId } = {},
  ): Promise<void> {
    const sample = sampleEvent(type);
    await transact(this.dataSource, tenant, (transaction) =>
      writeEvent(transaction, {
        tenantId: tenant,
        type: type satisfies BusinessEventType,
        subject: subject ?? { kind: 'call', id: randomUUID() },
        data: { ...sample.data, ...data },
      }),
    );
  }

  /** Starts a worker. */
  work({
    delaysS = [0.05, 0.05, 0.05],
    networks = ['127.0.0.0/8'],
    lostResults = 0,
  }: WorkOptions = {}): void {
    const config = {
      webhookRetryDelaysS: delaysS,
      webhookTimeoutMs: 2_000,
      webhookConcurrency: 20,
    } as unknown as ServiceConfig<'post-call-worker'>;
    const deliveries = this.deliveries;
    const store = deliveries.delivered.bind(deliveries);
    deliveries.delivered = (delivery, result) => {
      if (this.lost >= lostResults) return store(delivery, result);
      this.lost += 1;
      return Promise.reject(new Error('The worker died.'));
    };
    const worker = new CrmDelivery(
      config,
      deliveries,
      new CrmPush(
        config,
        new OutboundClient(new OutboundConnections(new Destinations([...networks]))),
        this.secrets,
        this.connections,
        new SecretRepository(this.dataSource),
        this.contacts,
      ),
      new PostCallMetrics(new Metrics('post-call-worker')),
    );
    this.workers.push(worker);
    worker.onApplicationBootstrap();
  }

  /** Ends leases and pauses, as time would. */
  async letTimePass(): Promise<void> {
    await this.sql(`UPDATE crm_deliveries SET next_attempt_at = now() WHERE state = 'pending'`);
    await this.sql('UPDATE crm_connections SET paused_until = NULL, probing_until = NULL');
  }

  async pushed(connectionId: string, tenant = this.tenantId): Promise<readonly Pushed[]> {
    return (await this.deliveries.list(tenant, connectionId, undefined, { limit: 100 })).items;
  }

  /** Waits until every event of a connection is settled, while time passes. */
  async settled(connectionId: string, tenant = this.tenantId): Promise<readonly Pushed[]> {
    await this.eventually(async () => {
      await this.letPausesPass();
      return (await this.pushed(connectionId, tenant)).every(({ state }) => state !== 'pending');
    });
    return this.pushed(connectionId, tenant);
  }

  async eventually(isSo: () => boolean | Promise<boolean>): Promise<void> {
    for (let waited = 0; !(await isSo()); waited += 20) {
      if (waited > 20_000) throw new Error('Waited in vain.');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  private async letPausesPass(): Promise<void> {
    await this.sql('UPDATE crm_connections SET paused_until = NULL WHERE paused_until IS NOT NULL');
    // Attempts of events that wait are not counted; those under way are.
    await this.sql(`UPDATE crm_deliveries SET next_attempt_at = now()
      WHERE state = 'pending' AND attempts = 0 AND next_attempt_at > now()`);
  }
}
