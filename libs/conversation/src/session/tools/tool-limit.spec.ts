import { describe, expect, it } from '@jest/globals';
import {
  defineTool,
  toToolCallId,
  type CallEvent,
  type NewCallEvent,
  type CallId,
  type ToolDeclaration,
} from '@tandem/contracts';
import { z } from 'zod';
import { startCall, type CallScene } from '../../testing/index.ts';
import { takeoverOf } from '../history/takeover.ts';

const callId = 'c3f2a0de-41c6-4b7c-8f65-2f1f3f3f7b01' as CallId;

/** Responses of their own, one tool call in each, as a model that is running wild makes them. */
async function callsTools(call: CallScene, times: number): Promise<void> {
  for (let time = 0; time < times; time += 1) {
    call.model.startResponse();
    call.model.callsTool({ name: 'no_such_tool', arguments: 'x'.repeat(900) });
    call.model.finish('completed');
    await call.passes(1);
  }
}

const called = (call: CallScene) => call.log.of('tool.called').length;

describe('a model that does not stop calling tools', () => {
  it('gets two hundred calls; further refusals are logged once', async () => {
    const call = startCall({ agent: { greeting: '' } });
    await call.passes(1);
    await callsTools(call, 200);
    expect([called(call), call.log.of('tool-limit.reached').length]).toEqual([200, 0]);
    await callsTools(call, 5);
    expect([called(call), call.log.of('tool.finished').length]).toEqual([200, 200]);
    expect(call.log.of('tool-limit.reached')).toEqual([{ limit: 200, atMs: expect.any(Number) }]);
    expect([...call.model.toolResults.values()].at(-1)).toContain('too-many-tool-calls');
    expect(call.model.asked.at(-1)).toBe('reply');
    expect(call.model.abandonedFor).toBeNull();
  });

  it('is given up when it goes on, and its further calls take no memory', async () => {
    const call = startCall({ agent: { greeting: '' } });
    await call.passes(1);
    await callsTools(call, 208);
    expect(call.model.abandonedFor).toBeNull();
    await callsTools(call, 1);
    expect(call.model.abandonedFor).toBe('too-many-tool-calls');
  });

  it('has its calls counted on when another relay takes the call over', async () => {
    const facts = Array.from({ length: 200 }, (_, index): NewCallEvent => {
      const toolCallId = toToolCallId(callId, 1, `call_${index}`);
      const data = {
        toolCallId,
        providerCallId: `call_${index}`,
        name: 'find',
        outcome: { status: 'ok' as const, value: 1 },
        tookMs: 1,
        atMs: index,
      };
      return index % 2 === 0
        ? { type: 'tool.called', data: { ...data, arguments: {} } }
        : { type: 'tool.finished', data };
    });
    const events = facts.map((fact, index): CallEvent => ({ ...fact, seq: index + 1, epoch: 1, at: 0 }));
    const call = startCall({ agent: { greeting: '' }, takeover: () => takeoverOf(events) });
    await call.passes(1);
    await callsTools(call, 100);
    expect(call.log.of('tool-limit.reached')).toEqual([]);
    await callsTools(call, 1);
    expect([called(call), call.log.of('tool-limit.reached').length]).toEqual([100, 1]);
  });
});

describe('a call tool without an implementation', () => {
  it('is refused, and never put into a queue', async () => {
    const odd = {
      ...defineTool({
        name: 'odd',
        description: '',
        place: 'worker',
        arguments: z.object({}),
        cancellable: false,
        deadlineMs: 1_000,
      }),
      place: 'call',
    } as ToolDeclaration;
    const call = startCall({ tools: [odd], agent: { greeting: '' } });
    await call.passes(1);
    call.model.startResponse();
    call.model.callsTool({ name: 'odd', arguments: {} });
    call.model.finish('completed');
    await call.passes(1);
    expect(call.toolDispatcher.calls).toEqual([]);
    expect(call.log.of('tool.finished')).toMatchObject([
      { name: 'odd', outcome: { status: 'refused', reason: 'unknown-tool' } },
    ]);
    expect(call.model.asked.at(-1)).toBe('reply');
  });
});
