import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { scripted } from '@tandem/simulators';
import { answer, RunningPlatform } from '../testing/running-platform.ts';

jest.setTimeout(180_000);

const TOKEN = 'token-of-the-shop';
const URL = 'https://93.184.216.34/mcp';

let platform: RunningPlatform;
beforeAll(async () => {
  platform = await RunningPlatform.start({
    model: {
      selfCheck: true,
      mcpServers: [
        {
          url: URL,
          headers: { authorization: `Bearer ${TOKEN}` },
          tools: [{ name: 'find-order', delayMs: 300, run: ({ id }) => `Order ${String(id)} is shipped.` }],
        },
      ],
    },
  });
  await platform.change('PUT', '/v1/secrets/SHOP', { value: TOKEN });
  await platform.publishAsOperator({
    tools: ['shop_find_order', 'end_call'],
    mcpServers: [
      {
        name: 'shop',
        url: URL,
        runBy: 'provider',
        headers: { authorization: 'Bearer {secret:SHOP}' },
        tools: [{ name: 'find-order', isSafeToRepeat: true }],
      },
    ],
  });
});
afterAll(() => platform.stop());

const asksForOrder = scripted({
  turns: [
    {
      ifHeard: '',
      call: [{ name: 'find-order', server: 'shop', arguments: { id: 'A-1' } }],
      then: { say: 'It is on its way.' },
    },
  ],
  otherwise: 'Goodbye.',
});

async function talk() {
  const call = platform.ring();
  await answer(call);
  const session = platform.model.sessions.at(-1)!;
  const isOver = (type: string) =>
    type === 'response.mcp_call.completed' || type === 'response.mcp_call.failed';
  await session.waitFor(({ type }) => isOver(type), { timeoutMs: 30_000 });
  await session.waitFor(({ type }) => type === 'response.done', { timeoutMs: 30_000, fromNow: true });
  await call.waitForSpeech();
  await call.waitForSilence(600);
  call.hangup();
  await call.ended;
  return { session, recorded: await platform.recorded(call.sid) };
}

describe('a tool that the provider of the model calls', () => {
  it('is run by it with the secret of the tenant, and stands on record like one of ours', async () => {
    platform.model.behaviour = asksForOrder;
    const { session, recorded } = await talk();
    expect(session.mistakes).toEqual({});
    expect(session.hostedCalls).toEqual([{ server: 'shop', name: 'find-order', input: { id: 'A-1' } }]);
    expect(recorded.toolCalls).toMatchObject([
      {
        name: 'shop_find_order',
        outcome: { status: 'ok', value: { note: expect.any(String), result: 'Order A-1 is shipped.' } },
      },
    ]);
    expect(recorded.transcript.map(({ text }) => text)).toContain('It is on its way.');
    for (const place of [...platform.lines, JSON.stringify(recorded)]) expect(place).not.toContain(TOKEN);
  });

  it('that fails is on record as failed, and the call goes on', async () => {
    platform.model.behaviour = asksForOrder;
    platform.model.faults.add({ kind: 'fail-mcp-call', times: 1 });
    const { session, recorded } = await talk();
    expect(session.mistakes).toEqual({});
    expect(recorded.toolCalls).toMatchObject([
      { name: 'shop_find_order', outcome: { status: 'failed', code: 'mcp-tool-error' } },
    ]);
    expect(recorded.transcript.map(({ text }) => text)).toContain('It is on its way.');
  });
});
