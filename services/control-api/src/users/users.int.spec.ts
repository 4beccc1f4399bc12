import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ROLE_SCOPES, TENANT_SCOPES } from '@tandem/database';
import { RunningControl, type Operator, type SignedIn } from '../test/running-control.ts';

let control: RunningControl;
let own: Operator;
let admin: SignedIn;
beforeAll(async () => {
  control = await RunningControl.start();
});
afterAll(() => control.stop());
beforeEach(async () => {
  own = await control.operator();
  admin = await control.signedIn(own.tenantId, 'admin');
});

const newEmail = () => `${randomUUID()}@example.com`;
const invite = (fields: object = {}, headers: Record<string, string> = {}) =>
  control.browse(
    'POST',
    '/v1/users',
    admin.cookie,
    { email: newEmail(), name: 'Kim', role: 'viewer', ...fields },
    headers,
  );
const change = (id: string, fields: object, headers: Record<string, string> = {}) =>
  control.browse('PATCH', `/v1/users/${id}`, admin.cookie, fields, headers);
const remove = (id: string) => control.browse('DELETE', `/v1/users/${id}`, admin.cookie);
const open = (url: unknown) =>
  control.browse('POST', '/v1/session/link', null, {
    token: new URL(String(url)).hash.slice('#link='.length),
  });

