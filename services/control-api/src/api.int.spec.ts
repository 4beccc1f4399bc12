import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { termination, type CallId } from '@tandem/contracts';
import {
  AgentDirectory,
  API_SCOPES,
  CallerDirectory,
  type ApiScope,
  type CallRecord,
} from '@tandem/database';
import { RunningControl, type Operator } from './test/running-control.ts';

const CONTENT = {
  name: 'Sarah',
  companyName: 'Spec',
  timeZone: 'America/New_York',
  instructions: 'Be brief.',
  model: { kind: 'guided' },
};
const DEPARTMENT = {
  name: 'Sales',
  address: '+12025550199',
  mode: 'warm',
  ringMs: 20_000,
  hours: [{ weekday: 1, opens: '08:00', closes: '17:00' }],
};

/**
 * Every route, with a request to it that belongs to its owner; a stranger gets a 404, or only what is theirs.
 */
const ROUTES: Record<
  string,
  {
    path: (own: Operator) => string;
    body?: unknown;
    scope: 'admin' | 'calls' | 'recordings' | 'secrets';
    stranger: number[];
  }
> = {
  'GET /v1/agents': { path: () => '/v1/agents', scope: 'admin', stranger: [200] },
  'POST /v1/agents': { path: () => '/v1/agents', body: { name: 'Tom' }, scope: 'admin', stranger: [201] },
  'GET /v1/agents/{id}': { path: (own) => `/v1/agents/${own.agentId}`, scope: 'admin', stranger: [404] },
  'PATCH /v1/agents/{id}': {
    path: (own) => `/v1/agents/${own.agentId}`,
    body: { name: 'Mine now' },
    scope: 'admin',
    stranger: [404],
  },
  'DELETE /v1/agents/{id}': { path: (own) => `/v1/agents/${own.agentId}`, scope: 'admin', stranger: [404] },
  'GET /v1/agents/{id}/versions': {
    path: (own) => `/v1/agents/${own.agentId}/versions`,
    scope: 'admin',
    stranger: [404],
  },
  'GET /v1/agents/{id}/versions/{version}': {
    path: (own) => `/v1/agents/${own.agentId}/versions/1`,
    scope: 'admin',
    stranger: [404],
  },
  'POST /v1/agents/{id}/versions': {
    path: (own) => `/v1/agents/${own.agentId}/versions`,
    body: CONTENT,
    scope: 'admin',
    stranger: [404],
  },
  'GET /v1/numbers': { path: () => '/v1/numbers', scope: 'admin', stranger: [200] },
  'PATCH /v1/numbers/{id}': {
    path: (own) => `/v1/numbers/${own.numberId}`,
    body: { language: 'es' },
    scope: 'admin',
    stranger: [404],
  },
  'GET /v1/caller-groups': { path: () => '/v1/caller-groups', scope: 'admin', stranger: [200] },
  'PUT /v1/caller-groups/{key}': {
    path: () => '/v1/caller-groups/vip',
    body: { name: 'VIP' },
    scope: 'admin',
    stranger: [204],
  },
  'DELETE /v1/caller-groups/{key}': { path: () => '/v1/caller-groups/vip', scope: 'admin', stranger: [204] },
  'GET /v1/caller-groups/{key}/members': {
    path: () => '/v1/caller-groups/vip/members',
    scope: 'admin',
    stranger: [404],
  },
  'PUT /v1/caller-groups/{key}/members/{pattern}': {
    path: () => '/v1/caller-groups/vip/members/%2B12025550123',
    scope: 'admin',
    stranger: [404],
  },
  'DELETE /v1/caller-groups/{key}/members/{pattern}': {
    path: () => '/v1/caller-groups/vip/members/%2B12025550123',
    scope: 'admin',
    stranger: [204],
  },
  'GET /v1/blocked-callers': { path: () => '/v1/blocked-callers', scope: 'admin', stranger: [200] },
  'PUT /v1/blocked-callers/{pattern}': {
    path: () => '/v1/blocked-callers/%2B12025550166',
    body: {},
    scope: 'admin',
    stranger: [204],
  },
  'DELETE /v1/blocked-callers/{pattern}': {
    path: () => '/v1/blocked-callers/%2B12025550166',
    scope: 'admin',
    stranger: [204],
  },
  'GET /v1/departments': { path: () => '/v1/departments', scope: 'admin', stranger: [200] },
  'PUT /v1/departments/{key}': {
    path: () => '/v1/departments/sales',
    body: DEPARTMENT,
    scope: 'admin',
    stranger: [204],
  },
  'DELETE /v1/departments/{key}': { path: () => '/v1/departments/sales', scope: 'admin', stranger: [204] },
  'GET /v1/webhook-endpoints': { path: () => '/v1/webhook-endpoints', scope: 'admin', stranger: [200] },
  'POST /v1/webhook-endpoints': {
    path: () => '/v1/webhook-endpoints',
    body: { url: 'https://hooks.example.com/' },
    scope: 'admin',
    stranger: [201],
  },
  'GET /v1/webhook-endpoints/{id}': {
    path: (own) => `/v1/webhook-endpoints/${own.endpointId}`,
    scope: 'admin',
    stranger: [404],
  },
  'PATCH /v1/webhook-endpoints/{id}': {
    path: (own) => `/v1/webhook-endpoints/${own.endpointId}`,
    body: { isEnabled: false },
    scope: 'admin',
    stranger: [404],
  },
  'DELETE /v1/webhook-endpoints/{id}': {
    path: (own) => `/v1/webhook-endpoints/${own.endpointId}`,
    scope: 'admin',
    stranger: [204],
  },
  'GET /v1/webhook-endpoints/{id}/secret': {
    path: (own) => `/v1/webhook-endpoints/${own.endpointId}/secret`,
    scope: 'secrets',
    stranger: [404],
  },
  'POST /v1/webhook-endpoints/{id}/secret': {
    path: (own) => `/v1/webhook-endpoints/${own.endpointId}/secret`,
    scope: 'secrets',
    stranger: [404],
  },
  'POST /v1/webhook-endpoints/{id}/test': {
    path: (own) => `/v1/webhook-endpoints/${own.endpointId}/test`,
    scope: 'admin',
    stranger: [404],
  },
  'GET /v1/webhook-endpoints/{id}/deliveries': {
    path: (own) => `/v1/webhook-endpoints/${own.endpointId}/deliveries`,
    scope: 'admin',
    stranger: [404],
  },
  'POST /v1/webhook-endpoints/{id}/replay': {
    path: (own) => `/v1/webhook-endpoints/${own.endpointId}/replay`,
    body: {},
    scope: 'admin',
    stranger: [404],
  },
  'GET /v1/spending': { path: () => '/v1/spending?month=2026-11', scope: 'admin', stranger: [200] },
  'GET /v1/spending/budget': { path: () => '/v1/spending/budget', scope: 'admin', stranger: [200] },
  'PUT /v1/spending/budget': {
    path: () => '/v1/spending/budget',
    body: { dailyUsd: 10, monthlyUsd: null },
    scope: 'admin',
    stranger: [200],
  },
  'GET /v1/calls': { path: () => '/v1/calls', scope: 'calls', stranger: [200] },
  'GET /v1/live-calls': { path: () => '/v1/live-calls', scope: 'calls', stranger: [200] },
  'GET /v1/waiting-calls': { path: () => '/v1/waiting-calls', scope: 'calls', stranger: [200] },
  'POST /v1/calls/{callId}/transfer': {
    path: () => `/v1/calls/${randomUUID()}/transfer`,
    body: { department: 'sales' },
    scope: 'calls',
    stranger: [404],
  },
  'POST /v1/calls/{callId}/agent': {
    path: () => `/v1/calls/${randomUUID()}/agent`,
    body: { language: 'es' },
    scope: 'calls',
    stranger: [404],
  },
  'POST /v1/calls/{callId}/end': {
    path: () => `/v1/calls/${randomUUID()}/end`,
    scope: 'calls',
    stranger: [404],
  },
  'POST /v1/calls/{callId}/recording': {
    path: () => `/v1/calls/${randomUUID()}/recording`,
    body: { state: 'paused' },
    scope: 'calls',
    stranger: [404],
  },
  'GET /v1/calls/{callId}/recordings/{recordingId}/audio': {
    path: () => `/v1/calls/${randomUUID()}/recordings/${randomUUID()}/audio`,
    scope: 'recordings',
    stranger: [404],
  },
  'GET /v1/calls/{callId}/recordings/{recordingId}/integrity': {
    path: () => `/v1/calls/${randomUUID()}/recordings/${randomUUID()}/integrity`,
    scope: 'recordings',
    stranger: [404],
  },
  'GET /v1/calls/{callId}/recordings/{recordingId}/accesses': {
    path: () => `/v1/calls/${randomUUID()}/recordings/${randomUUID()}/accesses`,
    scope: 'recordings',
    stranger: [404],
  },
  'DELETE /v1/calls/{callId}/recordings/{recordingId}': {
    path: () => `/v1/calls/${randomUUID()}/recordings/${randomUUID()}`,
    scope: 'recordings',
    stranger: [404],
  },
  'GET /v1/calls/{callId}': { path: () => `/v1/calls/${randomUUID()}`, scope: 'calls', stranger: [404] },
};

