import { createHmac, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { Sealer } from '@tandem/call-state';
import { webhookHeadersPlace, webhookSecretPlace, type TenantId, type WebhookBody } from '@tandem/contracts';
import {
  BookingRepository,
  createDataSource,
  FAILURES_BEFORE_PROBES,
  run,
  runMigrations,
  transact,
  WebhookDeliveryRepository,
  WebhookEndpointRepository,
  type DataSource,
} from '@tandem/database';
import { Destinations, Metrics, OutboundPoster, type ServiceConfig } from '@tandem/platform';
import { createTestDatabase } from '@tandem/stack';
import { PostCallMetrics } from '../post-call-metrics.ts';
import { WebhookDelivery } from './webhook-delivery.service.ts';

const SECRET = `whsec_${Buffer.alloc(32, 5).toString('base64')}`;
const sealer = new Sealer([{ keyId: 'k1', key: new Uint8Array(32).fill(1) }]);

interface Received {
  readonly id: string;
  readonly body: WebhookBody;
  readonly isSigned: boolean;
}

describe('delivery of events', () => {
  let dataSource: DataSource;
  let drop: () => Promise<void>;
  let tenantId: TenantId;
  let endpoints: WebhookEndpointRepository;
  let url: string;
  let received: Received[];
  let answer: (request: IncomingMessage, response: ServerResponse, count: number) => void;
  /** Receivers that take the connection and never answer. */
  const silent: ServerResponse[] = [];
  const workers: WebhookDelivery[] = [];
  const server = createServer((request, response) => void take(request, response));

  beforeAll(async () => {
    Logger.overrideLogger(false);
    const database = await createTestDatabase();
    await runMigrations(database.url);
    dataSource = await createDataSource({ url: database.url, poolSize: 6 }).initialize();
    drop = database.drop;
    endpoints = new WebhookEndpointRepository(dataSource);
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  });
  afterAll(async () => {
    server.closeAllConnections();
    server.close();
    await dataSource.destroy();
    await drop();
  });
  beforeEach(async () => {
    received = [];
    answer = (_request, response) => void response.writeHead(204).end();
    tenantId = randomUUID() as TenantId;
    await sql(
      `INSERT INTO tenants (id, slug, company_name, time_zone) VALUES ($1, $2, 'Spec', 'UTC')`,
      tenantId,
      `t-${tenantId}`,
    );
    await sql(
      `INSERT INTO services (tenant_id, key, name, duration_minutes) VALUES ($1, 'visit', 'Visit', 60)`,
      tenantId,
    );
    await sql(`INSERT INTO resources (tenant_id, name) VALUES ($1, 'Engineer')`, tenantId);
  });
  afterEach(async () => {
    for (const worker of workers.splice(0)) await worker.beforeApplicationShutdown();
    for (const response of silent.splice(0)) response.destroy();
    await sql('DELETE FROM webhook_endpoints');
  });

  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (request.url === '/silent') return void silent.push(response);
    const text = Buffer.concat(chunks).toString();
    const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signature } = request.headers;
    const expected = `v1,${createHmac('sha256', Buffer.alloc(32, 5))
      .update(`${String(id)}.${String(at)}.${text}`)
      .digest('base64')}`;
    received.push({
      id: String(id),
      body: JSON.parse(text) as WebhookBody,
      isSigned: String(signature).split(' ').includes(expected),
    });
    answer(request, response, received.length);
  }

  async function sql<Row>(text: string, ...parameters: unknown[]): Promise<Row[]> {
    const raw: unknown = await run(dataSource, (manager) => manager.query(text, parameters));
    return raw as Row[];
  }

  interface Subscription {
    readonly at?: string;
    readonly tenant?: TenantId;
    readonly headers?: Readonly<Record<string, string>>;
  }

  async function subscribe(
    events: readonly ('booking.created' | 'booking.cancelled')[] = [],
    options: Subscription = {},
  ): Promise<string> {
    const id = randomUUID();
    const { at = url, tenant = tenantId, headers } = options;
    const sealed = headers
      ? { names: Object.keys(headers), sealed: sealer.seal(headers, webhookHeadersPlace(id)) }
      : { names: [], sealed: null };
    const fields = { url: at, description: '', events, isEnabled: true, headers: sealed };
    await transact(dataSource, (transaction) =>
      endpoints.create(transaction, tenant, id, fields, sealer.seal(SECRET, webhookSecretPlace(id))),
    );
    return id;
  }

  /** Makes a tenant with this many endpoints, each with this many deliveries due. */
  async function busyTenant(endpointCount: number, due: number, at = url): Promise<TenantId> {
    const tenant = randomUUID() as TenantId;
    await sql(
      `INSERT INTO tenants (id, slug, company_name, time_zone) VALUES ($1, $2, 'Busy', 'UTC')`,
      tenant,
      `t-${tenant}`,
    );
    for (let made = 0; made < endpointCount; made += 1) await subscribe([], { at, tenant });
    await sql(
      `INSERT INTO outbox_events (tenant_id, type, subject_kind, subject_id, sequence, data)
       SELECT $1, 'booking.created', 'booking', gen_random_uuid(), 1, '{}' FROM generate_series(1, $2)`,
      tenant,
      due,
    );
    await sql(
      `INSERT INTO webhook_deliveries (tenant_id, endpoint_id, event_id, next_attempt_at)
       SELECT $1, endpoint.id, event.id, now() - interval '1 hour'
       FROM webhook_endpoints endpoint, outbox_events event WHERE endpoint.tenant_id = $1 AND event.tenant_id = $1`,
      tenant,
    );
    return tenant;
  }
  const claim = (free: number, underWay: ReadonlyMap<string, number> = new Map()) =>
    new WebhookDeliveryRepository(dataSource).claim({
      free,
      places: 20,
      perEndpoint: 16,
      underWay,
      leaseMs: 1_000,
    });

  /** A booking so many hours ahead. */
  async function book(hours: number) {
    const [ids] = await sql<{ service: string; resource: string }>(
      'SELECT service.id AS service, resource.id AS resource FROM services service, resources resource ' +
        'WHERE service.tenant_id = $1 AND resource.tenant_id = $1',
      tenantId,
    );
    const startsAt = new Date(Math.ceil(Date.now() / 3_600_000) * 3_600_000 + hours * 3_600_000);
    const booking = await transact(dataSource, (transaction) =>
      new BookingRepository(dataSource).book(transaction, {
        tenantId,
        serviceId: ids!.service,
        resourceIds: [ids!.resource],
        startsAt,
        endsAt: new Date(startsAt.getTime() + 3_600_000),
        contactPhone: null,
        name: null,
        notes: '',
        callId: null,
        toolCallId: null,
      }),
    );
    return booking!;
  }
  const cancel = (id: string) =>
    transact(dataSource, (transaction) =>
      new BookingRepository(dataSource).cancel(transaction, tenantId, id),
    );

  function work(options: { delaysS?: number[]; networks?: string[] } = {}): void {
    const config = {
      webhookRetryDelaysS: options.delaysS ?? [0.1, 0.1, 0.1, 0.1, 0.1, 0.1],
      webhookTimeoutMs: 1_000,
      webhookConcurrency: 20,
    } as unknown as ServiceConfig<'post-call-worker'>;
    const poster = new OutboundPoster(new Destinations(options.networks ?? ['127.0.0.0/8']));
    const worker = new WebhookDelivery(
      config,
      new WebhookDeliveryRepository(dataSource),
      sealer,
      poster,
      new PostCallMetrics(new Metrics('post-call-worker')),
    );
    workers.push(worker);
    worker.onApplicationBootstrap();
  }

  async function eventually(isSo: () => boolean | Promise<boolean>): Promise<void> {
    for (let waited = 0; !(await isSo()); waited += 20) {
      if (waited > 8_000) throw new Error(`Waited in vain; received ${received.length}.`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  const states = async () =>
    (await sql<{ state: string }>('SELECT state FROM webhook_deliveries WHERE tenant_id = $1', tenantId)).map(
      ({ state }) => state,
    );

  it('tells what happened, signed, numbered, and only what was asked for', async () => {
    await subscribe(['booking.cancelled']);
    await subscribe();
    const booking = await book(1);
    await cancel(booking.id);
    await cancel(booking.id);
    work();
    await eventually(() => received.length >= 3);
    expect(received.every(({ isSigned, id, body }) => isSigned && id === body.id)).toBe(true);
    expect(received.map(({ body: { type, sequence } }) => `${type} ${sequence}`).sort()).toEqual([
      'booking.cancelled 2',
      'booking.cancelled 2',
      'booking.created 1',
    ]);
    expect(received.find(({ body }) => body.type === 'booking.created')?.body).toMatchObject({
      tenantId,
      subject: { kind: 'booking', id: booking.id },
      data: {
        bookingId: booking.id,
        reference: booking.reference,
        status: 'booked',
        start: booking.startsAt.toISOString(),
      },
    });
  });

  it('says nothing of what was rolled back', async () => {
    await subscribe();
    const given = new Error('undone');
    await expect(
      transact(dataSource, async (transaction) => {
        await new BookingRepository(dataSource).cancel(transaction, tenantId, (await book(1)).id);
        throw given;
      }),
    ).rejects.toBe(given);
    work();
    await eventually(() => received.length >= 1);
    expect(received.map(({ body }) => body.type)).toEqual(['booking.created']);
  });

  it('tries again under the same id, through errors, resets and silence, by several workers', async () => {
    await subscribe();
    const troubles: (typeof answer)[] = [
      (_request, response) => response.writeHead(500).end(),
      (request) => request.socket.destroy(),
      (_request, response) => response.writeHead(302, { location: 'https://elsewhere.example.com/' }).end(),
    ];
    const accepted: string[] = [];
    answer = (request, response, count) => {
      const trouble = count % 2 === 0 ? undefined : troubles[count % troubles.length];
      if (trouble) return trouble(request, response, count);
      accepted.push(String(request.headers['webhook-id']));
      response.writeHead(200).end();
    };
    for (let hour = 1; hour <= 12; hour += 1) await book(hour);
    work();
    work();
    await eventually(async () => (await states()).every((state) => state === 'delivered'));
    expect([accepted.length, new Set(accepted).size]).toEqual([12, 12]);
    expect(new Set(received.map(({ id }) => id)).size).toBe(12);
  });

  it('gives up in the end, and starts over when it is replayed', async () => {
    const endpointId = await subscribe();
    answer = (_request, response) => response.writeHead(500).end();
    await book(1);
    work({ delaysS: [0.05] });
    await eventually(async () => (await states())[0] === 'dead');
    expect(received).toHaveLength(2);
    answer = (_request, response) => response.writeHead(200).end();
    expect(await new WebhookDeliveryRepository(dataSource).replay(tenantId, endpointId, {})).toMatchObject({
      replayed: 1,
    });
    await eventually(async () => (await states())[0] === 'delivered');
    expect(new Set(received.map(({ id }) => id)).size).toBe(1);
  });

  it('leaves an endpoint alone that is gone, and delivers what waited once it is back', async () => {
    const endpointId = await subscribe();
    answer = (_request, response) => response.writeHead(410).end();
    await book(1);
    work();
    await eventually(async () => (await endpoints.find(tenantId, endpointId))?.isEnabled === false);
    await book(2);
    answer = (_request, response) => response.writeHead(200).end();
    await transact(dataSource, (transaction) =>
      endpoints.change(transaction, tenantId, endpointId, { isEnabled: true }),
    );
    await eventually(async () => (await states()).every((state) => state === 'delivered'));
    expect((await states()).length).toBe(2);
  });

  it('lets an endpoint rest that asks for it', async () => {
    const endpointId = await subscribe();
    answer = (_request, response) => response.writeHead(429, { 'retry-after': '3600' }).end();
    await book(1);
    work();
    await eventually(
      async () =>
        (
          await sql<{ n: number }>(
            `SELECT 1 AS n FROM webhook_endpoints WHERE id = $1 AND paused_until > now() + interval '50 ` +
              `minutes'`,
            endpointId,
          )
        ).length === 1,
    );
    await book(2);
    expect(await claim(10)).toEqual([]);
  });

  it('takes over what a worker took and never settled', async () => {
    await subscribe();
    await book(1);
    expect(
      await new WebhookDeliveryRepository(dataSource).claim({
        free: 10,
        places: 20,
        perEndpoint: 10,
        underWay: new Map(),
        leaseMs: 200,
      }),
    ).toHaveLength(1);
    work();
    await eventually(async () => (await states())[0] === 'delivered');
  });

  it('opens no connection to an address of ours', async () => {
    await subscribe();
    await book(1);
    work({ networks: [], delaysS: [0.05] });
    await eventually(async () => (await states())[0] === 'dead');
    expect([received.length, await sql('SELECT last_fault FROM webhook_deliveries')]).toEqual([
      0,
      [{ last_fault: 'destination-refused' }],
    ]);
  });

  it('sends the receiver’s own headers along, and ours in any case', async () => {
    await subscribe([], { headers: { authorization: 'Bearer token', 'x-route': 'crm' } });
    const seen: IncomingMessage['headers'][] = [];
    answer = ({ headers }, response) => {
      seen.push(headers);
      response.writeHead(204).end();
    };
    await book(1);
    work();
    await eventually(() => received.length === 1);
    expect(seen[0]).toMatchObject({
      authorization: 'Bearer token',
      'x-route': 'crm',
      'content-type': 'application/json',
    });
    expect(received[0]!.isSigned).toBe(true);
  });

  it('reaches one tenant while the receivers of another are all silent', async () => {
    await busyTenant(12, 1_000, url.replace('/hook', '/silent'));
    await subscribe();
    work();
    await eventually(() => silent.length >= 10);
    await book(1);
    await eventually(() => received.length === 1);
    expect(received[0]!.body.tenantId).toBe(tenantId);
  });

  it('deals places to tenants in turn, and no more than half of them to one while others have endpoints', async () => {
    const [first, second] = [await busyTenant(3, 50), await busyTenant(1, 50)];
    const dealt = await claim(20);
    const of = (tenant: TenantId) => dealt.filter((delivery) => delivery.tenantId === tenant);
    expect([of(first).length, of(second).length]).toEqual([10, 10]);
    const perEndpoint = [...Map.groupBy(of(first), ({ endpointId }) => endpointId).values()].map(
      ({ length }) => length,
    );
    expect(perEndpoint.sort()).toEqual([3, 3, 4]);
    const underWay = new Map(
      [...Map.groupBy(dealt, ({ endpointId }) => endpointId)].map(([id, { length }]) => [id, length]),
    );
    expect(await claim(5, underWay)).toEqual([]);
    await sql(
      'UPDATE webhook_endpoints SET is_enabled = false, disabled_because = $2 WHERE tenant_id = $1',
      second,
      'operator',
    );
    expect(await claim(5, underWay)).toHaveLength(5);
  });

  it('serves first the endpoint that has waited longest for its turn', async () => {
    await busyTenant(30, 5);
    const turns = [await claim(15), await claim(15)].map(
      (dealt) => new Set(dealt.map(({ endpointId }) => endpointId)),
    );
    expect(turns.map(({ size }) => size)).toEqual([15, 15]);
    expect([...turns[0]!].filter((id) => turns[1]!.has(id))).toEqual([]);
  });

  it('asks an endpoint that failed several times in a row by one probe at a time, until it answers', async () => {
    await busyTenant(1, 50);
    const repository = new WebhookDeliveryRepository(dataSource);
    const endpointId = (await claim(1))[0]!.endpointId;
    for (let failed = 0; failed < FAILURES_BEFORE_PROBES; failed += 1)
      await repository.markUnreachable(endpointId);
    expect(await claim(20)).toEqual([]);
    const rested = () => sql('UPDATE webhook_endpoints SET paused_until = NULL WHERE id = $1', endpointId);
    await rested();
    expect(await claim(20)).toHaveLength(1);
    expect(await claim(20)).toEqual([]);
    await repository.markUnreachable(endpointId);
    await rested();
    expect(await claim(20)).toHaveLength(1);
    await repository.markReachable(endpointId);
    expect((await claim(20)).length).toBeGreaterThan(10);
  });

  it('deals each delivery to one of many workers that claim at once', async () => {
    await busyTenant(6, 40);
    await busyTenant(6, 40);
    const dealt = (await Promise.all(Array.from({ length: 6 }, () => claim(20)))).flat();
    const ids = dealt.map(({ endpointId, eventId }) => `${endpointId} ${eventId}`);
    expect(ids.length).toBeGreaterThan(0);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
