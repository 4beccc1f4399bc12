import { describe, expect, it } from '@jest/globals';
import {
  defineTool,
  toToolCallId,
  type CallEvent,
  type NewCallEvent,
  type CallId,
  type RelayId,
  type ToolOutcome,
} from '@tandem/contracts';
import { z } from 'zod';
import { startCall, type CallScene } from '../../testing/index.ts';
import { takeoverOf } from './takeover.ts';

const callId = 'c3f2a0de-41c6-4b7c-8f65-2f1f3f3f7b01' as CallId;
const toolCallId = toToolCallId(callId, 1, 'call_1');
const book = defineTool({
  name: 'book',
  description: 'Books.',
  place: 'worker',
  arguments: z.object({ slot: z.string() }),
  cancellable: false,
  deadlineMs: 8_000,
});
const hangUp = defineTool({
  name: 'end_call',
  description: 'Ends.',
  place: 'call',
  arguments: z.object({}),
  cancellable: false,
  deadlineMs: 1_000,
});

const attached: NewCallEvent = {
  type: 'stream.attached',
  data: { relayId: 'relay-1' as RelayId, epoch: 1, streamId: 'MZ1' },
};
/** The earlier owner handed the call over by itself. */
const moved: NewCallEvent = { type: 'stream.detached', data: { reason: 'moved' } };
const agent = (text: string, atMs: number, interrupted = false): NewCallEvent => ({
  type: 'agent.spoke',
  data: {
    itemId: `a${atMs}`,
    text,
    heardMs: 900,
    generatedMs: 900,
    interrupted,
    startedAtMs: atMs,
    endedAtMs: atMs + 900,
  },
});
const caller = (text: string, atMs: number): NewCallEvent => ({
  type: 'caller.spoke',
  data: { itemId: `c${atMs}`, text, startedAtMs: atMs, endedAtMs: atMs + 900 },
});
const called = (atMs: number, name = 'book'): NewCallEvent => ({
  type: 'tool.called',
  data: { toolCallId, providerCallId: 'call_1', name, arguments: { slot: 'nine' }, atMs },
});
const finished = (atMs: number): NewCallEvent => ({
  type: 'tool.finished',
  data: {
    toolCallId,
    providerCallId: 'call_1',
    name: 'book',
    outcome: { status: 'ok', value: 1 },
    tookMs: 10,
    atMs,
  },
});
const returned = (outcome: 'busy' | 'declined', atMs: number): NewCallEvent => ({
  type: 'transfer.ended',
  data: { department: 'support', outcome, atMs },
});

/** A call handed over by another session, whose last stored event is `silentForMs` old. */
const takeOver = (facts: readonly NewCallEvent[], silentForMs: number, admittedAgoMs = 0): CallScene =>
  rescue([...facts, moved], silentForMs, admittedAgoMs);

/** A call whose earlier session is lost. */
function rescue(facts: readonly NewCallEvent[], silentForMs: number, admittedAgoMs = 0): CallScene {
  return startCall({
    tools: [book, hangUp],
    admittedAgoMs,
    takeover: (nowMs) =>
      takeoverOf(
        facts.map((fact, index): CallEvent => ({
          ...fact,
          seq: index + 1,
          epoch: fact.type === 'transfer.ended' ? 0 : 1,
          at: nowMs - silentForMs,
        })),
      ),
  });
}

describe('a session that takes a call over', () => {
  it('gives the model the conversation so far and does not greet again', async () => {
    const call = takeOver(
      [attached, agent('Good morning.', 500), caller('A plumber please.', 2_000), agent('Which day?', 4_000)],
      800,
    );
    await call.passes(1);
    expect(call.model.setup.history()).toEqual([
      { kind: 'agent', text: 'Good morning.' },
      { kind: 'caller', text: 'A plumber please.' },
      { kind: 'agent', text: 'Which day?' },
    ]);
    expect(call.model.asked).toEqual([]);
    await call.callerSays('Monday.');
    await call.agentSays('At nine?');
    expect(call.log.transcript()).toEqual(['caller: Monday.', 'agent: At nine?']);
    expect(call.log.of('latency.measured').map(({ kind }) => kind)).not.toContain('answer-to-first-audio');
  });

  it('explains a lost session however short the gap, as the caller may have spoken', async () => {
    const call = rescue([attached, agent('Which day?', 500)], 400);
    await call.passes(1);
    expect(call.model.asked).toEqual(['say: Sorry, the line was gone for a moment.', 'reply']);
  });

  it('explains a gap that was heard, then goes on', async () => {
    const call = takeOver([attached, agent('Good morning.', 500), caller('A plumber please.', 2_000)], 2_500);
    await call.passes(1);
    expect(call.model.asked).toEqual(['say: Sorry, the line was gone for a moment.', 'reply']);
  });

  it('answers at once a caller who has had no answer', async () => {
    const call = takeOver([attached, agent('Good morning.', 500), caller('A plumber please.', 2_000)], 400);
    await call.passes(1);
    expect(call.model.asked).toEqual(['reply']);
  });

  it('explains the silence before the answer when that will be heard, too', async () => {
    const call = takeOver([attached, agent('Good morning.', 500), caller('A plumber please.', 2_000)], 900);
    await call.passes(1);
    expect(call.model.asked).toEqual(['say: Sorry, the line was gone for a moment.', 'reply']);
  });

  it('answers at once a caller whose answer was cut off before it was logged', async () => {
    const measured: NewCallEvent = { type: 'latency.measured', data: { kind: 'caller-to-agent', ms: 600 } };
    const call = takeOver([attached, agent('Good morning.', 500), measured], 400);
    await call.passes(1);
    expect(call.model.asked).toEqual(['reply']);
  });

  it('asks a silent caller whether they are there', async () => {
    const call = takeOver([attached, agent('Which day?', 500)], 900);
    await call.passes(10_500);
    expect(call.model.asked).toEqual(['say: Are you still there?']);
  });

  it('answers at once a caller who had just interrupted', async () => {
    const call = takeOver([attached, agent('We have openings on', 500, true)], 400);
    await call.passes(1);
    expect(call.model.asked).toEqual(['reply']);
  });

  it('greets when the caller has heard nothing yet', async () => {
    const call = takeOver([attached], 4_000);
    await call.passes(1);
    expect(call.model.asked).toEqual(['say: Good morning, Northwind.']);
  });

  it('tells the caller that the transfer failed, and goes on with the context', async () => {
    const call = takeOver(
      [
        attached,
        agent('Good morning.', 500),
        caller('A person please.', 2_000),
        agent('One moment.', 4_000),
        returned('busy', 9_000),
      ],
      5_000,
    );
    await call.passes(1);
    expect(call.model.asked).toEqual(['say: I am sorry, nobody could take the call just now.', 'reply']);
    expect(call.model.setup.history().at(-1)).toEqual({
      kind: 'note',
      text:
        'Putting the caller through to support ended with: busy. The caller is back with you: go on where ' +
        'you were, without repeating what they have heard.',
    });
  });

  it('does not repeat that when the stream breaks later', async () => {
    const call = takeOver(
      [attached, agent('One moment.', 4_000), returned('declined', 9_000), agent('I am sorry.', 9_500)],
      800,
    );
    await call.passes(1);
    expect(call.model.asked).toEqual([]);
  });

  it('goes on in the language the call had come to', () => {
    const changed: NewCallEvent = {
      type: 'language.changed',
      data: { language: 'es-ES', by: 'tool', atMs: 3_000 },
    };
    expect(takeoverOf([{ ...changed, seq: 1, epoch: 1, at: 1 }]).language).toBe('es-ES');
  });
});