const SCOPES_OF: Record<'admin' | 'calls' | 'recordings' | 'secrets', { read: ApiScope; write: ApiScope }> = {
  admin: { read: 'admin:read', write: 'admin:write' },
  calls: { read: 'calls:read', write: 'calls:control' },
  recordings: { read: 'recordings:read', write: 'recordings:delete' },
  secrets: { read: 'admin:write', write: 'admin:write' },
};

const OPEN_ROUTES = ['GET /healthz', 'GET /readyz', 'GET /metrics'];

let control: RunningControl;
beforeAll(async () => {
  control = await RunningControl.start();
});
afterAll(() => control.stop());

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

  it('has a rule here for every route it serves', async () => {
    const document = (await control.ask('GET', '/openapi.json')).body as {
      openapi: string;
      paths: Record<string, Record<string, unknown>>;
    };
    expect(document.openapi).toBe('3.1.0');
    const served = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(served.sort()).toEqual([...Object.keys(ROUTES), ...OPEN_ROUTES].sort());
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

  describe.each(Object.entries(ROUTES))('%s', (route, { path, body, scope, stranger: allowed }) => {
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

    it('keeps one tenant’s things from another', async () => {
      const answer = await control.ask(method, path(owner), stranger.apiKey, body);
      expect(allowed).toContain(answer.status);
      for (const secret of ['Very own', owner.endpointId, owner.agentId, owner.numberId, owner.e164])
        expect(answer.text).not.toContain(secret);
      const groups = await control.ask('GET', '/v1/caller-groups', owner.apiKey);
      expect(groups.body).toEqual({ items: [{ key: 'vip', name: 'Very own', greeting: '', members: 1 }] });
    });
  });
});

