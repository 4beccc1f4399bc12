import { describe, expect, it } from '@jest/globals';
import {
  defineTool,
  toToolCallId,
  type CallEvent,
  type CallId,
  type NewCallEvent,
  type ToolOutcome,
} from '@tandem/contracts';
import { z } from 'zod';
import { startCall, type CallScene } from '../../testing/index.ts';
import { takeoverOf } from '../history/takeover.ts';

const callId = 'c3f2a0de-41c6-4b7c-8f65-2f1f3f3f7b01' as CallId;
const toolCallId = toToolCallId(callId, 1, 'call_1');
const book = defineTool({
  name: 'book',
  description: 'Books.',
  place: 'worker',
  arguments: z.object({}),
  cancellable: false,
  deadlineMs: 8_000,
  lateMs: 60_000,
});
const BOOKED: ToolOutcome = { status: 'ok', value: { reference: 'K48' } };
const NOTE =
  'book, which had not answered in time, has ended after all: ' +
  '{"status":"ok","result":{"reference":"K48"}}';

/** A call whose booking has timed out, and whose agent has said so. */
async function timedOut(): Promise<CallScene> {
  const call = startCall({ tools: [book], agent: { greeting: '' } });
  await call.passes(1);
  call.model.startResponse();
  call.model.callsTool({ name: 'book', arguments: {} });
  call.model.finish('completed');
  call.toolDispatcher.answer('book', { status: 'timed-out' });
  await call.passes(1);
  await call.agentSays('I do not know yet.');
  return call;
}

const instructions = (call: CallScene) =>
  call.model.asked.filter((asked) => asked.includes('ended after all'));

describe('the outcome of a tool call that had timed out', () => {
  it('is told at once where nobody speaks, and stored', async () => {
    const call = await timedOut();
    call.toolDispatcher.answerLate('book', BOOKED);
    expect(call.model.notes).toEqual([NOTE]);
    expect(instructions(call)).toEqual([expect.stringContaining(NOTE)]);
    expect(call.log.of('tool.finished-late')).toMatchObject([{ name: 'book', outcome: BOOKED }]);
  });

  it('waits for the pause while the caller speaks; the model knows it at once', async () => {
    const call = await timedOut();
    call.model.hearsCallerStart();
    await call.passes(500);
    call.toolDispatcher.answerLate('book', BOOKED);
    expect([call.model.notes.length, instructions(call)]).toEqual([1, []]);
    call.model.understands(call.model.hearsCallerStop(), 'Well?');
    await call.passes(1);
    await call.agentSays('It is booked.');
    await call.passes(10);
    expect(instructions(call)).toHaveLength(1);
  });

  it('is stored for each of the same calls that had joined, and told once', async () => {
    const call = startCall({ tools: [book], agent: { greeting: '' } });
    await call.passes(1);
    call.model.startResponse();
    call.model.callsTool({ name: 'book', arguments: {} });
    call.model.callsTool({ name: 'book', arguments: {} });
    call.model.finish('completed');
    call.toolDispatcher.answer('book', { status: 'timed-out' });
    await call.passes(1);
    await call.agentSays('I do not know yet.');
    call.toolDispatcher.answerLate('book', BOOKED);
    const late = call.log.of('tool.finished-late');
    expect(late.map(({ outcome }) => outcome)).toEqual([BOOKED, BOOKED]);
    expect(new Set(late.map((event) => event.toolCallId)).size).toBe(2);
    expect([call.model.notes, instructions(call).length]).toEqual([[NOTE], 1]);
    expect(call.toolDispatcher.calls).toHaveLength(1);
  });

  it('is awaited by the session that takes the call over, for the time that is left', async () => {
    const facts: NewCallEvent[] = [
      {
        type: 'tool.called',
        data: { toolCallId, providerCallId: 'call_1', name: 'book', arguments: {}, atMs: 1_000 },
      },
      {
        type: 'tool.finished',
        data: {
          toolCallId,
          providerCallId: 'call_1',
          name: 'book',
          outcome: { status: 'timed-out' },
          tookMs: 8_000,
          atMs: 9_000,
        },
      },
    ];
    const call = startCall({
      tools: [book],
      admittedAgoMs: 21_000,
      takeover: (nowMs) =>
        takeoverOf(facts.map((fact, index): CallEvent => ({ ...fact, seq: index + 1, epoch: 1, at: nowMs }))),
    });
    await call.passes(1);
    expect(call.toolDispatcher.resumed).toEqual([]);
    expect(call.toolDispatcher.awaitedLate).toMatchObject([{ toolCallId }]);
    expect(Math.round(call.toolDispatcher.awaitedLate[0]!.deadlineMs / 1_000)).toBe(48);
    call.toolDispatcher.answer('book', BOOKED);
    await call.passes(1);
    expect(call.log.of('tool.finished-late')).toHaveLength(1);
  });

  it('that was told already is part of the history, and not awaited', () => {
    const late: NewCallEvent = {
      type: 'tool.finished-late',
      data: {
        toolCallId,
        providerCallId: 'call_1',
        name: 'book',
        outcome: BOOKED,
        tookMs: 9_000,
        atMs: 9_500,
      },
    };
    const called: NewCallEvent = {
      type: 'tool.called',
      data: { toolCallId, providerCallId: 'call_1', name: 'book', arguments: {}, atMs: 1_000 },
    };
    const events = [called, late].map((fact, index): CallEvent => ({
      ...fact,
      seq: index + 1,
      epoch: 1,
      at: 1_000,
    }));
    const takeover = takeoverOf(events);
    expect(takeover.lateTools).toEqual([]);
    expect(takeover.isReplyPending).toBe(true);
    expect(takeover.history.items().at(-1)).toEqual({ kind: 'note', text: NOTE });
  });
});
