import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { RunningControl, type Operator } from '../test/running-control.ts';

describe('webhook endpoints', () => {
  let control: RunningControl;
  let own: Operator;
  beforeAll(async () => {
    control = await RunningControl.start({ OUTBOUND_TRUSTED_NETWORKS: '10.20.0.0/16' });
  });
  afterAll(() => control.stop());
  beforeEach(async () => {
    own = await control.operator();
  });

  const ask = (method: string, path: string, body?: unknown, key: string | null = randomUUID()) =>
    control.ask(method, `/v1/webhook-endpoints${path}`, own.apiKey, body, key);

  it('are made, changed and deleted', async () => {
    const made = await ask('POST', '', { url: 'https://hooks.example.com/tandem', events: ['call.ended'] });
    expect(made).toMatchObject({
      status: 201,
      body: {
        url: 'https://hooks.example.com/tandem',
        events: ['call.ended'],
        isEnabled: true,
        disabledBecause: null,
        pending: 0,
        dead: 0,
      },
    });
    const path = `/${String(made.body['id'])}`;
    expect((await ask('PATCH', path, { isEnabled: false })).body).toMatchObject({
      isEnabled: false,
      disabledBecause: 'operator',
      url: 'https://hooks.example.com/tandem',
    });
    expect((await ask('PATCH', path, { isEnabled: true, events: [] })).body).toMatchObject({
      isEnabled: true,
      disabledBecause: null,
      events: [],
    });
    expect((await ask('DELETE', path)).status).toBe(204);
    expect((await ask('GET', path)).status).toBe(404);
  });

  it.each([
    'http://93.184.216.34/',
    'https://127.0.0.1/',
    'https://169.254.169.254/',
    'https://[::1]/',
    'https://user:word@hooks.example.com/',
    'gopher://hooks.example.com/',
  ])('are not made at %s', async (url) => {
    const answer = await ask('POST', '', { url });
    expect([answer.status, answer.body['code']]).toEqual([422, 'url-refused']);
    const moved = await ask('PATCH', `/${own.endpointId}`, { url });
    expect([moved.status, moved.body['code']]).toEqual([422, 'url-refused']);
  });

  it('may be in trusted networks of the deployment', async () => {
    expect((await ask('POST', '', { url: 'http://10.20.1.1:9000/hook' })).status).toBe(201);
  });

  it('have a secret that is in no stored answer, and can be replaced once per request', async () => {
    const secret = async () => String((await ask('GET', `/${own.endpointId}/secret`)).body['secret']);
    const first = await secret();
    expect(first).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const key = randomUUID();
    for (const _again of [1, 2])
      expect((await ask('POST', `/${own.endpointId}/secret`, undefined, key)).status).toBe(204);
    expect(await secret()).not.toBe(first);
    const [kept] = await control.sql<{ sealed: string; answers: string }>(
      'SELECT sealed_secret || previous_sealed_secret AS sealed, (SELECT ' +
        `string_agg(response_body::text, ' ') FROM idempotency_keys WHERE tenant_id = $2) AS answers FROM ` +
        'webhook_endpoints WHERE id = $1',
      own.endpointId,
      own.tenantId,
    );
    for (const plain of [first, await secret()])
      expect(`${kept?.sealed} ${kept?.answers}`).not.toContain(plain.slice(6, 30));
  });

  it('can be tested, and list their deliveries', async () => {
    expect((await ask('POST', `/${own.endpointId}/test`)).status).toBe(202);
    const { items } = (await ask('GET', `/${own.endpointId}/deliveries?state=pending`)).body as {
      items: Record<string, unknown>[];
    };
    expect(items).toMatchObject([
      { type: 'webhook.test', state: 'pending', attempts: 0, lastStatus: null, settledAt: null },
    ]);
    await control.sql(
      `UPDATE webhook_deliveries SET state = 'dead', attempts = 12, settled_at = now() WHERE ` +
        'endpoint_id = $1',
      own.endpointId,
    );
    expect((await ask('GET', `/${own.endpointId}`)).body).toMatchObject({ pending: 0, dead: 1 });
    const replay = async (body: object) => (await ask('POST', `/${own.endpointId}/replay`, body)).body;
    expect(await replay({ eventIds: [randomUUID()] })).toMatchObject({
      replayed: 0,
      unknown: 1,
      reason: expect.stringContaining('no events with these ids'),
    });
    expect(await replay({})).toEqual({ replayed: 1, alreadyPending: 0, unknown: 0, reason: null });
    expect(await replay({})).toMatchObject({
      replayed: 0,
      alreadyPending: 1,
      reason: expect.stringContaining('wait to be delivered'),
    });
    expect((await ask('GET', `/${own.endpointId}/deliveries`)).body['items']).toMatchObject([
      { state: 'pending', attempts: 0 },
    ]);
  });

  it('replay delivered events by id and by time, and say why when there are none', async () => {
    await ask('POST', `/${own.endpointId}/test`);
    const path = `/${own.endpointId}/replay`;
    const settle = () =>
      control.sql(
        `UPDATE webhook_deliveries SET state = 'delivered', attempts = 1, settled_at = now() WHERE ` +
          'endpoint_id = $1',
        own.endpointId,
      );
    await settle();
    const [{ eventId }] = (
      (await ask('GET', `/${own.endpointId}/deliveries`)).body as { items: [{ eventId: string }] }
    ).items;
    expect((await ask('POST', path, {})).body).toMatchObject({
      replayed: 0,
      reason: expect.stringContaining('was given up'),
    });
    expect((await ask('POST', path, { eventIds: [eventId] })).body).toMatchObject({
      replayed: 1,
      reason: null,
    });
    await settle();
    const [before, after] = [
      new Date(Date.now() - 60_000).toISOString(),
      new Date(Date.now() + 60_000).toISOString(),
    ];
    expect((await ask('POST', path, { from: after })).body).toMatchObject({
      replayed: 0,
      reason: expect.stringContaining('of this time'),
    });
    expect((await ask('POST', path, { from: before, to: after })).body).toMatchObject({ replayed: 1 });
    expect((await ask('POST', path, { from: after, to: before })).status).toBe(400);
  });

  it('name the setting that allows an address, and refuse a name as its address', async () => {
    for (const url of ['https://127.0.0.1/', 'https://localhost:8443/']) {
      const { status, body } = await ask('POST', '', { url });
      expect([status, body['code'], String(body['detail'])]).toEqual([
        422,
        'url-refused',
        expect.stringContaining('OUTBOUND_TRUSTED_NETWORKS'),
      ]);
    }
  });

  it('accept headers of the receiver, return only their names, and store them sealed', async () => {
    const value = 'Bearer a-token-for-specs';
    const made = await ask('POST', '', {
      url: 'https://hooks.example.com/tandem',
      headers: { Authorization: value, 'x-route': 'crm' },
    });
    expect([made.status, made.body['headerNames']]).toEqual([201, ['authorization', 'x-route']]);
    const path = `/${String(made.body['id'])}`;
    expect(made.text + (await ask('GET', path)).text).not.toContain('a-token-for-specs');
    const [row] = await control.sql<{ sealed: string; kept: string }>(
      `SELECT sealed_headers AS sealed,
         (SELECT string_agg(response_body::text, ' ') FROM idempotency_keys WHERE tenant_id = $2) AS kept
       FROM webhook_endpoints WHERE id = $1`,
      made.body['id'],
      own.tenantId,
    );
    expect(`${row?.sealed} ${row?.kept}`).not.toContain('a-token-for-specs');
    expect(row?.sealed).toBeTruthy();
    const moved = await ask('PATCH', path, { url: 'https://elsewhere.example.com/' });
    expect([moved.status, moved.body['code']]).toEqual([422, 'headers-needed']);
    expect((await ask('PATCH', path, { url: 'https://hooks.example.com/other' })).body).toMatchObject({
      headerNames: ['authorization', 'x-route'],
    });
    expect(
      (await ask('PATCH', path, { url: 'https://elsewhere.example.com/', headers: {} })).body,
    ).toMatchObject({ headerNames: [] });
  });

  it('are limited to things of the tenant, which are replaced as a whole', async () => {
    const filters = { agentIds: [own.agentId], numbers: [own.e164] };
    const made = await ask('POST', '', { url: 'https://hooks.example.com/', filters });
    expect([made.status, made.body['filters']]).toEqual([201, filters]);
    const path = `/${String(made.body['id'])}`;
    expect((await ask('PATCH', path, { isEnabled: false })).body['filters']).toEqual(filters);
    expect((await ask('PATCH', path, { filters: {} })).body['filters']).toEqual({});
    const stranger = await control.operator();
    const unknown = { agentIds: [stranger.agentId], numbers: [stranger.e164] };
    for (const [method, at] of [
      ['POST', ''],
      ['PATCH', path],
    ] as const)
      expect(await ask(method, at, { url: 'https://hooks.example.com/', filters: unknown })).toMatchObject({
        status: 422,
        body: { code: 'unknown-filter', unknown },
      });
    expect((await ask('PATCH', path, { filters: { agents: [] } })).status).toBe(400);
  });

  it.each([
    { 'webhook-id': 'x' },
    { 'Webhook-Signature': 'x' },
    { host: 'x' },
    { 'content-type': 'x' },
    { 'x y': 'x' },
    { 'x-a': 'two\r\nlines' },
    { 'x-a': '' },
    Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`x-${index}`, 'x'])),
  ])('take no headers such as %j', async (headers) => {
    expect((await ask('POST', '', { url: 'https://hooks.example.com/', headers })).status).toBe(400);
  });
});
