import { describe, expect, it } from '@jest/globals';
import type { ToolDeclaration } from '@tandem/contracts';
import { RealtimeScene } from '../testing/realtime-scene.ts';

const find: ToolDeclaration = {
  name: 'shop_find_order',
  description: '',
  place: 'provider',
  parameters: { type: 'object' },
  cancellable: false,
  deadlineMs: 8_000,
  lateMs: 60_000,
  hosted: {
    server: 'shop',
    url: 'https://mcp.example.com/mcp',
    headers: () => ({ authorization: 'Bearer token' }),
    tool: 'find-order',
    isSafeToRepeat: false,
  },
  parse: (value) => ({ ok: true, value }),
};
const INPUT = '{"id":"A-1"}';
const OK = { status: 'ok', value: { note: expect.stringContaining('shop'), result: '{"state":"sent"}' } };

async function begin(): Promise<RealtimeScene> {
  const call = new RealtimeScene({ tools: [find] });
  await call.greeted();
  return call;
}

const item = (id: string, more: object = {}) => ({
  id,
  type: 'mcp_call',
  server_label: 'shop',
  name: 'find-order',
  arguments: INPUT,
  ...more,
});

/** The model calls the tool in a response; the server asks for approval unless the test does. */
function calls(call: RealtimeScene, id = 'item_mcp', approvalId: string | null = 'item_ask'): void {
  const { server } = call;
  const response = server.begins();
  server.says(
    { type: 'response.output_item.added', response_id: response, item: item(id, { arguments: '' }) },
    { type: 'response.mcp_call_arguments.done', response_id: response, item_id: id, arguments: INPUT },
    {
      type: 'response.output_item.done',
      response_id: response,
      item: item(id, { output: null, error: null }),
    },
  );
  if (approvalId) asksApproval(call, approvalId);
  server.ends(response, 'completed');
}
const asksApproval = ({ server }: RealtimeScene, id: string, more: object = {}) =>
  server.says({
    type: 'conversation.item.done',
    item: {
      id,
      type: 'mcp_approval_request',
      server_label: 'shop',
      name: 'find-order',
      arguments: INPUT,
      ...more,
    },
  });
const answersTo = ({ server }: RealtimeScene) =>
  server.received
    .map(({ item: sent }) => sent as Record<string, unknown> | undefined)
    .filter((sent) => sent?.['type'] === 'mcp_approval_response');
const outcomes = (call: RealtimeScene) => call.log.of('tool.finished').map(({ outcome }) => outcome);

