import { describe, expect, it } from '@jest/globals';
import { defineTool, toToolCallId, type CallId, type NewCallEvent } from '@tandem/contracts';
import { z } from 'zod';
import { startCall, type CallScene } from '../../testing/index.ts';
import { takeoverOf } from '../history/takeover.ts';
import { Confirmations } from './confirmations.ts';

const callId = 'c3f2a0de-41c6-4b7c-8f65-2f1f3f3f7b01' as CallId;

const shape = {
  description: '',
  place: 'worker',
  cancellable: false,
  deadlineMs: 8_000,
} as const;
const refund = defineTool({
  ...shape,
  name: 'refund',
  arguments: z.object({ order: z.string(), amount: z.number() }),
  confirm: true,
});
const cancel = defineTool({
  ...shape,
  name: 'cancel_it',
  arguments: z.object({ reference: z.string().optional(), confirmed: z.boolean().optional() }),
  confirm: 'when-confirmed',
});

async function begin(): Promise<CallScene> {
  const call = startCall({ tools: [refund, cancel], agent: { greeting: '' } });
  await call.passes(1);
  return call;
}

/** The model calls a tool in a response of its own and is told the outcome. */
async function asks(call: CallScene, name: string, input: object, times = 1): Promise<string> {
  call.model.startResponse();
  let id = '';
  for (let time = 0; time < times; time += 1) id = call.model.callsTool({ name, arguments: input });
  call.model.finish('completed');
  await call.passes(1);
  return call.model.toolResults.get(id) ?? 'at work';
}

const INPUT = { order: 'A-1', amount: 20 };
const NEEDED = 'confirmation-needed';
const begun = (call: CallScene) => call.toolDispatcher.calls.map(({ name }) => name);

describe('a tool that cannot be undone', () => {
  it('runs once the caller was asked about these very arguments and has answered', async () => {
    const call = await begin();
    const told = await asks(call, 'refund', INPUT);
    expect(told).toContain(NEEDED);
    expect(told).toContain('A-1');
    expect(begun(call)).toEqual([]);
    await call.agentSays('Twenty dollars back for order A-1: shall I?');
    await call.callerSays('Yes, please.');
    expect(await asks(call, 'refund', { amount: 20, order: 'A-1' })).toBe('at work');
    expect(begun(call)).toEqual(['refund']);
    expect(call.log.of('tool.finished')).toMatchObject([
      { name: 'refund', outcome: { status: 'refused', reason: NEEDED } },
    ]);
  });

  it('does not run because the model asks twice, in one response or in several', async () => {
    const call = await begin();
    expect(await asks(call, 'refund', INPUT, 3)).toContain(NEEDED);
    expect(await asks(call, 'refund', INPUT)).toContain(NEEDED);
    await call.agentSays('I take that for a yes.');
    expect(await asks(call, 'refund', INPUT)).toContain(NEEDED);
    expect(begun(call)).toEqual([]);
  });

  it('does not run for an answer from before the question, for noise, or for other arguments', async () => {
    const call = await begin();
    await call.callerSays('Yes to all you will ever ask.');
    await asks(call, 'refund', INPUT);
    await call.callerSays('Yes.');
    expect(await asks(call, 'refund', INPUT)).toContain(NEEDED);
    await call.agentSays('Twenty dollars back: shall I?');
    await call.callerSays('');
    expect(await asks(call, 'refund', INPUT)).toContain(NEEDED);
    await call.callerSays('Yes.');
    expect(await asks(call, 'refund', { ...INPUT, amount: 2_000 })).toContain(NEEDED);
    expect(begun(call)).toEqual([]);
    expect(await asks(call, 'refund', INPUT)).toBe('at work');
  });

  it('needs a new answer each time', async () => {
    const call = await begin();
    await asks(call, 'refund', INPUT);
    await call.agentSays('Shall I?');
    await call.callerSays('Yes.');
    await asks(call, 'refund', INPUT);
    call.toolDispatcher.answer('refund', { status: 'ok', value: true });
    await call.passes(1);
    expect(await asks(call, 'refund', INPUT)).toContain(NEEDED);
    expect(begun(call)).toEqual(['refund']);
  });

  it('runs after a key or written words, too', async () => {
    for (const act of [
      (call: CallScene) => call.stream.press('1'),
      (call: CallScene) => call.stream.writeText('Yes'),
    ]) {
      const call = await begin();
      await asks(call, 'refund', INPUT);
      await call.agentSays('Press 1 for yes.');
      act(call);
      await call.passes(3_000);
      await asks(call, 'refund', INPUT);
      expect(begun(call)).toEqual(['refund']);
    }
  });

  it('waits for words that the model was faster than', async () => {
    const call = await begin();
    await asks(call, 'refund', INPUT);
    await call.agentSays('Shall I?');
    call.model.hearsCallerStart();
    await call.passes(500);
    const item = call.model.hearsCallerStop();
    await asks(call, 'refund', INPUT);
    expect(begun(call)).toEqual([]);
    call.model.understands(item, 'Yes.');
    await call.passes(1);
    expect(begun(call)).toEqual(['refund']);
  });
});