describe('publishing an agent', () => {
  it('makes a version callers get, and the same content again makes none', async () => {
    const { apiKey, agentId, e164 } = await control.operator();
    const publish = (content: object) =>
      control.ask('POST', `/v1/agents/${agentId}/versions`, apiKey, content);
    const content = {
      ...CONTENT,
      variants: [
        { key: 'control', weight: 1 },
        { key: 'short', weight: 1, instructions: 'Be very brief.' },
      ],
      limits: { budgetUsd: 2 },
    };
    expect(await publish(content)).toMatchObject({ status: 201, body: { version: 2, isNew: true } });
    expect(await publish(content)).toMatchObject({ status: 200, body: { version: 2, isNew: false } });
    const number = await new AgentDirectory(control.dataSource).findByNumber(e164);
    expect(number).toMatchObject({
      agent: { agentVersion: 2, instructions: 'Be brief.', limits: { budgetUsd: 2 } },
      experiment: { name: 'default', variants: [{ key: 'control' }, { key: 'short' }] },
    });
    expect((await control.ask('GET', `/v1/agents/${agentId}/versions`, apiKey)).body).toMatchObject({
      items: [
        { version: 2, isPublished: true },
        { version: 1, isPublished: false },
      ],
    });
    expect((await control.ask('GET', `/v1/agents/${agentId}/versions/1`, apiKey)).body).toMatchObject({
      version: 1,
      content: { instructions: 'Be kind.' },
    });
  });

  it('under the same key is done once, though other content was published meanwhile', async () => {
    const { apiKey, agentId } = await control.operator();
    const key = randomUUID();
    const publish = (instructions: string, under: string) =>
      control.ask('POST', `/v1/agents/${agentId}/versions`, apiKey, { ...CONTENT, instructions }, under);
    const first = await publish('First.', key);
    await publish('Second.', randomUUID());
    expect((await publish('First.', key)).text).toBe(first.text);
    expect((await control.ask('GET', '/v1/agents', apiKey)).body).toMatchObject({
      items: [{ publishedVersion: 3 }],
    });
    expect(
      (await control.ask('POST', `/v1/agents/${agentId}/versions`, apiKey, CONTENT, null)).body,
    ).toMatchObject({ code: 'idempotency-key-missing' });
  });

  it('tells what is wrong with the content, by field', async () => {
    const { apiKey, agentId } = await control.operator();
    const refusal = async (change: object) => {
      const { status, body } = await control.ask('POST', `/v1/agents/${agentId}/versions`, apiKey, {
        ...CONTENT,
        ...change,
      });
      return `${status} ${String(body['detail'])}`;
    };
    expect(await refusal({ name: '' })).toMatch(/^400 .*name/);
    expect(await refusal({ greting: 'Hello' })).toMatch(/^400 .*greting/);
    expect(
      await refusal({
        variants: [
          { key: 'a', weight: 1 },
          { key: 'a', weight: 1 },
        ],
      }),
    ).toMatch(/^400 .*same key/);
    expect(await refusal({ variants: [{ key: 'a', weight: -1 }] })).toMatch(/^400 .*variants.*weight/);
    expect(await refusal({ maxDurationMs: 1 })).toMatch(/^400 .*maxDurationMs/);
    expect(await refusal({ idle: { afterMS: 5_000 } })).toMatch(/^400 .*idle\.afterMS.*no such field/);
    expect(await refusal({ variants: [{ key: 'a', weight: 1, interruption: { fade: 10 } }] })).toMatch(
      /^400 .*variants\.0\.interruption\.fade/,
    );
    expect(await refusal({ language: 'en_US' })).toMatch(/^400 .*language tag/);
    expect(await refusal({ timeZone: 'Mars/Olympus' })).toMatch(/^400 .*timeZone/);
    expect(await refusal({ instructions: 'x'.repeat(32_001) })).toMatch(/^400 .*instructions/);
    expect(await refusal({ greeting: 'Hello {{frist_name}}.' })).toMatch(/^400 .*frist_name/);
    expect(await refusal({ idle: { afterMs: 1 } })).toMatch(/^400 .*idle\.afterMs/);
    expect(
      await refusal({
        tools: ['end_call', 'make_coffee'],
        rules: [{ when: { kind: 'after-ms', ms: 5_000 }, change: { tools: ['dance'] } }],
      }),
    ).toMatch(/^400 .*make_coffee.*dance/);
    expect(await refusal({ ladder: [{ kind: 'transfer', department: 'nowhere' }] })).toMatch(
      /^400 .*nowhere/,
    );
    expect((await control.ask('GET', `/v1/agents/${agentId}/versions`, apiKey)).body['items']).toHaveLength(
      1,
    );
  });

  it('takes languages in any spelling, and settings by the name of a preset', async () => {
    const { apiKey, agentId } = await control.operator();
    const published = await control.ask('POST', `/v1/agents/${agentId}/versions`, apiKey, {
      ...CONTENT,
      texts: { 'ES-mx': { greeting: 'Hola.' } },
      turnDetection: { kind: 'preset', preset: 'noisy' },
    });
    expect(published).toMatchObject({ status: 201 });
    const { body } = await control.ask(
      'GET',
      `/v1/agents/${agentId}/versions/${String(published.body['version'])}`,
      apiKey,
    );
    expect(body).toMatchObject({
      content: {
        texts: { 'es-MX': { greeting: 'Hola.' } },
        turnDetection: { kind: 'server-vad', threshold: 0.75 },
      },
    });
  });

  it('begins with making an agent', async () => {
    const { apiKey } = await control.operator();
    const made = await control.ask('POST', '/v1/agents', apiKey, { name: 'Tom' });
    expect(made).toMatchObject({ status: 201, body: { name: 'Tom', publishedVersion: null } });
    expect(
      await control.ask('POST', `/v1/agents/${String(made.body['id'])}/versions`, apiKey, CONTENT),
    ).toMatchObject({ status: 201, body: { version: 1 } });
  });
});

