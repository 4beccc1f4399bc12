import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AGENT_CONTENT } from '../test/given.ts';
import { RunningControl, type Operator } from '../test/running-control.ts';

let control: RunningControl;
let own: Operator;
beforeAll(async () => {
  control = await RunningControl.start();
  own = await control.operator();
  await control.ask('PUT', '/v1/secrets/ORDERS_TOKEN', own.apiKey, { value: 'abc' });
});
afterAll(() => control.stop());

const TOOL = {
  name: 'find_order',
  description: 'Finds an order by its number.',
  parameters: {
    type: 'object',
    properties: { orderId: { type: 'string', minLength: 3 }, full: { type: 'boolean' } },
    required: ['orderId'],
  },
  url: 'https://93.184.216.34/orders/{orderId}?full={full}&from={call.callerNumber}',
  headers: { authorization: 'Bearer {secret:ORDERS_TOKEN}' },
};
const publish = (content: object) =>
  control.ask('POST', `/v1/agents/${own.agentId}/versions`, own.apiKey, {
    ...AGENT_CONTENT,
    tools: ['find_order', 'end_call'],
    ...content,
  });
const problems = async (content: object) => {
  const { status, body } = await publish(content);
  const errors = (body['errors'] ?? []) as { message: string }[];
  return [status, ...errors.map(({ message }) => message)];
};
const toolProblems = (change: object) => problems({ httpTools: [{ ...TOOL, ...change }] });