describe('tools of a server that the Realtime API calls', () => {
  it('are declared with the server, its headers, the allowed tools, and approval of every call', async () => {
    const call = await begin();
    const update = call.server.received.find(({ type }) => type === 'session.update');
    expect((update?.['session'] as { tools: unknown }).tools).toEqual([
      {
        type: 'mcp',
        server_label: 'shop',
        server_url: 'https://mcp.example.com/mcp',
        headers: { authorization: 'Bearer token' },
        allowed_tools: ['find-order'],
        require_approval: 'always',
      },
    ]);
  });

  it.each([
    ['before its result', ['completed', 'result']],
    ['after its result', ['result', 'completed']],
  ])('run once, and the answer is asked for, where the end comes %s', async (_when, order) => {
    const call = await begin();
    calls(call);
    expect(answersTo(call)).toMatchObject([{ approval_request_id: 'item_ask', approve: true }]);
    call.server.says({ type: 'response.mcp_call.in_progress', item_id: 'item_mcp', output_index: 0 });
    const asked = call.server.asked.length;
    for (const event of order)
      call.server.says(
        event === 'completed'
          ? { type: 'response.mcp_call.completed', item_id: 'item_mcp', output_index: 0 }
          : { type: 'conversation.item.done', item: item('item_mcp', { output: '{"state":"sent"}' }) },
      );
    await call.passes(1);
    expect(call.log.of('tool.called')).toMatchObject([{ name: 'shop_find_order', arguments: { id: 'A-1' } }]);
    expect(outcomes(call)).toMatchObject([OK]);
    expect(call.server.asked.slice(asked)).toEqual(['reply']);
    // The model has the result from its provider.
    expect(JSON.stringify(call.server.received)).not.toContain('"function_call_output"');
  });

  it('are ok without a result where none comes', async () => {
    const call = await begin();
    calls(call);
    call.server.says({ type: 'response.mcp_call.completed', item_id: 'item_mcp', output_index: 0 });
    await call.passes(500);
    expect(outcomes(call)).toMatchObject([{ status: 'ok', value: { result: '' } }]);
  });

  it.each([
    [{ type: 'tool_execution_error', message: 'secret detail' }, 'mcp-tool-error'],
    [{ type: 'protocol_error', code: -32_000, message: 'no' }, 'mcp-protocol-fault'],
    [{ type: 'http_error', code: 503, message: 'no' }, 'mcp-http-503'],
    ['nonsense', 'mcp-call-failed'],
  ])('that fail are failed, and the model is told in our words', async (error, code) => {
    const call = await begin();
    calls(call);
    call.server.says(
      { type: 'response.mcp_call.failed', item_id: 'item_mcp', output_index: 0 },
      { type: 'conversation.item.done', item: item('item_mcp', { error }) },
    );
    await call.passes(1);
    expect(outcomes(call)).toEqual([{ status: 'failed', code, retryable: false }]);
    expect(JSON.stringify(call.server.received)).toContain('could not do this just now');
    expect(JSON.stringify(call.log.facts)).not.toContain('secret detail');
  });

  it('are kept in 4,000 characters, whatever comes', async () => {
    const call = await begin();
    calls(call);
    call.server.says({
      type: 'conversation.item.done',
      item: item('item_mcp', { output: 'x'.repeat(9_000) }),
    });
    await call.passes(1);
    const [outcome] = outcomes(call);
    expect(JSON.stringify(outcome).length).toBeLessThan(4_200);
    expect(call.log.unreadable).toEqual([]);
  });

  it('are allowed whenever the question comes, also after the response', async () => {
    const call = await begin();
    calls(call, 'item_mcp', null);
    expect(answersTo(call)).toEqual([]);
    asksApproval(call, 'item_late', { arguments: '{ "id": "A-1" }' });
    asksApproval(call, 'item_late', { arguments: '{ "id": "A-1" }' });
    expect(answersTo(call)).toMatchObject([{ approval_request_id: 'item_late', approve: true }]);
  });

  it('that the conversation was not told of are denied', async () => {
    const call = await begin();
    asksApproval(call, 'item_1');
    asksApproval(call, 'item_2', { server_label: 'other', name: 'delete-all' });
    expect(answersTo(call)).toMatchObject([{ approve: false }, { approve: false }]);
    expect(call.log.of('tool.called')).toEqual([]);
  });

  it('of a response that was stopped are not run', async () => {
    const call = await begin();
    const { server } = call;
    const response = server.begins();
    server.says(
      {
        type: 'response.output_item.added',
        response_id: response,
        item: item('item_mcp', { arguments: '' }),
      },
      {
        type: 'response.mcp_call_arguments.done',
        response_id: response,
        item_id: 'item_mcp',
        arguments: '{"id',
      },
    );
    server.ends(response, 'cancelled');
    await call.passes(1);
    expect(call.log.of('tool.called')).toEqual([]);
  });

  it('that are not listed, or not offered, are known to the model and in the log', async () => {
    const call = await begin();
    const list = { id: 'item_list', type: 'mcp_list_tools', server_label: 'shop' };
    call.server.says(
      { type: 'conversation.item.added', item: { ...list, tools: [] } },
      { type: 'mcp_list_tools.in_progress', item_id: 'item_list' },
      { type: 'mcp_list_tools.failed', item_id: 'item_list' },
    );
    expect(call.log.of('tools.unavailable')).toMatchObject([
      { names: ['shop_find_order'], why: 'not-listed' },
    ]);
    const other = await begin();
    other.server.says(
      { type: 'mcp_list_tools.in_progress', item_id: 'item_list' },
      { type: 'conversation.item.done', item: { ...list, tools: [{ name: 'find', input_schema: {} }] } },
      { type: 'mcp_list_tools.completed', item_id: 'item_list' },
    );
    expect(other.log.of('tools.unavailable')).toMatchObject([{ why: 'not-offered' }]);
    expect(JSON.stringify(other.server.received)).toContain('You cannot use these tools now');
  });

  it('that are listed as declared raise nothing', async () => {
    const call = await begin();
    call.server.says(
      {
        type: 'conversation.item.done',
        item: { id: 'l', type: 'mcp_list_tools', server_label: 'shop', tools: [{ name: 'find-order' }] },
      },
      { type: 'mcp_list_tools.completed', item_id: 'l' },
    );
    expect(call.log.of('tools.unavailable')).toEqual([]);
  });

  it('at work when the session is cut are uncertain, and in the history of the next one', async () => {
    const call = await begin();
    const longId = `mcp_${'x'.repeat(60)}`;
    calls(call, longId);
    call.server.gone(1006);
    await call.passes(1);
    expect(outcomes(call)).toEqual([{ status: 'timed-out' }]);
    call.server.opens();
    await call.passes(1);
    expect(call.sockets).toHaveLength(2);
    const items = call.server.received.flatMap(({ item: sent }) =>
      sent ? [sent as { type: string; call_id?: string }] : [],
    );
    const [called, result] = items.filter(({ type }) => type.startsWith('function_call'));
    expect([called?.type, result?.type]).toEqual(['function_call', 'function_call_output']);
    expect(called?.call_id).toBe(result?.call_id);
    expect(called?.call_id?.length).toBeLessThanOrEqual(32);
    expect(JSON.stringify(call.server.received)).toContain('"server_label":"shop"');
    expect(answersTo(call)).toEqual([]);
    expect(call.server.asked).toEqual(['reply']);
  });

  it('are absent from a model that cannot run them, and the log and the model know', async () => {
    const call = await begin();
    for (const socket of call.sockets) socket.gone(4000);
    await call.passes(1_000);
    expect(call.second.sessions).toHaveLength(1);
    expect(call.second.sessions[0]?.setup.tools).toEqual([]);
    expect(call.second.sessions[0]?.notes.at(-1)).toContain('shop_find_order');
    expect(call.log.of('tools.unavailable')).toMatchObject([{ names: ['shop_find_order'], why: 'model' }]);
  });
});