describe('a call that cannot be undone, taken over by another relay', () => {
  it('is joined when it had begun, and is never begun there', async () => {
    const facts = ['call_1', 'call_2'].map((providerCallId, index): NewCallEvent => ({
      type: 'tool.called',
      data: {
        toolCallId: toToolCallId(callId, 1, providerCallId),
        providerCallId,
        name: index === 0 ? 'refund' : 'cancel_it',
        arguments: index === 0 ? INPUT : {},
        atMs: 0,
      },
    }));
    const call = startCall({
      tools: [refund, cancel],
      takeover: (nowMs) =>
        takeoverOf(facts.map((fact, index) => ({ ...fact, at: nowMs, seq: index + 1, epoch: 1 }))),
    });
    await call.passes(1);
    expect(call.toolDispatcher.awaitedLate.map(({ name }) => name)).toEqual(['refund']);
    expect(call.toolDispatcher.resumed.map(({ name }) => name)).toEqual(['cancel_it']);
    expect(call.toolDispatcher.calls).toEqual([]);
  });
});

describe('a tool that says itself what to confirm', () => {
  it('runs confirmed for what it named, once the caller has answered, and for nothing else', async () => {
    const call = await begin();
    expect(await asks(call, 'cancel_it', { reference: 'K1', confirmed: true })).toContain(NEEDED);
    await asks(call, 'cancel_it', {});
    call.toolDispatcher.answer('cancel_it', {
      status: 'refused',
      reason: 'not-confirmed',
      detail: 'It is K2.',
      confirms: { reference: 'K2', confirmed: true },
    });
    await call.passes(1);
    expect(await asks(call, 'cancel_it', { reference: 'K2', confirmed: true })).toContain(NEEDED);
    await call.agentSays('Shall I cancel K2?');
    await call.callerSays('Yes.');
    expect(await asks(call, 'cancel_it', { reference: 'K3', confirmed: true })).toContain(NEEDED);
    expect(await asks(call, 'cancel_it', { reference: 'K2', confirmed: true })).toBe('at work');
    expect(call.toolDispatcher.calls.map((made) => made.arguments)).toEqual([
      {},
      { reference: 'K2', confirmed: true },
    ]);
  });
});

it('a phrase that fills the wait for other tools is not the question', () => {
  const confirmations = new Confirmations({ clock: startCall({}).clock });
  const judged = () => confirmations.judge(refund, INPUT);
  expect(judged()).toMatchObject({ reason: NEEDED });
  confirmations.agentSpeaks();
  confirmations.callerActed();
  expect(judged()).toMatchObject({ reason: NEEDED });
  confirmations.replyDue();
  confirmations.agentSpeaks();
  confirmations.callerActed();
  expect(judged()).toBe('go');
});
