import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AgentDirectory, CallerDirectory } from '@tandem/database';
import { RunningControl } from '../test/running-control.ts';

let control: RunningControl;
beforeAll(async () => {
  control = await RunningControl.start();
});
afterAll(() => control.stop());

describe('callers', () => {
  it('are grouped, blocked and allowed as configured, by number or by prefix', async () => {
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

  it('of an allow-list number always include at least one group', async () => {
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

  it('are refused when malformed', async () => {
    const { apiKey, numberId } = await control.operator();
    const bad: [string, string, unknown?][] = [
      ['PUT', '/v1/caller-groups/Primary', { name: 'x' }],
      ['PUT', '/v1/caller-groups/primary', { name: '' }],
      ['PUT', '/v1/caller-groups/primary/members/2025550123'],
      ['PUT', '/v1/blocked-callers/*', {}],
      ['PUT', '/v1/blocked-callers/%2B1202*555', {}],
      ['PATCH', `/v1/numbers/${numberId}`, {}],
      ['PATCH', `/v1/numbers/${numberId}`, { language: 'not a language' }],
    ];
    for (const [method, path, body] of bad) {
      const answer = await control.ask(method, path, apiKey, body);
      expect([method, path, answer.status]).toEqual([method, path, 400]);
    }
  });
});