describe('callers', () => {
  it('are grouped, blocked and let in as set, by number or by beginning', async () => {
    const { apiKey, tenantId, numberId, e164 } = await control.operator();
    const put = async (path: string, body?: object) => (await control.ask('PUT', path, apiKey, body)).status;
    expect(await put('/v1/caller-groups/primary', { name: 'Primary', greeting: 'Welcome back.' })).toBe(204);
    expect(await put('/v1/caller-groups/area', { name: 'The area' })).toBe(204);
    expect(await put('/v1/caller-groups/primary/members/%2B1%20(202)%20555-0123')).toBe(204);
    expect(await put('/v1/caller-groups/primary/members/%2B12025550123')).toBe(204);
    expect(await put('/v1/caller-groups/area/members/%2B1202*')).toBe(204);
    expect(await put('/v1/blocked-callers/%2B12025550166', { note: 'Rude.' })).toBe(204);
    expect(await put('/v1/blocked-callers/%2B120255501*', { numberId })).toBe(204);
    expect(await put('/v1/blocked-callers/%2B120255501*', { numberId, note: 'Again.' })).toBe(204);
    const changed = await control.ask('PATCH', `/v1/numbers/${numberId}`, apiKey, {
      accessMode: 'allow-list',
      allowedGroups: ['area'],
      language: 'ES-mx',
      refusalText: 'Sorry.',
      withheldCallers: 'refuse',
      unverifiedCallers: 'distrust',
    });
    expect(changed).toMatchObject({
      status: 200,
      body: {
        accessMode: 'allow-list',
        allowedGroups: ['area'],
        language: 'es-MX',
        refusalText: 'Sorry.',
        withheldCallers: 'refuse',
        unverifiedCallers: 'distrust',
        isAlwaysOpen: true,
      },
    });
    const find = (caller: string) => new CallerDirectory(control.dataSource).find(tenantId, numberId, caller);
    expect(await find('+12025550123')).toMatchObject({
      isBlocked: true,
      groups: [
        { key: 'primary', greeting: 'Welcome back.', isAllowed: false },
        { key: 'area', isAllowed: true },
      ],
    });
    expect(await find('+12025559999')).toMatchObject({
      isBlocked: false,
      groups: [{ key: 'area', isAllowed: true }],
    });
    expect(await find('+49301234567')).toMatchObject({ isBlocked: false, groups: [] });
    expect((await control.ask('GET', '/v1/blocked-callers?limit=1', apiKey)).body).toMatchObject({
      items: [{ pattern: '+120255501*', numberId, note: 'Again.' }],
      nextCursor: expect.any(String),
    });
    await control.ask('DELETE', `/v1/blocked-callers/%2B120255501*?numberId=${numberId}`, apiKey);
    expect(await find('+12025550123')).toMatchObject({ isBlocked: false });
    expect((await new AgentDirectory(control.dataSource).findByNumber(e164))?.access).toEqual({
      mode: 'allow-list',
      withheldCallers: 'refuse',
      unverifiedCallers: 'distrust',
      refusalText: 'Sorry.',
    });
  });

  it('are listed page by page', async () => {
    const { apiKey } = await control.operator();
    await control.ask('PUT', '/v1/caller-groups/many', apiKey, { name: 'Many' });
    expect((await control.ask('GET', '/v1/caller-groups/many/members', apiKey)).body).toEqual({
      items: [],
      nextAfter: null,
    });
    for (let index = 0; index < 5; index += 1)
      await control.ask('PUT', `/v1/caller-groups/many/members/%2B1202555013${index}`, apiKey);
    const seen: string[] = [];
    let after = '';
    do {
      const page = (
        await control.ask(
          'GET',
          `/v1/caller-groups/many/members?limit=2${after && `&after=${encodeURIComponent(after)}`}`,
          apiKey,
        )
      ).body as { items: string[]; nextAfter: string | null };
      seen.push(...page.items);
      after = page.nextAfter ?? '';
    } while (after);
    expect(seen).toEqual([0, 1, 2, 3, 4].map((index) => `+1202555013${index}`));
  });

  it('of a number are not left without anybody who may call', async () => {
    const { apiKey, numberId } = await control.operator();
    await control.ask('PUT', '/v1/caller-groups/primary', apiKey, { name: 'Primary' });
    const change = async (body: object) => {
      const answer = await control.ask('PATCH', `/v1/numbers/${numberId}`, apiKey, body);
      return answer.status === 200 ? '200' : `${answer.status} ${answer.body['code'] as string}`;
    };
    expect(await change({ accessMode: 'allow-list' })).toBe('422 nobody-may-call');
    expect(await change({ accessMode: 'allow-list', allowedGroups: ['primary', 'nobody'] })).toBe(
      '422 unknown-group',
    );
    expect(await change({ agentId: randomUUID() })).toBe('422 unknown-agent');
    expect((await control.ask('GET', '/v1/numbers', apiKey)).body).toMatchObject({
      items: [{ accessMode: 'open', allowedGroups: [] }],
    });
    expect(await change({ accessMode: 'allow-list', allowedGroups: ['primary'] })).toBe('200');
    expect(await change({ allowedGroups: [] })).toBe('422 nobody-may-call');
    expect(await control.ask('DELETE', '/v1/caller-groups/primary', apiKey)).toMatchObject({
      status: 409,
      body: { code: 'group-in-use' },
    });
    expect(await change({ accessMode: 'open', allowedGroups: [] })).toBe('200');
    expect((await control.ask('DELETE', '/v1/caller-groups/primary', apiKey)).status).toBe(204);
  });

  it('are refused as malformed', async () => {
    const { apiKey, numberId } = await control.operator();
    const bad: [string, string, unknown?][] = [
      ['PUT', '/v1/caller-groups/Primary', { name: 'x' }],
      ['PUT', '/v1/caller-groups/primary', { name: '' }],
      ['PUT', '/v1/caller-groups/primary/members/2025550123'],
      ['PUT', '/v1/blocked-callers/*', {}],
      ['PUT', '/v1/blocked-callers/%2B1202*555', {}],
      ['PATCH', `/v1/numbers/${numberId}`, {}],
      ['PATCH', `/v1/numbers/${numberId}`, { language: 'not a language' }],
      ['PUT', '/v1/departments/sales', { ...DEPARTMENT, address: '5550123' }],
      [
        'PUT',
        '/v1/departments/sales',
        { ...DEPARTMENT, hours: [{ weekday: 1, opens: '10:00', closes: '10:00' }] },
      ],
      [
        'PUT',
        '/v1/departments/sales',
        { ...DEPARTMENT, hours: [{ weekday: 1, opens: '9:00', closes: '25:00' }] },
      ],
      [
        'PUT',
        '/v1/departments/sales',
        { ...DEPARTMENT, hours: [{ weekday: 1, opensMinute: 480, closesMinute: 1020 }] },
      ],
      ['PUT', '/v1/departments/sales', { ...DEPARTMENT, ringMs: 1 }],
      ['PUT', '/v1/spending/budget', { dailyUsd: -1, monthlyUsd: null }],
      ['GET', '/v1/spending?month=2026-13'],
    ];
    for (const [method, path, body] of bad) {
      const answer = await control.ask(method, path, apiKey, body);
      expect([method, path, answer.status]).toEqual([method, path, 400]);
    }
  });
});

