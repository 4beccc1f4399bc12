import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { RunningControl, type Operator } from '../test/running-control.ts';

let control: RunningControl;
let own: Operator;
beforeAll(async () => {
  control = await RunningControl.start();
});
afterAll(() => control.stop());
beforeEach(async () => {
  own = await control.operator();
});

const create = (body: object, as = own.apiKey, once = randomUUID()) =>
  control.ask('POST', '/v1/api-keys', as, { name: 'Reception', scopes: ['calls:read'], ...body }, once);
const revoke = (id: unknown, as = own.apiKey) => control.ask('DELETE', `/v1/api-keys/${String(id)}`, as);

describe('API keys', () => {
  it('are made with some of one’s own scopes, shown in one answer only, and work at once', async () => {
    const once = randomUUID();
    const made = await create({ scopes: ['calls:read', 'admin:read'] }, own.apiKey, once);
    const key = String(made.body['key']);
    expect(made).toMatchObject({
      status: 201,
      body: {
        name: 'Reception',
        prefix: key.slice(0, 9),
        scopes: ['calls:read', 'admin:read'],
        expiresAt: null,
        lastUsedAt: null,
        revokedAt: null,
      },
    });
    expect((await create({ scopes: ['calls:read', 'admin:read'] }, own.apiKey, once)).body).toEqual(
      made.body,
    );
    expect((await control.ask('GET', '/v1/calls', key)).status).toBe(200);
    expect((await control.ask('PATCH', '/v1/tenant', key, { name: 'Mine' })).status).toBe(403);
    const listed = await control.ask('GET', '/v1/api-keys', own.apiKey);
    expect(listed.body).toMatchObject({
      items: [
        { id: made.body['id'], prefix: key.slice(0, 9), lastUsedAt: expect.any(String) },
        { id: own.apiKeyId, name: 'spec' },
      ],
      nextCursor: null,
    });
    expect(listed.text).not.toContain(key.slice(9));
    const [kept] = await control.sql<{ rows: string }>(
      `SELECT concat((SELECT string_agg(response_body::text, ' ') FROM idempotency_keys WHERE key = $1),
         (SELECT string_agg(keys::text, ' ') FROM api_keys keys)) AS rows`,
      once,
    );
    expect(kept?.rows).not.toContain(key.slice(9));
  });

  it('grant no more than their maker has', async () => {
    for (const scopes of [['platform:admin'], ['calls:read', 'crm:write']])
      expect(await create({ scopes })).toMatchObject({ status: 403, body: { code: 'scope-not-yours' } });
    const small = String((await create({ scopes: ['keys:write'] })).body['key']);
    expect(await create({ scopes: ['admin:write'] }, small)).toMatchObject({
      status: 403,
      body: { code: 'scope-not-yours' },
    });
    expect((await create({ scopes: ['keys:write'] }, small)).status).toBe(201);
  });

  it('are refused from the next request on when they are revoked, and stay in the list', async () => {
    const made = await create({});
    const key = String(made.body['key']);
    expect((await control.ask('GET', '/v1/calls', key)).status).toBe(200);
    for (const _again of [1, 2]) expect((await revoke(made.body['id'])).status).toBe(204);
    expect((await control.ask('GET', '/v1/calls', key)).status).toBe(401);
    expect((await control.ask('GET', '/v1/api-keys', own.apiKey)).body).toMatchObject({
      items: [{ id: made.body['id'], revokedAt: expect.any(String) }, { revokedAt: null }],
    });
  });

  it('end when they expire', async () => {
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    const made = await create({ expiresAt });
    expect(made.body['expiresAt']).toBe(expiresAt);
    const key = String(made.body['key']);
    expect((await control.ask('GET', '/v1/calls', key)).status).toBe(200);
    await control.sql('UPDATE api_keys SET expires_at = now() WHERE id = $1', made.body['id']);
    expect((await control.ask('GET', '/v1/calls', key)).status).toBe(401);
  });

  it('revoke neither themselves, nor keys that may do more, nor keys of others', async () => {
    expect(await revoke(own.apiKeyId)).toMatchObject({ status: 409, body: { code: 'own-key' } });
    const small = String((await create({ scopes: ['keys:write'] })).body['key']);
    expect(await revoke(own.apiKeyId, small)).toMatchObject({
      status: 403,
      body: { code: 'scope-not-yours' },
    });
    const stranger = await control.operator();
    expect((await revoke(own.apiKeyId, stranger.apiKey)).status).toBe(204);
    expect((await control.ask('GET', '/v1/calls', own.apiKey)).status).toBe(200);
    expect((await control.ask('GET', '/v1/api-keys', stranger.apiKey)).text).not.toContain(own.apiKeyId);
  });

  it.each([
    { name: '' },
    { scopes: [] },
    { scopes: ['everything'] },
    { scopes: ['calls:read', 'calls:read'] },
    { expiresAt: '2020-01-01T00:00:00Z' },
    { expiresAt: 'tomorrow' },
  ])('are refused as %j', async (body) => {
    expect(await create(body)).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
  });
});
