import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AgentDirectory } from '@tandem/database';
import { RunningControl } from '../test/running-control.ts';

let control: RunningControl;
beforeAll(async () => {
  control = await RunningControl.start();
});
afterAll(() => control.stop());

const dialled = (e164: string) => new AgentDirectory(control.dataSource).findByNumber(e164);

describe('numbers', () => {
  it('are added with an agent, answer the next call, and are gone when they are deleted', async () => {
    const { apiKey, agentId, tenantId } = await control.operator();
    const made = await control.ask('POST', '/v1/numbers', apiKey, { e164: '+1 (202) 555-0300', agentId });
    expect(made).toMatchObject({
      status: 201,
      body: { e164: '+12025550300', agentId, isAlwaysOpen: true, accessMode: 'open', refusalText: '' },
    });
    expect(await dialled('+12025550300')).toMatchObject({
      tenant: { id: tenantId },
      agent: { name: 'Sarah' },
      opening: { isAlwaysOpen: true },
    });
    const path = `/v1/numbers/${String(made.body['id'])}`;
    const one = await control.ask('GET', path, apiKey);
    expect([one.status, one.body]).toEqual([200, made.body]);
    for (const _again of [1, 2]) expect((await control.ask('DELETE', path, apiKey)).status).toBe(204);
    expect(await dialled('+12025550300')).toBeNull();
    expect(await control.ask('GET', path, apiKey)).toMatchObject({
      status: 404,
      body: { code: 'number-not-found' },
    });
  });

  it('are added once per request, and belong to one tenant, however they are written', async () => {
    const [owner, stranger] = [await control.operator(), await control.operator()];
    const key = randomUUID();
    const add = (apiKey: string, e164: string, once?: string) =>
      control.ask('POST', '/v1/numbers', apiKey, { e164 }, once);
    const first = await add(owner.apiKey, '+5493512345678', key);
    expect(await add(owner.apiKey, '+5493512345678', key)).toMatchObject({ status: 201, body: first.body });
    for (const [apiKey, e164] of [
      [owner.apiKey, '+5493512345678'],
      [stranger.apiKey, '+543512345678'],
      [stranger.apiKey, owner.e164],
    ] as const) {
      const answer = await add(apiKey, e164);
      expect([answer.status, answer.body['code']]).toEqual([409, 'number-exists']);
      expect(answer.text).not.toContain(owner.tenantId);
    }
  });

  it('are added by one of two tenants that ask at the same moment', async () => {
    const [one, other] = [await control.operator(), await control.operator()];
    const answers = await Promise.all(
      [
        { apiKey: one.apiKey, e164: '+5493512345600' },
        { apiKey: other.apiKey, e164: '+543512345600' },
      ].map(({ apiKey, e164 }) => control.ask('POST', '/v1/numbers', apiKey, { e164 })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
  });

  it('are refused with settings that cannot work', async () => {
    const [own, stranger] = [await control.operator(), await control.operator()];
    const add = async (body: object) => {
      const answer = await control.ask('POST', '/v1/numbers', own.apiKey, { e164: '+12025550301', ...body });
      return `${answer.status} ${String(answer.body['code'])}`;
    };
    expect(await add({ agentId: stranger.agentId })).toBe('422 unknown-agent');
    expect(await add({ accessMode: 'allow-list' })).toBe('422 nobody-may-call');
    expect(await add({ accessMode: 'allow-list', allowedGroups: ['vip'] })).toBe('422 unknown-group');
    expect(await add({ e164: '2025550301' })).toBe('400 invalid-request');
    expect(await add({ isAlwaysOpen: false })).toBe('400 invalid-request');
    await control.ask('PUT', '/v1/caller-groups/vip', own.apiKey, { name: 'VIP' });
    expect(await add({ accessMode: 'allow-list', allowedGroups: ['vip'] })).toMatch(/^201 /);
  });

  it('are changed only by those who have seen what they are', async () => {
    const { apiKey, numberId } = await control.operator();
    const path = `/v1/numbers/${numberId}`;
    const change = (body: object, tag?: string | null) => control.ask('PATCH', path, apiKey, body, null, tag);
    const tag = (await control.ask('GET', path, apiKey)).headers.get('etag');
    expect(tag).toMatch(/^"[\w-]{22}"$/);
    const first = await change({ language: 'es' }, tag);
    expect([first.status, first.headers.get('etag')]).toEqual([200, expect.not.stringMatching(tag!)]);
    expect(await change({ language: 'fr' }, tag)).toMatchObject({
      status: 412,
      body: { code: 'changed-meanwhile' },
    });
    expect((await control.ask('GET', path, apiKey)).body['language']).toBe('es');
    expect((await change({ language: 'fr' }, first.headers.get('etag'))).status).toBe(200);
    expect((await change({ language: 'de' })).status).toBe(200);
  });
});

describe('opening hours', () => {
  const WEEK = [
    { weekday: 1, opens: '13:00', closes: '17:00' },
    { weekday: 1, opens: '08:00', closes: '12:00' },
    { weekday: 5, opens: '20:00', closes: '24:00' },
  ];
  const SORTED = [WEEK[1], WEEK[0], WEEK[2]];

  it('are set for a number, and apply from the next call on', async () => {
    const { apiKey, numberId, e164 } = await control.operator();
    const path = `/v1/numbers/${numberId}/opening-hours`;
    expect((await control.ask('GET', path, apiKey)).body).toEqual({ isAlwaysOpen: true, hours: [] });
    const put = await control.ask('PUT', path, apiKey, { hours: WEEK });
    expect([put.status, put.body]).toEqual([200, { isAlwaysOpen: false, hours: SORTED }]);
    expect((await dialled(e164))?.opening).toMatchObject({
      isAlwaysOpen: false,
      timeZone: 'America/New_York',
      hours: expect.arrayContaining([{ weekday: 5, opensMinute: 1200, closesMinute: 1440 }]),
    });
    expect((await control.ask('GET', `/v1/numbers/${numberId}`, apiKey)).body['isAlwaysOpen']).toBe(false);
    await control.ask('PUT', path, apiKey, { hours: [], isAlwaysOpen: true });
    expect((await dialled(e164))?.opening).toMatchObject({ isAlwaysOpen: true, hours: [] });
  });

  it('are never so that a number cannot be called at all', async () => {
    const { apiKey, numberId } = await control.operator();
    const close = () => control.ask('PATCH', `/v1/numbers/${numberId}`, apiKey, { isAlwaysOpen: false });
    expect(await close()).toMatchObject({ status: 422, body: { code: 'never-open' } });
    const path = `/v1/numbers/${numberId}/opening-hours`;
    await control.ask('PUT', path, apiKey, { hours: WEEK, isAlwaysOpen: true });
    expect(await close()).toMatchObject({ status: 200, body: { isAlwaysOpen: false } });
    expect((await control.ask('PUT', path, apiKey, { hours: [] })).status).toBe(400);
  });

  it('are changed only by those who have seen what they are', async () => {
    const { apiKey, numberId } = await control.operator();
    const path = `/v1/numbers/${numberId}/opening-hours`;
    const tag = (await control.ask('GET', path, apiKey)).headers.get('etag');
    expect((await control.ask('PUT', path, apiKey, { hours: WEEK }, null, tag)).status).toBe(200);
    expect(await control.ask('PUT', path, apiKey, { hours: WEEK.slice(1) }, null, tag)).toMatchObject({
      status: 412,
      body: { code: 'changed-meanwhile' },
    });
    const now = await control.ask('GET', path, apiKey);
    expect(now.body['hours']).toEqual(SORTED);
    const again = await control.ask('PUT', path, apiKey, { hours: SORTED }, null, now.headers.get('etag'));
    expect([again.status, again.headers.get('etag')]).toEqual([200, now.headers.get('etag')]);
  });

  it.each([
    [[{ weekday: 8, opens: '08:00', closes: '12:00' }]],
    [[{ weekday: 1, opens: '12:00', closes: '08:00' }]],
    [[{ weekday: 1, opens: '8:00', closes: '12:00' }]],
    [
      [
        { weekday: 1, opens: '08:00', closes: '12:00' },
        { weekday: 1, opens: '11:59', closes: '13:00' },
      ],
    ],
    [
      [
        { weekday: 1, opens: '08:00', closes: '12:00' },
        { weekday: 1, opens: '08:00', closes: '12:00' },
      ],
    ],
  ])('are refused as %j', async (hours) => {
    const { apiKey, numberId } = await control.operator();
    const path = `/v1/numbers/${numberId}/opening-hours`;
    expect(await control.ask('PUT', path, apiKey, { hours })).toMatchObject({
      status: 400,
      body: { code: 'invalid-request' },
    });
  });
});
