import { createHmac, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Logger } from '@nestjs/common';
import { Sealer } from '@tandem/call-state';
import { webhookHeadersPlace, webhookSecretPlace, type TenantId, type WebhookBody } from '@tandem/contracts';
import {
  acrossTenants,
  BookingRepository,
  createDataSource,
  runMigrations,
  transact,
  WebhookDeliveryRepository,
  WebhookEndpointRepository,
  type Booking,
  type ClaimedDelivery,
  type DataSource,
} from '@tandem/database';
import { Destinations, Metrics, OutboundPoster, type ServiceConfig } from '@tandem/platform';
import { createTestDatabase } from '@tandem/stack';
import { PostCallMetrics } from '../../post-call-metrics.ts';
import { WebhookDelivery } from '../webhook-delivery.service.ts';

const KEY = Buffer.alloc(32, 5);
const SECRET = `whsec_${KEY.toString('base64')}`;
const sealer = new Sealer([{ keyId: 'k1', key: new Uint8Array(32).fill(1) }]);

export interface Received {
  readonly id: string;
  readonly body: WebhookBody;
  readonly isSigned: boolean;
}

/** How the receiver answers its `count`th request. */
export type Reply = (request: IncomingMessage, response: ServerResponse, count: number) => void;

export interface Subscription {
  readonly at?: string;
  readonly tenant?: TenantId;
  readonly headers?: Readonly<Record<string, string>>;
}

const accept: Reply = (_request, response) => void response.writeHead(204).end();

/** A database, a receiver of webhooks and as many delivery workers as a spec starts. */
export class RunningDelivery {
  received: Received[] = [];
  reply: Reply = accept;
  /** The tenant of the running spec: one service, one resource. */
  tenantId = randomUUID() as TenantId;
  /** Requests that were taken and are never answered. */
  readonly silent: ServerResponse[] = [];
  private readonly workers: WebhookDelivery[] = [];

  private constructor(
    readonly dataSource: DataSource,
    private readonly server: ReturnType<typeof createServer>,
    private readonly drop: () => Promise<void>,
  ) {}

  static async start(): Promise<RunningDelivery> {
    Logger.overrideLogger(false);
    const { url, drop } = await createTestDatabase();
    await runMigrations(url);
    const dataSource = await createDataSource({ url, poolSize: 6 }).initialize();
    const server = createServer();
    const running = new RunningDelivery(dataSource, server, drop);
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      void running.receive(request, response);
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    return running;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await this.dataSource.destroy();
    await this.drop();
  }

  /** Begins a spec: a new tenant, nothing received, a receiver that takes everything. */
  async begin(): Promise<void> {
    this.received = [];
    this.reply = accept;
    this.tenantId = await this.tenant('Spec');
    await this.sql(
      `INSERT INTO services (tenant_id, key, name, duration_minutes) VALUES ($1, 'visit', 'Visit', 60)`,
      this.tenantId,
    );
    await this.sql(`INSERT INTO resources (tenant_id, name) VALUES ($1, 'Engineer')`, this.tenantId);
  }

  /** Ends a spec: its workers are stopped, its endpoints deleted. */
  async end(): Promise<void> {
    for (const worker of this.workers.splice(0)) await worker.beforeApplicationShutdown();
    for (const response of this.silent.splice(0)) response.destroy();
    await this.sql('DELETE FROM webhook_endpoints');
  }

