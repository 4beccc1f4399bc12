import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { AGENT_CONTENT } from '../test/given.ts';
import { RunningControl, type Operator } from '../test/running-control.ts';

jest.setTimeout(60_000);

let control: RunningControl;
let own: Operator;
beforeAll(async () => {
  control = await RunningControl.start();
  own = await control.operator();
  await control.ask('PUT', '/v1/secrets/SHOP', own.apiKey, { value: 'abc' });
});
afterAll(() => control.stop());

const SERVER = {
  name: 'shop',
  url: 'https://93.184.216.34/mcp',
  headers: { authorization: 'Bearer {secret:SHOP}' },
  tools: ['find-order'],
};
const publish = (content: object) =>
  control.ask('POST', `/v1/agents/${own.agentId}/versions`, own.apiKey, {
    ...AGENT_CONTENT,
    tools: ['shop_find_order'],
    ...content,
  });
const problems = async (content: object) => {
  const { status, body } = await publish(content);
  const errors = (body['errors'] ?? []) as { message: string }[];
  return [status, ...errors.map(({ message }) => message)].join('\n');
};
const serverProblems = (change: object, content: object = {}) =>
  problems({ mcpServers: [{ ...SERVER, ...change }], ...content });

describe('publishing an agent with servers', () => {
  it.each<[string, object, RegExp]>([
    ['a name with an underscore', { name: 'my_shop' }, /mcpServers\.0\.name must be lower-case/],
    ['no tool at all', { tools: [] }, /mcpServers\.0\.tools/],
    [
      'a tool nobody offers',
      { tools: ['find-order', 'other'] },
      /tools\.1\.name is never called: name shop_other/,
    ],
    ['two tools of one name', { tools: ['find-order', 'find.order'] }, /two tools are named shop_find_order/],
    ['a name that is too long', { tools: ['x'.repeat(70)] }, /has more than 64 characters/],
    ['a secret there is not', { headers: { 'x-key': '{secret:MISSING}' } }, /there is no secret MISSING/],
    ['a header of the protocol', { headers: { 'Mcp-Session-Id': 'a' } }, /is a header Tandem sets itself/],
    ['a private address', { url: 'https://10.0.0.1/mcp' }, /url must not be a private/],
    ['metadata of the cloud', { url: 'https://169.254.169.254/mcp' }, /url must not be a private/],
    ['this machine, by its name', { url: 'https://localhost/mcp' }, /private or reserved/],
    ['plain http', { url: 'http://93.184.216.34/mcp' }, /must begin with https/],
    ['credentials', { url: 'https://a:b@93.184.216.34/mcp' }, /mcpServers\.0\.url must be a URL/],
    ['a placeholder', { url: 'https://93.184.216.34/{id}' }, /mcpServers\.0\.url must be a URL/],
    ['a confirmation that is none', { tools: [{ name: 'find-order', confirm: 'yes' }] }, /tools\.0\.confirm/],
    ['a field nobody knows', { retries: 3 }, /mcpServers\.0\.retries: there is no such field/],
  ])('refuses %s', async (_what, change, message) => {
    const told = await serverProblems(change);
    expect(told).toMatch(/^400/);
    expect(told).toMatch(message);
  });

  it('refuses two servers of one name, and a tool that has the name of another', async () => {
    expect(await problems({ mcpServers: [SERVER, SERVER] })).toMatch(/two servers have the same name/);
    const many = Array.from({ length: 5 }, (_, at) => ({
      ...SERVER,
      name: `shop${at}`,
      tools: Array.from({ length: 10 }, (_tool, index) => `t${index}`),
    }));
    expect(await problems({ mcpServers: many })).toMatch(/at most 40 tools together/);
    const taken = await serverProblems({ name: 'end', tools: ['call'] }, { tools: ['end_call'] });
    expect(taken).toMatch(/there is a tool end_call already/);
  });

  it('publishes nothing while no worker can ask the server', async () => {
    const { status, body } = await publish({ mcpServers: [SERVER] });
    expect([status, body['code']]).toEqual([503, 'tool-worker-unavailable']);
    const { body: agent } = await control.ask('GET', `/v1/agents/${own.agentId}`, own.apiKey);
    expect(agent['publishedVersion']).toBe(1);
  });

  it.each<[string, object, object, RegExp]>([
    [
      'no model that can call tools',
      {},
      { model: { kind: 'guided' }, ladder: [{ kind: 'message' }] },
      /mcpServers\.0\.runBy is not possible: no model of this agent/,
    ],
    ['a private address', { url: 'https://10.0.0.1/mcp' }, {}, /url must not be a private/],
    ['an address without encryption', { url: 'http://93.184.216.34/mcp' }, {}, /must begin with https/],
    [
      'a limit that only a worker can count',
      {},
      { toolPolicy: { shop_find_order: { maxPerCall: 3, maxPerDay: 9 } } },
      /toolPolicy\.shop_find_order\.maxPerDay cannot be kept to/,
    ],
    [
      'fields of a result that the model sees whole',
      { tools: [{ name: 'find-order', response: { fields: { a: 'a' } } }] },
      {},
      /tools\.0\.response\.fields is not possible where the provider/,
    ],
  ])('refuses a server that the provider of the model calls with %s', async (_what, change, content, why) => {
    const realtime = { model: { kind: 'openai-realtime' } };
    const told = await serverProblems({ runBy: 'provider', ...change }, { ...realtime, ...content });
    expect(told).toMatch(/^400/);
    expect(told).toMatch(why);
  });

  it('has nothing to ask for again where no version is published', async () => {
    const made = await control.ask('POST', '/v1/agents', own.apiKey, { name: 'New' });
    const path = `/v1/agents/${String(made.body['id'])}/mcp/refresh`;
    expect((await control.ask('POST', path, own.apiKey)).body).toMatchObject({ code: 'nothing-published' });
  });

  it('has a version without servers as it is when they are asked for again', async () => {
    const path = `/v1/agents/${own.agentId}/mcp/refresh`;
    const refreshed = await control.ask('POST', path, own.apiKey);
    expect([refreshed.status, refreshed.body]).toEqual([200, { version: 1, isNew: false }]);
  });

  it('publishes a server that a model of the ladder can call, and asks it for nothing', async () => {
    const { status, body } = await publish({
      mcpServers: [{ ...SERVER, runBy: 'provider', tools: [{ name: 'find-order', confirm: true }] }],
      ladder: [{ kind: 'model', model: { kind: 'openai-realtime' } }, { kind: 'message' }],
      toolPolicy: { shop_find_order: { maxPerCall: 1 } },
    });
    expect([status, body['isNew']]).toEqual([201, true]);
    const version = `/v1/agents/${own.agentId}/versions/${String(body['version'])}`;
    const stored = await control.ask('GET', version, own.apiKey);
    expect(stored.body).toMatchObject({
      content: { mcpServers: [{ runBy: 'provider', tools: [{ confirm: true, declared: null }] }] },
    });
    const refreshed = await control.ask('POST', `/v1/agents/${own.agentId}/mcp/refresh`, own.apiKey);
    expect([refreshed.status, refreshed.body['isNew']]).toEqual([200, false]);
  });
});