describe('users', () => {
  it('are invited, sign in by the link of the answer, and are listed', async () => {
    const once = { 'idempotency-key': randomUUID() };
    const email = `Kim.${randomUUID()}@Example.com`;
    const made = await invite({ email, role: 'operator' }, once);
    expect(made).toMatchObject({
      status: 201,
      body: {
        user: {
          email: email.toLowerCase(),
          name: 'Kim',
          role: 'operator',
          state: 'invited',
          hasPassword: false,
          hasTotp: false,
          lastSignInAt: null,
        },
        link: { url: expect.stringMatching(/^http:\/\/localhost:\d+\/console\/#link=[\w-]{43}$/) },
      },
    });
    expect((await invite({ email, role: 'operator' }, once)).body).toEqual(made.body);
    const { user, link } = made.body as { user: { id: string }; link: { url: string } };
    const entered = await open(link.url);
    expect(entered).toMatchObject({
      status: 200,
      body: { role: 'operator', scopes: [...ROLE_SCOPES.operator] },
    });
    const one = await control.browse('GET', `/v1/users/${user.id}`, admin.cookie);
    expect(one.body).toMatchObject({ state: 'active', lastSignInAt: expect.any(String) });
    const { body } = await control.browse('GET', '/v1/users?limit=1', admin.cookie);
    expect(body).toMatchObject({ items: [one.body], nextCursor: expect.any(String) });
  });

  it('have an address that no other user of the installation has, in any case', async () => {
    const stranger = await control.operator();
    const other = await control.signedIn(stranger.tenantId, 'viewer');
    expect(await invite({ email: other.email.toUpperCase() })).toMatchObject({
      status: 409,
      body: { code: 'email-taken' },
    });
  });

  it('are changed by those who have seen them as they are', async () => {
    const { body } = await invite();
    const { id } = body['user'] as { id: string };
    const seen = await control.browse('GET', `/v1/users/${id}`, admin.cookie);
    const ifMatch = { 'if-match': seen.headers.get('etag') ?? '' };
    expect((await change(id, { role: 'auditor' }, ifMatch)).body).toMatchObject({ role: 'auditor' });
    expect((await change(id, { role: 'admin' }, ifMatch)).body).toMatchObject({ code: 'changed-meanwhile' });
    expect((await change(id, {})).status).toBe(400);
  });

  it('keep an admin who has signed in, whatever two admins do at once', async () => {
    for (const fields of [{ role: 'viewer' }, { state: 'disabled' }])
      expect(await change(admin.userId, fields)).toMatchObject({ status: 409, body: { code: 'last-admin' } });
    expect((await remove(admin.userId)).body).toMatchObject({ code: 'last-admin' });
    await invite({ role: 'admin' });
    expect((await remove(admin.userId)).body).toMatchObject({ code: 'last-admin' });
    const second = await control.signedIn(own.tenantId, 'admin');
    const outcomes = await Promise.all([
      control.browse('DELETE', `/v1/users/${second.userId}`, admin.cookie),
      control.browse('DELETE', `/v1/users/${admin.userId}`, second.cookie),
    ]);
    const left = await control.sql<{ count: string }>(
      `SELECT count(*) AS count FROM users WHERE tenant_id = $1 AND role = 'admin' AND state = 'active'`,
      own.tenantId,
    );
    expect(left).toEqual([{ count: '1' }]);
    expect(outcomes.map(({ status }) => status)).toContain(204);
  });

  it('that are disabled get no link, and are invited again when they had not come yet', async () => {
    const { body } = await invite();
    const { user, link } = body as { user: { id: string }; link: { url: string } };
    expect((await change(user.id, { state: 'disabled' })).body).toMatchObject({ state: 'disabled' });
    expect((await open(link.url)).status).toBe(401);
    const again = () => control.browse('POST', `/v1/users/${user.id}/link`, admin.cookie);
    expect((await again()).body).toMatchObject({ code: 'user-disabled' });
    expect((await change(user.id, { state: 'active' })).body).toMatchObject({ state: 'invited' });
    expect((await open((await again()).body['url'])).status).toBe(200);
  });

  it('get no role from a key that may do less than the role', async () => {
    const small = await control.apiKey(own.tenantId, ['admin:read', 'users:write', ...ROLE_SCOPES.viewer]);
    const ask = (method: string, path: string, body?: object) => control.ask(method, path, small, body);
    const user = (role: string) => ({ email: newEmail(), name: 'Kim', role });
    expect((await ask('POST', '/v1/users', user('viewer'))).status).toBe(201);
    expect((await ask('POST', '/v1/users', user('admin'))).body).toMatchObject({ code: 'role-not-yours' });
    for (const [method, path, body] of [
      ['POST', `/v1/users/${admin.userId}/link`],
      ['PATCH', `/v1/users/${admin.userId}`, { role: 'viewer' }],
      ['PATCH', `/v1/users/${own.userId}`, { role: 'operator' }],
      ['DELETE', `/v1/users/${admin.userId}`],
    ] as const)
      expect((await ask(method, path, body)).body).toMatchObject({ code: 'role-not-yours' });
  });

  it('with the role of a viewer see a call without what was said', async () => {
    // What a call without words looks like is told beside the transcript of calls.
    const viewer = await control.signedIn(own.tenantId, 'viewer');
    for (const path of ['/v1/messages', '/v1/agents', '/v1/users', '/v1/api-keys'])
      expect((await control.browse('GET', path, viewer.cookie)).body).toMatchObject({
        code: 'scope-missing',
      });
    expect((await control.browse('GET', '/v1/calls', viewer.cookie)).status).toBe(200);
  });

  it.each([
    { email: 'no address' },
    { email: `${'x'.repeat(250)}@example.com` },
    { role: 'owner' },
    { name: '' },
    { name: '\u200b' },
    { password: 'unasked' },
  ])('are refused as %j', async (fields) => {
    expect(await invite(fields)).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
  });
});

describe('API keys of a signed-in admin', () => {
  const create = (scopes: readonly string[]) =>
    control.browse('POST', '/v1/api-keys', admin.cookie, { name: 'Reception', scopes });

  it('have scopes of the role, and any of them is revoked', async () => {
    expect((await create(['calls:read', 'calls:place'])).status).toBe(201);
    for (const beyond of ['audit:read', 'platform:admin'])
      expect((await create([beyond])).body).toMatchObject({ code: 'scope-not-yours' });
    const revoke = async (key: string) => {
      const { body } = await control.ask('GET', '/v1/api-keys', own.apiKey);
      const [{ id } = { id: '' }] = (body['items'] as { id: string; prefix: string }[]).filter(
        ({ prefix }) => prefix === key.slice(0, 9),
      );
      return control.browse('DELETE', `/v1/api-keys/${id}`, admin.cookie);
    };
    expect((await revoke(await control.apiKey(own.tenantId, TENANT_SCOPES))).status).toBe(204);
    expect((await revoke(await control.apiKey(own.tenantId, ['platform:admin']))).body).toMatchObject({
      code: 'scope-not-yours',
    });
  });
});

describe('a new business', () => {
  it('comes with its first admin, who signs in by the link', async () => {
    const platform = await control.apiKey(own.tenantId, ['platform:admin']);
    const once = randomUUID();
    const body = {
      name: 'Bright Smile',
      timeZone: 'America/Chicago',
      admin: { email: newEmail(), name: 'Robin' },
    };
    const made = await control.ask('POST', '/v1/tenants', platform, body, once);
    expect(made).toMatchObject({
      status: 201,
      body: { admin: { user: { role: 'admin', state: 'invited' } } },
    });
    expect((await control.ask('POST', '/v1/tenants', platform, body, once)).body).toEqual(made.body);
    const { link } = made.body['admin'] as { link: { url: string } };
    const { tenant } = made.body as { tenant: { id: string } };
    expect((await open(link.url)).body).toMatchObject({
      tenant: { id: tenant.id, name: 'Bright Smile', zone: 'America/Chicago' },
      role: 'admin',
    });
    const taken = await control.ask('POST', '/v1/tenants', platform, { ...body, name: 'Another' });
    expect(taken.body).toMatchObject({ code: 'email-taken' });
    const named = await control.sql(`SELECT 1 FROM tenants WHERE company_name = 'Another'`);
    expect(named).toEqual([]);
  });
});