  /** The receiver's address; requests to `/silent` are taken and never answered. */
  url(path: '/hook' | '/silent' = '/hook'): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}${path}`;
  }

  get endpoints(): WebhookEndpointRepository {
    return new WebhookEndpointRepository(this.dataSource);
  }

  get deliveries(): WebhookDeliveryRepository {
    return new WebhookDeliveryRepository(this.dataSource);
  }

  async sql<Row>(text: string, ...parameters: unknown[]): Promise<Row[]> {
    const raw: unknown = await acrossTenants(this.dataSource, 'installation', (manager) =>
      manager.query(text, parameters),
    );
    return raw as Row[];
  }

  async subscribe(
    events: readonly ('booking.created' | 'booking.cancelled')[] = [],
    { at = this.url(), tenant = this.tenantId, headers }: Subscription = {},
  ): Promise<string> {
    const id = randomUUID();
    const sealed = headers
      ? { names: Object.keys(headers), sealed: sealer.seal(headers, webhookHeadersPlace(id)) }
      : { names: [], sealed: null };
    const fields = { url: at, description: '', events, filters: {}, isEnabled: true, headers: sealed };
    await acrossTenants(this.dataSource, 'installation', (transaction) =>
      this.endpoints.create(transaction, tenant, id, fields, sealer.seal(SECRET, webhookSecretPlace(id))),
    );
    return id;
  }

  /** Makes a tenant with this many endpoints, each with this many deliveries due. */
  async busyTenant(endpointCount: number, due: number, at = this.url()): Promise<TenantId> {
    const tenant = await this.tenant('Busy');
    for (let made = 0; made < endpointCount; made += 1) await this.subscribe([], { at, tenant });
    await this.sql(
      `INSERT INTO outbox_events (tenant_id, type, subject_kind, subject_id, sequence, data)
       SELECT $1, 'booking.created', 'booking', gen_random_uuid(), 1, '{}' FROM generate_series(1, $2)`,
      tenant,
      due,
    );
    await this.sql(
      `INSERT INTO webhook_deliveries (tenant_id, endpoint_id, event_id, next_attempt_at)
       SELECT $1, endpoint.id, event.id, now() - interval '1 hour'
       FROM webhook_endpoints endpoint, outbox_events event
       WHERE endpoint.tenant_id = $1 AND event.tenant_id = $1`,
      tenant,
    );
    return tenant;
  }

  claim(free: number, underWay: ReadonlyMap<string, number> = new Map()): Promise<ClaimedDelivery[]> {
    return this.deliveries.claim({ free, places: 20, perEndpoint: 16, underWay, leaseMs: 1_000 });
  }

  /** Books an appointment that starts this many hours ahead. */
  async book(hours: number): Promise<Booking> {
    const [ids] = await this.sql<{ service: string; resource: string }>(
      'SELECT service.id AS service, resource.id AS resource FROM services service, resources resource ' +
        'WHERE service.tenant_id = $1 AND resource.tenant_id = $1',
      this.tenantId,
    );
    const startsAt = new Date(Math.ceil(Date.now() / 3_600_000) * 3_600_000 + hours * 3_600_000);
    const endsAt = new Date(startsAt.getTime() + 3_600_000);
    const booking = await transact(this.dataSource, this.tenantId, (transaction) =>
      new BookingRepository(this.dataSource).book(transaction, {
        tenantId: this.tenantId,
        serviceId: ids!.service,
        resourceIds: [ids!.resource],
        startsAt,
        endsAt,
        occupiedFrom: startsAt,
        occupiedUntil: endsAt,
        contactPhone: null,
        name: null,
        notes: '',
        callId: null,
        toolCallId: null,
      }),
    );
    return booking!;
  }

  async cancel(bookingId: string): Promise<void> {
    await transact(this.dataSource, this.tenantId, (transaction) =>
      new BookingRepository(this.dataSource).cancel(transaction, this.tenantId, bookingId),
    );
  }

  /** Starts a delivery worker. */
  work({
    delaysS = [0.1, 0.1, 0.1, 0.1, 0.1, 0.1],
    networks = ['127.0.0.0/8'],
  }: { delaysS?: number[]; networks?: string[] } = {}): void {
    const config = {
      webhookRetryDelaysS: delaysS,
      webhookTimeoutMs: 1_000,
      webhookConcurrency: 20,
    } as unknown as ServiceConfig<'post-call-worker'>;
    const worker = new WebhookDelivery(
      config,
      this.deliveries,
      sealer,
      new OutboundPoster(new Destinations(networks)),
      new PostCallMetrics(new Metrics('post-call-worker')),
    );
    this.workers.push(worker);
    worker.onApplicationBootstrap();
  }

  /** The states of the tenant's deliveries. */
  async states(): Promise<string[]> {
    const rows = await this.sql<{ state: string }>(
      'SELECT state FROM webhook_deliveries WHERE tenant_id = $1',
      this.tenantId,
    );
    return rows.map(({ state }) => state);
  }

  async eventually(isSo: () => boolean | Promise<boolean>): Promise<void> {
    for (let waited = 0; !(await isSo()); waited += 20) {
      if (waited > 20_000) throw new Error(`Waited in vain; received ${this.received.length}.`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  private async tenant(companyName: string): Promise<TenantId> {
    const id = randomUUID() as TenantId;
    await this.sql(
      `INSERT INTO tenants (id, slug, company_name, time_zone) VALUES ($1, $2, $3, 'UTC')`,
      id,
      `t-${id}`,
      companyName,
    );
    return id;
  }

  private async receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (request.url === '/silent') return void this.silent.push(response);
    const text = Buffer.concat(chunks).toString();
    const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signature } = request.headers;
    const expected = `v1,${createHmac('sha256', KEY)
      .update(`${String(id)}.${String(at)}.${text}`)
      .digest('base64')}`;
    this.received.push({
      id: String(id),
      body: JSON.parse(text) as WebhookBody,
      isSigned: String(signature).split(' ').includes(expected),
    });
    this.reply(request, response, this.received.length);
  }
}