describe('departments', () => {
  it('are what a call may be put through to, from the next call on', async () => {
    const { apiKey, e164 } = await control.operator();
    await control.ask('PUT', '/v1/departments/sales', apiKey, DEPARTMENT);
    await control.ask('PUT', '/v1/departments/manager', apiKey, {
      name: 'the manager',
      address: 'sip:manager@example.com',
    });
    const directory = async () =>
      (await new AgentDirectory(control.dataSource).findByNumber(e164))?.agent?.directory;
    expect(await directory()).toEqual([
      {
        key: 'manager',
        name: 'the manager',
        address: 'sip:manager@example.com',
        mode: 'warm',
        ringMs: 25_000,
        hours: [],
      },
      { key: 'sales', ...DEPARTMENT, hours: [{ weekday: 1, opensMinute: 480, closesMinute: 1020 }] },
    ]);
    expect((await control.ask('GET', '/v1/departments', apiKey)).body).toMatchObject({
      items: [
        { key: 'manager', hours: [] },
        { key: 'sales', ...DEPARTMENT },
      ],
    });
    await control.ask('DELETE', '/v1/departments/sales', apiKey);
    expect(await directory()).toHaveLength(1);
  });

  it('are not more than a call can know of', async () => {
    const { apiKey } = await control.operator();
    for (let index = 0; index < 50; index += 1)
      expect((await control.ask('PUT', `/v1/departments/d${index}`, apiKey, DEPARTMENT)).status).toBe(204);
    expect(await control.ask('PUT', '/v1/departments/one-more', apiKey, DEPARTMENT)).toMatchObject({
      status: 422,
      body: { code: 'too-many-departments' },
    });
    expect((await control.ask('PUT', '/v1/departments/d7', apiKey, DEPARTMENT)).status).toBe(204);
  });
});

