import { describe, expect, it } from '@jest/globals';
import { defineTool } from '@tandem/contracts';
import { z } from 'zod';
import { startCall, type CallScene, type CallSetting } from '../../testing/index.ts';

const lookUp = defineTool({
  name: 'look_up',
  description: 'Looks something up.',
  place: 'worker',
  arguments: z.object({}),
  cancellable: true,
  deadlineMs: 5_000,
});
const hangUp = defineTool({
  name: 'end_call',
  description: 'Ends the call.',
  place: 'call',
  arguments: z.object({ reason: z.string() }),
  cancellable: false,
  deadlineMs: 5_000,
});

async function inTalk(setting: CallSetting = {}): Promise<CallScene> {
  const call = startCall({ tools: [lookUp, hangUp], ...setting });
  await call.passes(1);
  await call.agentSays('Good morning, Northwind.');
  await call.callerSays('Hello.');
  await call.agentSays('How can I help?');
  return call;
}

describe('a call whose relay is draining', () => {
  it('moves at a pause between turns, with everything logged before the stream closes', async () => {
    const call = await inTalk();
    expect(call.session.handOver(false)).toBe(true);
    await call.passes(2_000);
    expect([call.isLetGo, call.stream.isClosed, call.model.isClosed]).toEqual([true, true, true]);
    expect(call.log.of('stream.detached')).toEqual([{ reason: 'moved' }]);
    expect(call.log.of('call.ended')).toEqual([]);
    expect(call.session.handOver(true)).toBe(false);
    expect(call.clock.pendingTimers).toBe(0);
  });

  it('does not move while either side speaks', async () => {
    const call = await inTalk();
    call.model.hearsCallerStart();
    await call.passes(500);
    expect(call.session.handOver(false)).toBe(false);
    const spoken = call.model.hearsCallerStop();
    expect(call.session.handOver(false)).toBe(false);
    call.model.understands(spoken, 'I need a plumber.');
    call.model.says('When would suit you?', { durationMs: 1_000 });
    await call.passes(500);
    expect(call.session.handOver(false)).toBe(false);
    await call.passes(600);
    expect(call.session.handOver(false)).toBe(true);
  });

  it('does not move while a tool works, unless the wait for a pause is over', async () => {
    const call = await inTalk();
    call.model.startResponse();
    call.model.callsTool({ name: 'look_up', arguments: {} });
    call.model.finish('completed');
    await call.passes(10);
    expect(call.session.handOver(false)).toBe(false);
    expect(call.session.handOver(true)).toBe(true);
  });

  it('cuts the agent off when there is no pause, and logs what was heard', async () => {
    const call = await inTalk();
    call.model.says('There is a time free on Thursday at ten.', { durationMs: 2_000 });
    await call.passes(1_000);
    expect(call.session.handOver(true)).toBe(true);
    await call.passes(100);
    expect(call.log.of('agent.spoke').at(-1)).toMatchObject({ interrupted: true });
  });

  it('does not move while it is ending', async () => {
    const call = await inTalk();
    call.model.startResponse();
    call.model.callsTool({ name: 'end_call', arguments: { reason: 'caller-done' } });
    call.model.finish('completed');
    call.model.says('Goodbye.', { durationMs: 1_000 });
    await call.passes(100);
    expect(call.session.handOver(true)).toBe(false);
    await call.passes(5_000);
    expect(call.termination?.reason).toBe('agent-goodbye');
  });
});
