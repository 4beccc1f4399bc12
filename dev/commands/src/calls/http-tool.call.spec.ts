import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { scripted } from '@tandem/simulators';
import { answer, RunningPlatform } from '../testing/running-platform.ts';

jest.setTimeout(90_000);

const SECRET = 'key-of-the-order-system';

let platform: RunningPlatform;
let orders: Server;
let origin: string;
const received: { readonly url: string; readonly headers: IncomingMessage['headers'] }[] = [];

beforeAll(async () => {
  orders = createServer((request, response) => {
    received.push({ url: request.url ?? '', headers: request.headers });
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ order: { state: 'shipped', internalNote: 'do not tell' } }));
  });
  await new Promise<void>((listening) => orders.listen(0, '127.0.0.1', listening));
  origin = `http://127.0.0.1:${(orders.address() as AddressInfo).port}`;
  platform = await RunningPlatform.start({
    stack: { env: { OUTBOUND_TRUSTED_NETWORKS: '127.0.0.1/32' } },
  });
});
afterAll(async () => {
  await platform.stop();
  orders.close();
});

describe('a tool that an operator declared', () => {
  it('is called by the model, and its answer is what the model speaks of', async () => {
    await platform.change('PUT', '/v1/secrets/ORDERS_KEY', { value: SECRET });
    await platform.publishAsOperator({
      tools: ['find_order', 'end_call'],
      httpTools: [
        {
          name: 'find_order',
          description: 'Finds an order by its number.',
          parameters: {
            type: 'object',
            properties: { orderId: { type: 'string' } },
            required: ['orderId'],
          },
          url: `${origin}/orders/{orderId}?phone={call.callerNumber}`,
          headers: { 'x-api-key': '{secret:ORDERS_KEY}' },
          response: { fields: { state: 'order.state' } },
        },
      ],
      toolPolicy: { find_order: { maxPerCall: 1 } },
    });
    const find = (orderId: string) => ({ name: 'find_order', arguments: { orderId } });
    platform.model.behaviour = scripted({
      turns: [{ ifHeard: '', call: [find('A-1'), find('A-1')], then: { say: 'It is on its way.' } }],
      otherwise: 'Goodbye.',
    });
    const call = platform.ring();
    await answer(call);
    await call.waitForSpeech();
    await call.waitForSilence(600);
    const agent = `/v1/calls/${await platform.callIdOf(call.sid)}/agent`;
    expect((await platform.tell(agent, { tools: ['find_order'] })).status).toBeLessThan(300);
    expect(await platform.tell(agent, { tools: ['find_orders'] })).toMatchObject({ code: 'unknown-tool' });
    call.hangup();
    await call.ended;
    const session = platform.model.sessions.at(-1)!;
    expect(session.mistakes).toEqual({});
    expect(JSON.stringify(session.config)).toContain('Finds an order by its number.');
    expect(received).toEqual([
      {
        url: '/orders/A-1?phone=%2B12025550123',
        headers: expect.objectContaining({ 'x-api-key': SECRET }),
      },
    ]);
    const recorded = await platform.recorded(call.sid);
    expect(recorded.toolCalls).toMatchObject([
      { name: 'find_order', outcome: { status: 'ok', value: { state: 'shipped' } } },
      { name: 'find_order', outcome: { status: 'ok', value: { state: 'shipped' } } },
    ]);
    expect(recorded.transcript.map(({ text }) => text)).toContain('It is on its way.');
    for (const leak of [SECRET, 'do not tell', '/orders/A-1'])
      expect([...platform.lines, JSON.stringify(recorded)].filter((line) => line.includes(leak))).toEqual([]);
  });
});
