import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, it, jest } from '@jest/globals';
import { scripted } from '@tandem/simulators';
import { answer, CALLER, DIALLED, RunningPlatform } from '../testing/running-platform.ts';

jest.setTimeout(120_000);

let platform: RunningPlatform;
let orders: Server;
let release: (() => void)[] = [];

beforeAll(async () => {
  orders = createServer((request, response) => {
    request.resume();
    release.push(() =>
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"number":"B-7"}'),
    );
  });
  await new Promise<void>((listening) => orders.listen(0, '127.0.0.1', listening));
  const { port } = orders.address() as AddressInfo;
  platform = await RunningPlatform.start({
    twilio: { numbers: [DIALLED] },
    stack: { env: { OUTBOUND_TRUSTED_NETWORKS: '127.0.0.1/32' } },
  });
  await platform.publish({
    tools: ['place_order', 'record_consent', 'end_call'],
    httpTools: [
      {
        name: 'place_order',
        description: 'Places an order.',
        parameters: { type: 'object', properties: { item: { type: 'string' } }, required: ['item'] },
        method: 'POST',
        url: `http://127.0.0.1:${port}/orders`,
        timeoutMs: 20_000,
        lateText: 'Your order of one {item} has the number {number}.',
      },
    ],
  });
});
afterAll(async () => {
  await platform.stop();
  orders.closeAllConnections();
  orders.close();
});
beforeEach(() => {
  release = [];
});

/** A caller orders something, says whether they want a text message, and hangs up before it is done. */
async function leaves(consent: 'granted' | 'refused') {
  platform.model.behaviour = scripted({
    turns: [
      {
        ifHeard: '',
        call: [
          { name: 'place_order', arguments: { item: 'valve' } },
          { name: 'record_consent', arguments: { consent, purpose: 'result-by-text' } },
        ],
      },
    ],
    otherwise: 'It takes a while.',
  });
  const call = platform.ring();
  await answer(call);
  await platform.eventually(
    () => release,
    ({ length }) => length === 1,
    'the order to be sent',
  );
  call.hangup();
  await call.ended;
  await platform.recorded(call.sid);
  release[0]!();
  return platform.eventually(
    async () => (await platform.recorded(call.sid)).toolCalls.find(({ name }) => name === 'place_order'),
    (made) => made?.outcome?.status === 'ok',
    'the outcome on the record',
    30_000,
  );
}

it('a tool that ends after the call is told by text message to a caller who agreed', async () => {
  await leaves('granted');
  await platform.eventually(
    () => platform.twilio.sentSms,
    ({ length }) => length > 0,
    'the text message',
  );
  expect(platform.twilio.sentSms).toMatchObject([
    {
      from: DIALLED,
      to: CALLER,
      body: 'Northwind Home Services: Your order of one valve has the number B-7.',
    },
  ]);
});

it('and is on the record only for one who did not', async () => {
  const before = platform.twilio.sentSms.length;
  expect(await leaves('refused')).toMatchObject({ outcome: { status: 'ok', value: { number: 'B-7' } } });
  expect(platform.twilio.sentSms).toHaveLength(before);
});