describe('publishing an agent with HTTP tools', () => {
  it('takes a tool with arguments, facts of the call and a secret; its defaults are filled in', async () => {
    const published = await publish({
      httpTools: [TOOL],
      toolPolicy: { find_order: { maxPerCall: 3, maxPerCallerPerDay: 5 } },
    });
    expect([published.status, published.text]).toEqual([201, expect.any(String)]);
    const path = `/v1/agents/${own.agentId}/versions/${String(published.body['version'])}`;
    expect((await control.ask('GET', path, own.apiKey)).body).toMatchObject({
      content: { httpTools: [{ ...TOOL, method: 'GET', timeoutMs: 8_000, response: { fields: {} } }] },
    });
  });

  it.each<[string, object, RegExp]>([
    ['a name with capitals', { name: 'FindOrder' }, /httpTools\.0\.name must begin with a letter/],
    ['a name that is taken', { name: 'end_call' }, /httpTools\.0\.name: there is a tool end_call already/],
    ['a name nobody offers', { name: 'lost_tool' }, /httpTools\.0\.name is never called/],
    ['no description', { description: ' ' }, /httpTools\.0\.description/],
    [
      'a placeholder in the host',
      { url: 'https://{orderId}.example.com/' },
      /httpTools\.0\.url must be a URL/,
    ],
    ['a placeholder as scheme', { url: '{orderId}://example.com/' }, /httpTools\.0\.url must be a URL/],
    ['credentials', { url: 'https://a:b@example.com/' }, /httpTools\.0\.url must be a URL/],
    [
      'a placeholder as name in the query',
      { url: 'https://example.com/?{orderId}=1' },
      /values of its query/,
    ],
    ['a fragment', { url: 'https://example.com/#{orderId}' }, /httpTools\.0\.url must be a URL/],
    ['an argument nobody declares', { url: 'https://example.com/{nothing}' }, /\{nothing\} is none/],
    [
      'an optional argument in the path',
      { url: 'https://93.184.216.34/{full}' },
      /must have required arguments/,
    ],
    ['a way up', { url: 'https://93.184.216.34/a/../{orderId}' }, /must not have/],
    ['a private address', { url: 'https://10.0.0.1/{orderId}' }, /httpTools\.0\.url must not be a private/],
    ['metadata of the cloud', { url: 'https://169.254.169.254/{orderId}' }, /must not be a private/],
    ['this machine, by its name', { url: 'https://localhost/{orderId}' }, /private or reserved/],
    ['plain http', { url: 'http://93.184.216.34/{orderId}' }, /must begin with https/],
    ['a port of something else', { url: 'https://93.184.216.34:6379/{orderId}' }, /port 443 or 8443/],
    ['a secret there is not', { headers: { 'x-key': '{secret:MISSING}' } }, /there is no secret MISSING/],
    [
      'an argument in a header',
      { headers: { 'x-order': '{orderId}' } },
      /must hold no braces but \{secret:NAME\}/,
    ],
    ['a header of the connection', { headers: { Host: 'evil' } }, /is a header Tandem sets itself/],
    ['a header with a line break', { headers: { 'x-a': 'b\r\nc: d' } }, /printable ASCII/],
    [
      'an argument that every object has',
      {
        parameters: { type: 'object', properties: { constructor: { type: 'string' } } },
        url: 'https://93.184.216.34/',
      },
      /constructor must be named/,
    ],
    ['a pattern', { parameters: text({ pattern: '(a+)+$' }) }, /orderId\.pattern is not supported/],
    ['a reference', { parameters: text({ $ref: 'https://evil.example/' }) }, /\$ref is not supported/],
    ['arguments without an object', { parameters: { type: 'string' } }, /parameters\.type must be "object"/],
    ['a type there is not', { parameters: text({ type: 'null' }) }, /orderId\.type must be one of/],
    ['arguments nested too deep', { parameters: nested(5) }, /nested deeper than 4/],
    ['a body for GET', { body: { kind: 'arguments' } }, /httpTools\.0\.body must be left out for GET/],
    [
      'a body that names nothing',
      { method: 'POST', body: { kind: 'template', template: { a: ['{b}'] } } },
      /body\.template must name arguments only: \{b\} is none/,
    ],
    ['too much time', { timeoutMs: 20_001 }, /httpTools\.0\.timeoutMs/],
    ['a field that is no path', { response: { fields: { a: 'b[0]' } } }, /response\.fields\.a/],
    ['a field nobody knows', { retries: 3 }, /httpTools\.0\.retries: there is no such field/],
  ])('refuses %s', async (_what, change, message) => {
    const [status, ...errors] = await toolProblems(change);
    expect(status).toBe(400);
    expect(errors.join('\n')).toMatch(message);
  });

  it('refuses two tools of one name, more than twenty, and limits of what has none', async () => {
    expect((await problems({ httpTools: [TOOL, TOOL] })).join()).toMatch(/two tools have the same name/);
    const many = Array.from({ length: 21 }, (_, index) => ({ ...TOOL, name: `tool_${index}` }));
    expect((await problems({ httpTools: many })).join()).toMatch(/httpTools/);
    const [, ...errors] = await problems({
      httpTools: [TOOL],
      toolPolicy: { end_call: { maxPerCall: 1 }, dance: { maxPerCall: 1 }, find_order: { maxPerCall: 0 } },
    });
    expect(errors.join('\n')).toMatch(/toolPolicy\.find_order\.maxPerCall/);
    const confirm = { find_order: { confirm: true } };
    expect(await problems({ httpTools: [TOOL], toolPolicy: confirm })).toEqual([201]);
    const wrong = await problems({ httpTools: [TOOL], toolPolicy: { find_order: { confirm: 'yes' } } });
    expect(wrong.join('\n')).toMatch(/toolPolicy\.find_order\.confirm/);
    const [, ...others] = await problems({
      httpTools: [TOOL],
      toolPolicy: { end_call: { maxPerCall: 1 }, dance: { maxPerCall: 1 } },
    });
    expect(others.join('\n')).toMatch(/end_call changes the call itself.*\n.*there is no tool dance/);
  });

  it('refuses a limit by value of what is no number of the tool, or has no limit', async () => {
    const withValue = (value: object) =>
      problems({ httpTools: [TOOL], toolPolicy: { find_order: { value } } }).then((lines) =>
        lines.join('\n'),
      );
    const mustBe = /toolPolicy\.find_order\.value\.argument must name a required argument of find_order/;
    expect(await withValue({ argument: 'orderId', max: 5 })).toMatch(mustBe);
    expect(await withValue({ argument: 'amount', max: 5 })).toMatch(mustBe);
    expect(await withValue({ argument: 'orderId' })).toMatch(/must have at least one of max/);
    expect(await withValue({ argument: 'orderId', max: -1 })).toMatch(/value\.max/);
  });

  it('does not call a faulty tool unknown where it is named', async () => {
    const [, ...errors] = await toolProblems({ url: 'nowhere' });
    expect(errors).toEqual([expect.stringMatching(/^httpTools\.0\.url must be a URL/)]);
  });
});

function text(change: object) {
  return {
    type: 'object',
    properties: { orderId: { type: 'string', ...change }, full: { type: 'boolean' } },
    required: ['orderId'],
  };
}

function nested(levels: number): object {
  const orderId = levels === 1 ? { type: 'string' } : nested(levels - 1);
  return { type: 'object', properties: { orderId, full: { type: 'boolean' } }, required: ['orderId'] };
}
