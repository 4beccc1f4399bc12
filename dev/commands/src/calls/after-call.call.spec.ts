import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ChatCompletionsSimulator, scripted } from '@tandem/simulators';
import { MODEL_KEY, textModelEnv } from '../testing/messaging.ts';
import { answer, CALLER, RunningPlatform } from '../testing/running-platform.ts';

jest.setTimeout(90_000);

const model = new ChatCompletionsSimulator({ apiKey: MODEL_KEY });
const events: { readonly type: string; readonly data: Record<string, unknown> }[] = [];
let receiver: Server;
let platform: RunningPlatform;

beforeAll(async () => {
  await model.start();
  receiver = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      events.push(JSON.parse(Buffer.concat(chunks).toString()) as (typeof events)[number]);
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((listening) => receiver.listen(0, '127.0.0.1', listening));
  platform = await RunningPlatform.start({
    stack: {
      env: {
        OUTBOUND_TRUSTED_NETWORKS: '127.0.0.1/32',
        ...textModelEnv(model),
      },
    },
  });
});
afterAll(async () => {
  await platform.stop();
  await model.stop();
  receiver.close();
});

const SUMMARY = 'The caller has a leaking sink in the kitchen.';

describe('a call that is over', () => {
  it('is analysed: the result stands with the call and reaches the business by webhook', async () => {
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
    await platform.change('POST', '/v1/webhook-endpoints', { url, events: ['call.analysed'] });
    platform.model.behaviour = scripted({
      turns: [{ ifHeard: '', say: 'I have noted it.' }],
      otherwise: 'Goodbye.',
    });
    model.script({
      text: JSON.stringify({
        summary: SUMMARY,
        outcome: 'leak',
        extraction: { room: 'kitchen' },
        followUps: [{ what: 'Send a plumber.', due: null, who: 'staff' }],
      }),
    });
    const afterCall = {
      outcomes: [{ key: 'leak', description: 'Something leaks.' }],
      extraction: { type: 'object', properties: { room: { type: 'string' } }, required: ['room'] },
      followUps: 'staff-message' as const,
    };
    await platform.withAgent({ afterCall }, async () => {
      const call = platform.ring();
      await answer(call);
      await call.waitForSpeech();
      call.hangup();
      await call.ended;
      const { callId } = await platform.recorded(call.sid);
      await platform.eventually(
        () => events.length,
        (count) => count > 0,
        'the webhook',
        30_000,
      );
      const found = { state: 'done', source: 'model', summary: SUMMARY, outcome: 'leak' };
      expect(events).toMatchObject([{ type: 'call.analysed', data: { callId, ...found } }]);
      const stored = await platform.ask<{ analyses: object[] }>(`/v1/calls/${callId}`);
      expect(stored.analyses).toMatchObject([{ ...found, extraction: { room: 'kitchen' } }]);
      const messages = await platform.sql<{ body: string }>(
        'SELECT body FROM staff_messages WHERE call_id = $1',
        callId,
      );
      expect(messages).toEqual([{ body: '- Send a plumber.' }]);
    });
    const logs = platform.lines.join('\n');
    for (const secret of [SUMMARY, 'Send a plumber', CALLER.slice(1)]) expect(logs).not.toContain(secret);
  });
});
