import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { DEMO_AGENT_ID } from '@tandem/database';
import { McpSimulator, scripted } from '@tandem/simulators';
import { RunningPlatform } from '../testing/running-platform.ts';
import { shortCall } from '../testing/short-call.ts';

jest.setTimeout(180_000);

const TOKEN = 'token-of-the-shop';
const shop = new McpSimulator({
  token: TOKEN,
  answers: 'sse',
  tools: [
    {
      name: 'find-order',
      description: 'Finds an order by its number.',
      inputSchema: {
        type: 'object',
        properties: { id: { anyOf: [{ type: 'string' }, { type: 'null' }], title: 'Id' } },
        required: ['id'],
      },
      run: ({ id }) => ({
        content: [{ type: 'text', text: '{}' }],
        structuredContent: { id, state: 'shipped', internalNote: 'do not tell' },
      }),
    },
    { name: 'delete-all', inputSchema: { type: 'object' }, run: () => ({ content: [] }) },
  ],
});

let platform: RunningPlatform;
beforeAll(async () => {
  await shop.start();
  platform = await RunningPlatform.start({ stack: { env: { OUTBOUND_TRUSTED_NETWORKS: '127.0.0.1/32' } } });
});
afterAll(async () => {
  await platform.stop();
  await shop.stop();
});

describe('a tool of a server that an operator named', () => {
  it('is declared as the server has it, called by the model, and its answer is data', async () => {
    await platform.change('PUT', '/v1/secrets/SHOP', { value: TOKEN });
    await platform.publishAsOperator({
      tools: ['shop_find_order', 'end_call'],
      mcpServers: [
        {
          name: 'shop',
          url: shop.url,
          headers: { authorization: 'Bearer {secret:SHOP}' },
          tools: [{ name: 'find-order', isSafeToRepeat: true, response: { fields: { state: 'state' } } }],
        },
      ],
    });
    const refreshed = await platform.change('POST', `/v1/agents/${DEMO_AGENT_ID}/mcp/refresh`, {});
    expect(refreshed).toMatchObject({ isNew: false });
    platform.model.behaviour = scripted({
      turns: [
        {
          ifHeard: '',
          call: [{ name: 'shop_find_order', arguments: { id: 'A-1' } }],
          then: { say: 'It is on its way.' },
        },
      ],
      otherwise: 'Goodbye.',
    });
    const call = await shortCall(platform);
    const session = platform.model.sessions.at(-1)!;
    expect(session.mistakes).toEqual({});
    expect(JSON.stringify(session.config)).toContain('Finds an order by its number.');
    expect(JSON.stringify(session.config)).not.toContain('delete');
    expect(shop.calls).toMatchObject([{ name: 'find-order', input: { id: 'A-1' } }]);
    expect(shop.refused).toEqual([]);
    const recorded = await platform.recorded(call.sid);
    expect(recorded.toolCalls).toMatchObject([
      {
        name: 'shop_find_order',
        outcome: { status: 'ok', value: { note: expect.any(String), result: { state: 'shipped' } } },
      },
    ]);
    expect(recorded.transcript.map(({ text }) => text)).toContain('It is on its way.');
    for (const leak of [TOKEN, 'do not tell'])
      expect([...platform.lines, JSON.stringify(recorded)].filter((line) => line.includes(leak))).toEqual([]);
  });
});
