import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RunningControl, type Operator } from '../test/running-control.ts';

const CONTENT = {
  name: 'Sarah',
  companyName: 'Spec',
  timeZone: 'America/New_York',
  instructions: 'Be brief.',
  model: { kind: 'guided' },
};
const DEPARTMENT = { name: 'Sales', address: '+12025550199' };

describe('text that cannot be stored or seen', () => {
  let control: RunningControl;
  let own: Operator;
  beforeAll(async () => {
    control = await RunningControl.start();
    own = await control.operator();
  });
  afterAll(() => control.stop());

  const refused = async (method: string, path: string, body?: object) => {
    const answer = await control.ask(
      method,
      path.replace('{agent}', own.agentId).replace('{number}', own.numberId),
      own.apiKey,
      body,
    );
    return [
      answer.status,
      answer.body['code'],
      [...new Set((answer.body['errors'] as { field: string }[] | undefined)?.map(({ field }) => field))],
    ];
  };

  it.each(['from', 'to', 'variant', 'callerGroup', 'language', 'cursor'])(
    'is refused in the filter %s of calls',
    async (field) => {
      expect(await refused('GET', `/v1/calls?${field}=xx%00y`)).toEqual([400, 'invalid-request', [field]]);
    },
  );

  it('is refused in the filter of a group’s members', async () => {
    expect(await refused('GET', '/v1/caller-groups/vip/members?after=%00')).toEqual([
      400,
      'invalid-request',
      ['after'],
    ]);
  });

  it.each([
    ['name', 'POST', '/v1/agents', { name: '\u200b' }],
    ['name', 'POST', '/v1/agents', { name: '\0' }],
    ['name', 'PUT', '/v1/caller-groups/vip', { name: '\u00ad' }],
    ['greeting', 'PUT', '/v1/caller-groups/vip', { name: 'VIP', greeting: 'Hello\0' }],
    ['name', 'PUT', '/v1/departments/sales', { ...DEPARTMENT, name: '\u200b' }],
    ['note', 'PUT', '/v1/blocked-callers/%2B12025550166', { note: 'x\0' }],
    ['refusalText', 'PATCH', '/v1/numbers/{number}', { refusalText: 'No\ud800' }],
    ['name', 'PATCH', '/v1/tenant', { name: '\u200b' }],
    ['name', 'POST', '/v1/api-keys', { name: 'x\0', scopes: ['calls:read'] }],
    ['name', 'POST', '/v1/closed-dates', { date: '2026-12-25', name: '\u200b' }],
    ['refusalText', 'POST', '/v1/numbers', { e164: '+12025550401', refusalText: 'No\ud800' }],
    ['url', 'POST', '/v1/webhook-endpoints', { url: 'https://example.com/x\0y' }],
    ['description', 'POST', '/v1/webhook-endpoints', { url: 'https://example.com/x', description: '\0' }],
    ['name', 'POST', '/v1/agents/{agent}/versions', { ...CONTENT, name: '\u200b' }],
    ['companyName', 'POST', '/v1/agents/{agent}/versions', { ...CONTENT, companyName: ' ' }],
    ['instructions', 'POST', '/v1/agents/{agent}/versions', { ...CONTENT, instructions: 'x\0' }],
    [
      'texts.es.greeting',
      'POST',
      '/v1/agents/{agent}/versions',
      { ...CONTENT, texts: { es: { greeting: '\0' } } },
    ],
  ])('is refused in the body: %s of %s %s', async (field, method, path, body) => {
    expect(await refused(method, path, body)).toEqual([400, 'invalid-request', [field]]);
  });
});
