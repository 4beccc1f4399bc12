import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { BusinessEventType, TenantId } from '@tandem/contracts';
import type { DataSource } from 'typeorm';
import { acrossTenants, query, transact } from '../../connection/unit-of-work.ts';
import type { EventFacets } from '../../queries/outbox.ts';
import { openBusiness, type Business } from '../../test/business.ts';
import { callRecord } from '../../test/call-records.ts';
import { freshDatabase, type FreshDatabase } from '../../test/fresh-database.ts';
import { CallRepository } from '../calls/call.repository.ts';
import { writeEvent } from './outbox.ts';
import { WebhookEndpointRepository } from './webhook-endpoint.repository.ts';

describe('events for an endpoint', () => {
  let database: FreshDatabase;
  let dataSource: DataSource;
  let calls: CallRepository;
  let endpoints: WebhookEndpointRepository;
  let business: Business;
  let tenantId: TenantId;

  beforeAll(async () => {
    database = await freshDatabase();
    dataSource = await database.open();
    calls = new CallRepository(dataSource);
    endpoints = new WebhookEndpointRepository(dataSource);
  });
  afterAll(() => database.drop());
  beforeEach(async () => {
    business = await openBusiness(dataSource, 2);
    ({ tenantId } = business);
  });

  async function subscribe(filters: EventFacets, events: readonly BusinessEventType[] = []): Promise<string> {
    const id = randomUUID();
    const fields = {
      url: 'https://hooks.example.com/',
      description: '',
      events,
      filters,
      isEnabled: true,
      headers: { names: [], sealed: null },
    };
    await transact(dataSource, tenantId, (transaction) =>
      endpoints.create(transaction, tenantId, id, fields, 'sealed'),
    );
    return id;
  }

  const sentTo = async (endpointId: string) =>
    (
      await acrossTenants(dataSource, 'installation', (manager) =>
        query<{ type: string }>(
          manager,
          `SELECT event.type FROM webhook_deliveries delivery
           JOIN outbox_events event ON event.id = delivery.event_id
           WHERE delivery.endpoint_id = $1 ORDER BY event.sequence, event.type`,
          [endpointId],
        ),
      )
    ).map(({ type }) => type);

  const eventsOf = (callId: string) =>
    acrossTenants(dataSource, 'installation', (manager) =>
      query<{ type: string; data: Record<string, unknown> }>(
        manager,
        'SELECT type, data FROM outbox_events WHERE subject_id = $1 ORDER BY sequence',
        [callId],
      ),
    );

  it('report the start of a call once, its end and its transcript', async () => {
    const call = callRecord(tenantId);
    await Promise.all([1, 2, 3].map(() => calls.reportStart(call)));
    await Promise.all([1, 2].map(() => calls.record(call)));
    await calls.reportStart(call);
    const events = await eventsOf(call.callId);
    expect(events.map(({ type }) => type)).toEqual(['call.started', 'call.ended', 'transcript.ready']);
    expect(events[0]?.data).toMatchObject({
      callId: call.callId,
      agent: call.agent,
      to: call.to,
      answeredAt: call.answeredAt?.toISOString(),
    });
    expect(events[2]?.data).toMatchObject({
      isWhole: true,
      path: `/v1/calls/${call.callId}`,
      utterances: expect.arrayContaining([
        { speaker: 'agent', text: 'Hello, this is Sarah.', startedAtMs: 900, endedAtMs: 2100 },
      ]),
    });
  });

  it('report a start with the end where nobody did before, and none of a call never answered', async () => {
    const answered = callRecord(tenantId);
    const missed = callRecord(tenantId, { answeredAt: null, utterances: [] });
    for (const call of [answered, missed]) await calls.record(call);
    expect((await eventsOf(answered.callId))[0]?.type).toBe('call.started');
    expect((await eventsOf(missed.callId)).map(({ type }) => type)).toEqual(['call.ended']);
  });

  it('cut a long transcript, and go with its words to those that name it only', async () => {
    const [all, named] = [await subscribe({}), await subscribe({}, ['transcript.ready'])];
    const [said] = callRecord(tenantId).utterances;
    const utterances = Array.from({ length: 300 }, () => ({ ...said!, text: 'x'.repeat(100) }));
    const call = callRecord(tenantId, { utterances });
    await calls.record(call);
    const data = (await eventsOf(call.callId))[2]?.data;
    expect([data?.['utteranceCount'], data?.['isWhole']]).toEqual([300, false]);
    expect((data?.['utterances'] as unknown[]).length).toBe(120);
    expect([await sentTo(all), await sentTo(named)]).toEqual([
      ['call.started', 'call.ended'],
      ['transcript.ready'],
    ]);
  });

  it('are those about its agents and numbers, and all of other kinds', async () => {
    const agentId = randomUUID();
    const byAgent = await subscribe({ agentIds: [agentId] });
    const byNumber = await subscribe({ numbers: ['+12025550100'] });
    const byOther = await subscribe({ agentIds: [agentId], numbers: ['+12025550111'] });
    await calls.record(callRecord(tenantId, { agent: { id: agentId, version: 1, name: 'Sarah' } }));
    await calls.record(callRecord(tenantId, { to: '+12025550111' }));
    await transact(dataSource, tenantId, (transaction) =>
      writeEvent(transaction, {
        tenantId,
        type: 'contact.updated',
        subject: { kind: 'contact', id: randomUUID() },
        data: {},
      }),
    );
    const ofOne = ['call.started', 'contact.updated', 'call.ended'];
    expect([await sentTo(byAgent), await sentTo(byNumber), await sentTo(byOther)]).toEqual([
      ofOne,
      ofOne,
      ['contact.updated'],
    ]);
  });

  it('are those about its services and resources', async () => {
    const [one, other] = business.resourceIds;
    const byService = await subscribe({ serviceIds: [business.serviceId] });
    const byResource = await subscribe({ resourceIds: [one!] });
    for (const resource of [one!, other!])
      await transact(dataSource, tenantId, (transaction) =>
        writeEvent(transaction, {
          tenantId,
          type: 'booking.created',
          subject: { kind: 'booking', id: randomUUID() },
          facets: { serviceIds: [business.serviceId], resourceIds: [resource] },
          data: {},
        }),
      );
    expect([(await sentTo(byService)).length, (await sentTo(byResource)).length]).toEqual([2, 1]);
  });

  it('can only be limited to what the tenant has', async () => {
    const stranger = await openBusiness(dataSource, 1);
    const wanted = {
      agentIds: [randomUUID()],
      serviceIds: [business.serviceId, stranger.serviceId],
      resourceIds: [...stranger.resourceIds],
    };
    expect(await endpoints.unknownIn(tenantId, wanted)).toEqual([
      { kind: 'agentIds', id: wanted.agentIds[0] },
      { kind: 'serviceIds', id: stranger.serviceId },
      { kind: 'resourceIds', id: stranger.resourceIds[0] },
    ]);
  });
});
