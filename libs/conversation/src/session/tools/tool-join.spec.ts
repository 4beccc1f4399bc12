import { describe, expect, it } from '@jest/globals';
import { defineTool, type CallEvent, type CallId, type NewCallEvent, toToolCallId } from '@tandem/contracts';
import { z } from 'zod';
import { startCall, type CallScene } from '../../testing/index.ts';
import { takeoverOf } from '../history/takeover.ts';

const callId = 'c3f2a0de-41c6-4b7c-8f65-2f1f3f3f7b01' as CallId;
const order = defineTool({
  name: 'order',
  description: '',
  place: 'worker',
  arguments: z.object({ item: z.string(), count: z.number().optional() }),
  cancellable: false,
  deadlineMs: 8_000,
});

async function asking(...given: object[]): Promise<{ call: CallScene; wishes: string[] }> {
  const call = startCall({ tools: [order], agent: { greeting: '' } });
  await call.passes(1);
  call.model.startResponse();
  const wishes = given.map((input) => call.model.callsTool({ name: 'order', arguments: input }));
  call.model.finish('completed');
  await call.passes(1);
  return { call, wishes };
}

describe('the same tool call, asked for while the first is at work', () => {
  it('joins it: one effect, and its outcome for both', async () => {
    const { call, wishes } = await asking(
      { item: 'boiler', count: 1 },
      { count: 1, item: 'boiler' },
      { item: 'valve' },
    );
    expect(call.toolDispatcher.calls.map((asked) => asked.arguments)).toEqual([
      { item: 'boiler', count: 1 },
      { item: 'valve' },
    ]);
    expect(wishes).toHaveLength(3);
  });

  it('is a new call once the first is done', async () => {
    const { call, wishes } = await asking({ item: 'boiler' }, { item: 'boiler' });
    call.toolDispatcher.answer('order', { status: 'ok', value: 'A-1' });
    await call.passes(1);
    const results = wishes.map((wish) => call.model.toolResults.get(wish));
    expect(results).toEqual(['{"status":"ok","result":"A-1"}', '{"status":"ok","result":"A-1"}']);
    expect(call.model.asked.filter((asked) => asked === 'reply')).toHaveLength(1);
    call.model.startResponse();
    call.model.callsTool({ name: 'order', arguments: { item: 'boiler' } });
    expect(call.toolDispatcher.calls).toHaveLength(2);
  });

  it('joins it on the next relay too', async () => {
    const facts = ['call_1', 'call_2'].map((providerCallId): NewCallEvent => ({
      type: 'tool.called',
      data: {
        toolCallId: toToolCallId(callId, 1, providerCallId),
        providerCallId,
        name: 'order',
        arguments: { item: 'boiler' },
        atMs: 1,
      },
    }));
    const events = facts.map((fact, index): CallEvent => ({ ...fact, seq: index + 1, epoch: 1, at: 0 }));
    const call = startCall({
      tools: [order],
      agent: { greeting: '' },
      takeover: () => takeoverOf(events),
    });
    await call.passes(1);
    expect(call.toolDispatcher.resumed).toHaveLength(1);
    call.toolDispatcher.answer('order', { status: 'ok', value: 1 });
    await call.passes(1);
    expect(call.log.of('tool.finished')).toHaveLength(2);
  });
});