describe('a tool the earlier session had called', () => {
  const pending = [attached, agent('Good morning.', 500), caller('Nine is fine.', 2_000), called(3_500)];
  const resultOf = (call: CallScene) => call.model.toolResults.get('call_1');

  it('is joined, not called again; the model gets its outcome once and answers', async () => {
    const call = takeOver(pending, 1_000);
    await call.passes(1);
    expect(call.toolDispatcher.calls).toEqual([]);
    expect(
      call.toolDispatcher.resumed.map((resumed) => [resumed.toolCallId, resumed.name, resumed.arguments]),
    ).toEqual([[toolCallId, 'book', { slot: 'nine' }]]);
    expect(call.model.asked).toEqual([]);
    expect(call.model.setup.history().at(-1)).toMatchObject({ kind: 'tool-call', providerCallId: 'call_1' });
    call.toolDispatcher.answer('book', { status: 'ok', value: { reference: 'NW-1' } });
    await call.passes(1);
    expect(JSON.parse(resultOf(call)!)).toEqual({ status: 'ok', result: { reference: 'NW-1' } });
    expect(call.model.asked).toEqual(['result call_1', 'reply']);
    expect(call.log.of('tool.finished')).toEqual([
      expect.objectContaining({
        toolCallId,
        providerCallId: 'call_1',
        outcome: { status: 'ok', value: { reference: 'NW-1' } },
      }),
    ]);
    expect(call.log.of('tool.called')).toEqual([]);
  });

  it('is bridged with words and music, like one of its own', async () => {
    const call = takeOver(pending, 1_000);
    await call.passes(1_900);
    expect(call.model.asked).toEqual(['say: One moment, please.']);
    call.toolDispatcher.answer('book', { status: 'ok', value: 1 });
    await call.passes(5_000);
    expect(call.model.asked.slice(1)).toEqual(['result call_1', 'reply']);
  });

  it('is awaited until its deadline only', async () => {
    const early = takeOver(pending, 500, 5_000);
    const late = takeOver(pending, 500, 60_000);
    await Promise.all([early.passes(1), late.passes(1)]);
    expect(early.toolDispatcher.resumed[0]?.deadlineMs).toBe(6_500);
    expect(late.toolDispatcher.resumed[0]?.deadlineMs).toBe(1_000);
  });

  it('is left alone when its outcome is logged', async () => {
    const call = takeOver([...pending, finished(3_600)], 400);
    await call.passes(1);
    expect(call.toolDispatcher.resumed).toEqual([]);
    expect(call.model.asked).toEqual(['reply']);
  });

  it('that changes the call itself was not carried out', async () => {
    const call = takeOver([attached, agent('Goodbye.', 500), called(3_500, 'end_call')], 900);
    await call.passes(1);
    const cancelled: ToolOutcome = { status: 'cancelled' };
    expect(call.log.of('tool.finished')).toEqual([
      expect.objectContaining({ name: 'end_call', outcome: cancelled }),
    ]);
    expect(call.model.asked).toEqual(['result call_1', 'reply']);
  });

  it('whose outcome comes after the caller hung up is logged, and the agent stays silent', async () => {
    const call = takeOver(pending, 1_000);
    await call.passes(1);
    call.stream.leave('caller-hangup');
    call.toolDispatcher.answer('book', { status: 'ok', value: 1 });
    await call.passes(3_000);
    expect(call.log.of('tool.finished')).toHaveLength(1);
    expect(call.model.asked).not.toContain('reply');
  });
});
