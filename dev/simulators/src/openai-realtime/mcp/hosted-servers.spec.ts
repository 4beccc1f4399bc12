import { describe, expect, it } from '@jest/globals';
import { scripted } from '../behaviours/scripted.ts';
import { SessionBench } from '../testing/session-bench.ts';
import { asObject, type JsonObject } from '../wire/json.ts';

const URL = 'https://mcp.example.com/mcp';
const TOOL = { type: 'mcp', server_label: 'shop', server_url: URL, allowed_tools: ['find'] };

async function bench(tool: JsonObject = {}, call: JsonObject = {}): Promise<SessionBench> {
  const opened = new SessionBench({
    behaviour: scripted({
      turns: [
        {
          call: { name: 'find', server: 'shop', arguments: { id: 1 }, ...call },
          then: { say: 'It was sent.' },
        },
      ],
    }),
    mcpServers: [
      {
        url: URL,
        headers: { authorization: 'Bearer token' },
        tools: [
          { name: 'find', description: 'Finds.', run: ({ id }) => `order ${String(id)}` },
          { name: 'delete-all', run: () => 'gone' },
        ],
      },
    ],
  });
  opened.update({ tools: [{ ...TOOL, headers: { Authorization: 'Bearer token' }, ...tool }] });
  await opened.advance(50);
  return opened;
}
const respond = async (session: SessionBench) => {
  session.send({ type: 'response.create' });
  await session.advance(1_000);
};
const answer = (session: SessionBench, approve: boolean, more: JsonObject = {}) =>
  session.send({
    type: 'conversation.item.create',
    item: {
      type: 'mcp_approval_response',
      id: 'mine',
      approval_request_id: asObject(session.last('response.output_item.done')['item'])['id'],
      approve,
      ...more,
    },
  });

describe('a server in the tools of a session', () => {
  it('has its allowed tools listed', async () => {
    const session = await bench();
    expect(session.types().filter((type) => /mcp|item/.test(type))).toEqual([
      'conversation.item.added',
      'mcp_list_tools.in_progress',
      'conversation.item.done',
      'mcp_list_tools.completed',
    ]);
    const item = asObject(session.last('conversation.item.done')['item']);
    expect([item['type'], item['server_label']]).toEqual(['mcp_list_tools', 'shop']);
    expect(item['tools']).toMatchObject([{ name: 'find', description: 'Finds.' }]);
    expect(session.misfits).toEqual([]);
  });

  it.each([
    ['wrong headers', { headers: { authorization: 'Bearer other' } }],
    ['another address', { server_url: 'https://other.example.com/mcp' }],
  ])('is not listed with %s', async (_what, tool) => {
    const session = await bench(tool);
    expect(session.types()).toContain('mcp_list_tools.failed');
    expect(session.types()).not.toContain('mcp_list_tools.completed');
  });

  it('is listed again when it changes, and not for another update', async () => {
    const session = await bench();
    session.update({ instructions: 'Be brief.' });
    await session.advance(50);
    expect(session.of('mcp_list_tools.completed')).toHaveLength(1);
    session.update({ tools: [{ ...TOOL, authorization: 'token' }] });
    await session.advance(50);
    expect(session.of('mcp_list_tools.completed')).toHaveLength(2);
  });

  it.each<[string, JsonObject, string]>([
    ['no address', { server_url: undefined }, 'missing_required_parameter'],
    ['two addresses', { connector_id: 'connector_gmail' }, 'invalid_value'],
    ['a label with a space', { server_label: 'my shop' }, 'invalid_value'],
    ['an address that is none', { server_url: 'mcp.example.com' }, 'invalid_value'],
    ['a field nobody knows', { retries: 3 }, 'unknown_parameter'],
  ])('is refused with %s', async (_what, tool, code) => {
    const session = await bench();
    session.update({ tools: [{ ...TOOL, ...tool }] });
    expect(session.lastError['code']).toBe(code);
  });

  it('is refused twice under one label', async () => {
    const session = await bench();
    session.update({ tools: [TOOL, TOOL] });
    expect(session.lastError['code']).toBe('invalid_value');
  });
});

describe('a tool of a server', () => {
  it('is called after approval, between responses, and starts none by itself', async () => {
    const session = await bench();
    const from = session.sent.length;
    await respond(session);
    expect(session.types(from).filter((type) => !/delta|rate_limits/.test(type))).toEqual([
      'response.created',
      'response.output_item.added',
      'conversation.item.added',
      'response.mcp_call_arguments.done',
      'conversation.item.done',
      'response.output_item.done',
      'response.output_item.added',
      'conversation.item.added',
      'conversation.item.done',
      'response.output_item.done',
      'response.done',
    ]);
    expect(session.session.hostedCalls).toEqual([]);
    const approved = session.sent.length;
    answer(session, true);
    await session.advance(1_000);
    expect(session.types(approved)).toEqual([
      'conversation.item.added',
      'conversation.item.done',
      'response.mcp_call.in_progress',
      'response.mcp_call.completed',
      'conversation.item.done',
    ]);
    expect(session.last('conversation.item.done')['item']).toMatchObject({
      type: 'mcp_call',
      output: 'order 1',
      error: null,
    });
    expect(session.session.hostedCalls).toEqual([{ server: 'shop', name: 'find', input: { id: 1 } }]);
    await respond(session);
    expect(JSON.stringify(session.last('response.done'))).toContain('It was sent.');
    expect(session.misfits).toEqual([]);
  });

  it('is not called without approval, nor approved twice', async () => {
    const session = await bench();
    await respond(session);
    answer(session, false, { reason: 'Not now.' });
    await session.advance(1_000);
    expect(session.session.hostedCalls).toEqual([]);
    answer(session, true, { id: 'again' });
    expect(session.lastError['message']).toContain('not found in conversation, or answered already');
  });

  it('needs no approval where the session says so', async () => {
    const session = await bench({ require_approval: 'never' });
    await respond(session);
    expect(session.types()).toContain('response.mcp_call.completed');
  });

  it('that the session may not use cannot be called', async () => {
    const session = await bench({}, { name: 'delete-all' });
    await respond(session);
    expect(session.brokenPlans[0]).toContain('may not use it');
  });

  it.each([
    ['fail-mcp-call', 'response.mcp_call.failed'],
    ['hang-mcp-call', 'response.mcp_call.in_progress'],
  ] as const)('suffers the fault %s', async (kind, last) => {
    const session = await bench();
    session.addFault({ kind });
    await respond(session);
    answer(session, true);
    await session.advance(5_000);
    expect(session.types().findLast((type) => type.startsWith('response.mcp_call.'))).toBe(last);
  });

  it('is not listed under the fault fail-mcp-list', async () => {
    const session = await bench();
    session.addFault({ kind: 'fail-mcp-list' });
    session.update({ tools: [{ ...TOOL, authorization: 'token' }] });
    await session.advance(50);
    expect(session.types().at(-1)).toBe('mcp_list_tools.failed');
  });
});
