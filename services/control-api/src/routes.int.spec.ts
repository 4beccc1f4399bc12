import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { API_SCOPES, ROLE_SCOPES, USER_ROLES, type UserRole } from '@tandem/database';
import { exampleFaults } from '@tandem/platform/conformance';
import { ACTS } from './audit/acts.ts';
import { DEPARTMENT } from './test/given.ts';
import { OPEN_ROUTES, ROUTES, ruleOf, SCOPES_OF } from './test/routes.ts';
import { RunningControl, type Operator } from './test/running-control.ts';

/** Started here because the cases below are the routes it serves. */
const control = await RunningControl.start();
afterAll(() => control.stop());
const document = (await control.ask('GET', '/openapi.json')).body as {
  openapi: string;
  paths: Record<string, Record<string, unknown>>;
};
const served = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
);
const ruled = served.flatMap((route) => {
  const rule = OPEN_ROUTES.includes(route) ? undefined : ruleOf(route);
  return rule ? [[route, rule] as const] : [];
});

describe('the operators’ API', () => {
  let owner: Operator;
  let stranger: Operator;
  /** A tenant for changes by roles: the owner’s things stay as they are. */
  let staffed: Operator;

  let staff: Record<UserRole, string>;
  let intruder: string;
  const cookieFor = async (tenant: Operator, role: UserRole) =>
    (await control.signedIn(tenant.tenantId, role)).cookie;

  beforeAll(async () => {
    staffed = await control.operator();
    const cookies: [UserRole, string][] = [];
    for (const role of USER_ROLES) cookies.push([role, await cookieFor(staffed, role)]);
    staff = Object.fromEntries(cookies) as Record<UserRole, string>;
    owner = await control.operator();
    stranger = await control.operator();
    intruder = await cookieFor(stranger, 'admin');
    await control.ask('PUT', '/v1/caller-groups/vip', owner.apiKey, { name: 'Very own' });
    await control.ask('PUT', '/v1/caller-groups/vip/members/%2B12025550123', owner.apiKey);
    await control.ask('PUT', '/v1/departments/sales', owner.apiKey, { ...DEPARTMENT, name: 'Very own' });
  });

  it('has a rule for every route it serves, and none for another', () => {
    expect(document.openapi).toBe('3.1.0');
    expect(served).toEqual(expect.arrayContaining([...Object.keys(ROUTES), ...OPEN_ROUTES]));
    expect([...ruled.map(([route]) => route), ...OPEN_ROUTES].sort()).toEqual(served.sort());
  });

  it('has a name in the audit log for every change, and none for another route', () => {
    const named = Object.keys(ACTS).map((route) => route.replace(/:(\w+)/g, '{$1}'));
    expect(served).toEqual(expect.arrayContaining(named));
    expect(served.filter((route) => !route.startsWith('GET ') && !named.includes(route))).toEqual([]);
  });

  it('shows an example of everything it takes and answers', () => {
    expect(exampleFaults(document)).toEqual([]);
  });

  it('has a page that works over plain http, with sections that are words', async () => {
    const response = await fetch(`${control.url}/docs`);
    expect([response.status, response.headers.get('content-security-policy')]).toEqual([
      200,
      expect.not.stringContaining('upgrade-insecure-requests'),
    ]);
    expect(await response.text()).toMatch(/<title>Tandem/);
    const { paths } = (await control.ask('GET', '/openapi.json')).body as {
      paths: Record<string, Record<string, { tags?: string[] }>>;
    };
    const sections = new Set(
      Object.values(paths).flatMap((methods) => Object.values(methods).flatMap(({ tags }) => tags)),
    );
    expect([...sections].filter((section) => !/^[a-z-]+$/.test(section ?? ''))).toEqual([]);
  });

  describe.each(ruled)('%s', (route, { path, body, scope, stranger: allowed }) => {
    const method = route.split(' ')[0] ?? '';
    const needed = SCOPES_OF[scope];
    const neededScope: string | null = needed && needed[method === 'GET' ? 'read' : 'write'];

    it('needs a key with its scope', async () => {
      expect((await control.ask(method, path(owner), undefined, body)).status).toBe(401);
      const others = API_SCOPES.filter((known) => known !== neededScope);
      const answer = await control.ask(
        method,
        path(owner),
        await control.apiKey(owner.tenantId, others),
        body,
      );
      const code = neededScope === null ? 'user-needed' : 'scope-missing';
      expect([answer.status, answer.body['code']]).toEqual([403, code]);
    });

    it('hides the data of other tenants', async () => {
      const answer = await control.ask(method, path(owner), stranger.apiKey, body);
      expect(allowed).toContain(answer.status);
      for (const secret of [
        'Very own',
        owner.endpointId,
        owner.agentId,
        owner.numberId,
        owner.e164,
        owner.apiKeyId,
        owner.userId,
      ])
        expect(answer.text).not.toContain(secret);
      const groups = await control.ask('GET', '/v1/caller-groups', owner.apiKey);
      expect(groups.body).toEqual({ items: [{ key: 'vip', name: 'Very own', greeting: '', members: 1 }] });
    });

    it.each(USER_ROLES)('lets a %s in if the role has its scope', async (role) => {
      const scopes: readonly string[] = ROLE_SCOPES[role];
      const isOpen = neededScope === null || scopes.includes(neededScope);
      // What is one’s own may end the session.
      const cookie = scope === 'own' ? await cookieFor(staffed, role) : staff[role];
      const answer = await control.browse(method, path(staffed), cookie, body);
      if (isOpen) expect([401, 'scope-missing']).not.toContain(answer.body['code'] ?? answer.status);
      else expect([answer.status, answer.body['code']]).toEqual([403, 'scope-missing']);
    });

    it('takes no session beside a key, and no change from another site', async () => {
      const both = { authorization: `Bearer ${staffed.apiKey}` };
      expect(await control.browse(method, path(staffed), staff.admin, body, both)).toMatchObject({
        status: 400,
        body: { code: 'two-credentials' },
      });
      if (method === 'GET') return;
      const elsewhere = { origin: 'https://elsewhere.example', 'sec-fetch-site': 'cross-site' };
      expect(await control.browse(method, path(staffed), staff.admin, body, elsewhere)).toMatchObject({
        status: 403,
        body: { code: 'origin-refused' },
      });
    });

    it('hides the data of other tenants from their admins', async () => {
      const cookie = scope === 'own' ? await cookieFor(stranger, 'admin') : intruder;
      const answer = await control.browse(method, path(owner), cookie, body);
      expect(answer.status).toBeLessThan(500);
      for (const secret of ['Very own', owner.endpointId, owner.agentId, owner.e164, owner.userId])
        expect(answer.text).not.toContain(secret);
    });
  });
});