describe('money', () => {
  const call = (
    { tenantId }: Operator,
    admittedAt: string,
    micros: number | null,
    change: Partial<CallRecord> = {},
  ): CallRecord => ({
    callId: randomUUID() as CallId,
    tenantId,
    status: 'completed',
    direction: 'inbound',
    channel: 'twilio',
    from: '+12025550123',
    to: '+12025550100',
    carrierCallId: 'CA1',
    attestation: null,
    agent: null,
    modelKind: 'openai-realtime',
    language: 'en-US',
    variantKey: 'short',
    callerGroup: 'primary',
    admittedAt: new Date(admittedAt),
    answeredAt: null,
    endedAt: null,
    durationMs: null,
    termination: termination('agent-goodbye'),
    latencies: {},
    usage: [],
    cost:
      micros === null
        ? null
        : {
            micros,
            unpriced: 1,
            models: [
              {
                provider: 'openai-realtime',
                model: 'gpt-realtime-2.1',
                micros,
                byModality: {
                  textIn: 0,
                  textCached: 0,
                  textOut: 0,
                  audioIn: 0,
                  audioCached: 0,
                  audioOut: micros,
                  transcription: 0,
                },
              },
            ],
          },
    models: [{ provider: 'openai-realtime', model: 'gpt-realtime-2.1', fromMs: 300 }],
    missingEvents: 0,
    eventCount: 1,
    legs: [],
    utterances: [],
    toolCalls: [],
    recordings: [],
    disposition: null,
    ...change,
  });

  it('is told per call by model and modality, and calls are found by what they were', async () => {
    const operator = await control.operator();
    const told = call(operator, '2026-11-25T15:00:00Z', 1_250_000);
    for (const record of [
      told,
      call(operator, '2026-11-25T16:00:00Z', null, { variantKey: null, callerGroup: null, language: 'es' }),
    ])
      await control.calls.record(record);
    const found = async (query: string) =>
      ((await control.ask('GET', `/v1/calls?${query}`, operator.apiKey)).body['items'] as unknown[]).length;
    expect([
      await found('variant=short'),
      await found('callerGroup=primary'),
      await found('language=es'),
      await found(''),
    ]).toEqual([1, 1, 1, 2]);
    const detail = (await control.ask('GET', `/v1/calls/${told.callId}`, operator.apiKey)).body;
    expect(detail).toMatchObject({
      variantKey: 'short',
      callerGroup: 'primary',
      language: 'en-US',
      costUsd: 1.25,
      cost: {
        usd: 1.25,
        isComplete: false,
        models: [{ model: 'gpt-realtime-2.1', usd: 1.25, byModality: { audioOut: 1.25, textIn: 0 } }],
      },
    });
    expect((await control.ask('GET', '/v1/calls?language=es', operator.apiKey)).body).toMatchObject({
      items: [{ costUsd: null, variantKey: null }],
    });
  });

  it('is summed per day of the tenant’s own calendar', async () => {
    const operator = await control.operator();
    // Midnight in New York is 5 o'clock UTC in November.
    for (const at of [
      '2026-11-01T03:59:59Z',
      '2026-11-01T04:00:00Z',
      '2026-11-25T04:59:59Z',
      '2026-11-25T05:00:00Z',
      '2026-12-01T04:59:59Z',
      '2026-12-01T05:00:00Z',
    ]) {
      await control.calls.record(call(operator, at, 1_000_000));
    }
    expect((await control.ask('GET', '/v1/spending?month=2026-11', operator.apiKey)).body).toEqual({
      month: '2026-11',
      usd: 4,
      days: ['2026-11-01', '2026-11-24', '2026-11-25', '2026-11-30'].map((date) => ({
        date,
        calls: 1,
        usd: 1,
        unpriced: 1,
      })),
    });
  });

  it('has limits that the door knows of, and none to begin with', async () => {
    const { apiKey, e164 } = await control.operator();
    expect((await control.ask('GET', '/v1/spending/budget', apiKey)).body).toEqual({
      dailyUsd: null,
      monthlyUsd: null,
      warnShare: 0.8,
    });
    expect(
      (
        await control.ask('PUT', '/v1/spending/budget', apiKey, {
          dailyUsd: 12.5,
          monthlyUsd: 200,
          warnShare: 0.9,
        })
      ).body,
    ).toEqual({ dailyUsd: 12.5, monthlyUsd: 200, warnShare: 0.9 });
    expect((await new AgentDirectory(control.dataSource).findByNumber(e164))?.tenant.budget).toEqual({
      dailyMicros: 12_500_000,
      monthlyMicros: 200_000_000,
      warnShare: 0.9,
    });
  });
});
