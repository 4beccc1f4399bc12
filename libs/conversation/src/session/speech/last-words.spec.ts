import { describe, expect, it } from '@jest/globals';
import { defineTool } from '@tandem/contracts';
import { z } from 'zod';
import { startCall, type CallScene, type CallSetting } from '../../testing/index.ts';

async function talking(setting: CallSetting = {}): Promise<CallScene> {
  const call = startCall({
    ...setting,
    agent: { greeting: 'Hello.', idle: { afterMs: 0 }, ...setting.agent },
  });
  await call.passes(1);
  await call.agentSays('Hello.', 500);
  return call;
}

const replies = (call: CallScene) => call.model.asked.filter((asked) => asked === 'reply').length;

describe.each([
  ['the model answers by itself', {}],
  ['the session asks for answers', { ignoresBackchannels: true }],
])('the goodbye of a call that an operator ends (%s)', (_who, interruption) => {
  it('is said last, even if the caller speaks on', async () => {
    const call = await talking({ agent: { interruption } });
    call.model.hearsCallerStart();
    await call.callerSounds(600);
    call.session.sayGoodbye();
    expect(call.model.asked.at(-1)).toContain('short goodbye');
    expect(
      call.model.setup.turnOwner === 'session' || call.model.changes.at(-1)?.turnOwner === 'session',
    ).toBe(true);
    call.model.says('Thank you for calling. Goodbye.', { durationMs: 1_500 });
    await call.callerSounds(700);
    call.model.understands(call.model.hearsCallerStop(), 'Saturday the twelfth, please.');
    await call.passes(2_000);
    expect(replies(call)).toBe(0);
    expect(
      call.log
        .transcript()
        .filter((said) => said.startsWith('agent'))
        .at(-1),
    ).toBe('agent: Thank you for calling. Goodbye.');
    expect(call.termination).toEqual({ class: 'operator', reason: 'operator-ended' });
  });

  it('ends the call when it was heard, however long the caller speaks', async () => {
    const call = await talking({ agent: { interruption } });
    call.model.hearsCallerStart();
    call.session.sayGoodbye();
    call.model.says('Goodbye.', { durationMs: 1_000 });
    await call.callerSounds(3_000);
    expect(call.termination).toEqual({ class: 'operator', reason: 'operator-ended' });
    expect(call.log.of('call.ended')[0]!.atMs).toBeLessThan(1_800);
  });

  it('is said although the caller stops before it has begun', async () => {
    const call = await talking({ agent: { interruption } });
    call.model.hearsCallerStart();
    await call.callerSounds(600);
    call.session.sayGoodbye();
    call.model.understands(call.model.hearsCallerStop(), 'Saturday.');
    await call.passes(500);
    expect(call.termination).toBeNull();
    call.model.says('Goodbye.', { durationMs: 1_000 });
    await call.passes(1_100);
    expect(call.termination).toEqual({ class: 'operator', reason: 'operator-ended' });
    expect(replies(call)).toBe(0);
  });
});

describe('last words', () => {
  it('are heard behind a notice that is being said, while the caller speaks', async () => {
    const call = startCall({
      agent: { greeting: 'This call is recorded.', interruption: { protectsGreeting: true } },
    });
    await call.passes(1);
    call.model.says('This call is recorded.', { durationMs: 2_000 });
    call.model.hearsCallerStart();
    await call.callerSounds(500);
    call.session.sayGoodbye();
    await call.callerSounds(2_000);
    expect(call.termination).toBeNull();
    call.model.says('Goodbye.', { durationMs: 500 });
    await call.callerSounds(600);
    expect(call.log.of('call.ended')).toHaveLength(1);
    await call.passes(2_000);
    expect(call.termination).toEqual({ class: 'operator', reason: 'operator-ended' });
    expect(call.log.transcript()).toContain('agent: Goodbye.');
  });

  it('are not followed by a tool’s outcome or by an answer to keys', async () => {
    const find = defineTool({
      name: 'find',
      description: '',
      place: 'worker',
      arguments: z.object({}),
      cancellable: false,
      deadlineMs: 8_000,
    });
    const call = await talking({ tools: [find] });
    call.model.says('One moment.', { durationMs: 300, tools: [{ name: 'find', arguments: {} }] });
    await call.passes(400);
    call.session.sayGoodbye();
    call.model.says('Goodbye.', { durationMs: 2_000 });
    call.stream.press('5');
    call.stream.press('#');
    call.toolDispatcher.answer('find', { status: 'ok', value: 1 });
    await call.passes(100);
    expect(replies(call)).toBe(0);
    await call.passes(2_000);
    expect(call.termination).toEqual({ class: 'operator', reason: 'operator-ended' });
  });

  it('are the last ones also when the time is up', async () => {
    const call = await talking({ agent: { maxDurationMs: 10_000 } });
    await call.passes(9_000);
    call.model.hearsCallerStart();
    await call.passes(600);
    expect(call.model.asked.at(-1)).toContain('our time is up');
    call.model.says('I am sorry, our time is up.', { durationMs: 800 });
    call.model.understands(call.model.hearsCallerStop(), 'Saturday, please.');
    await call.passes(1_000);
    expect(replies(call)).toBe(0);
    expect(call.termination).toEqual({ class: 'platform', reason: 'max-duration' });
  });
});
