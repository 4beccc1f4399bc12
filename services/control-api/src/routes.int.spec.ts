import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { API_SCOPES } from '@tandem/database';
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

  beforeAll(async () => {
    owner = await control.operator();
    stranger = await control.operator();
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

    it('needs a key with its scope', async () => {
      expect((await control.ask(method, path(owner), undefined, body)).status).toBe(401);
      const others = API_SCOPES.filter(
        (known) => known !== SCOPES_OF[scope][method === 'GET' ? 'read' : 'write'],
      );
      const answer = await control.ask(
        method,
        path(owner),
        await control.apiKey(owner.tenantId, others),
        body,
      );
      expect([answer.status, answer.body['code']]).toEqual([403, 'scope-missing']);
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
      ])
        expect(answer.text).not.toContain(secret);
      const groups = await control.ask('GET', '/v1/caller-groups', owner.apiKey);
      expect(groups.body).toEqual({ items: [{ key: 'vip', name: 'Very own', greeting: '', members: 1 }] });
    });
  });
});
