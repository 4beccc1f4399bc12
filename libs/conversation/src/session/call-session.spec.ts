import { describe, expect, it } from '@jest/globals';
import { defineTool, ProviderError, toolCallIdSchema } from '@tandem/contracts';
import { z } from 'zod';
import { startCall } from '../testing/index.ts';

const checkAvailability = defineTool({
  name: 'check_availability',
  description: 'Free slots.',
  place: 'worker',
  arguments: z.strictObject({ service: z.string(), date: z.iso.date() }),
  cancellable: true,
  deadlineMs: 8_000,
});
const endCall = defineTool({
  name: 'end_call',
  description: 'Ends the call.',
  place: 'call',
  arguments: z.strictObject({ reason: z.string() }),
  cancellable: false,
  deadlineMs: 1_000,
});
const tools = [checkAvailability, endCall];

describe('a call', () => {
  it('begins with the greeting, goes back and forth, and is logged in spoken order', async () => {
    const call = startCall();
    await call.passes(1);
    expect(call.model.asked).toEqual(['say: Good morning, Northwind.']);
    await call.agentSays('Good morning, Northwind.');
    await call.callerSays('I need a plumber.');
    await call.agentSays('Of course. Which day suits you?');
    expect(call.log.transcript()).toEqual([
      'agent: Good morning, Northwind.',
      'caller: I need a plumber.',
      'agent: Of course. Which day suits you?',
    ]);
    expect(
      call.log.of('agent.spoke').every((said) => !said.interrupted && said.heardMs === said.generatedMs),
    ).toBe(true);
  });

  it('passes the caller’s frames to the model', async () => {
    const call = startCall();
    await call.passes(1);
    for (let frame = 0; frame < 50; frame += 1) call.stream.speak(20);
    expect(call.model.audioMs).toBe(1000);
  });

  it('ends as caller-hangup with what was heard so far, and leaves no timer behind', async () => {
    const call = startCall();
    await call.passes(1);
    call.model.says('one two three four five six seven eight nine ten', { durationMs: 1000 });
    await call.passes(500);
    call.stream.leave('caller-hangup');
    await call.passes(5_000);
    expect(call.termination).toEqual({ class: 'caller', reason: 'caller-hangup' });
    expect(call.log.transcript()).toEqual(['agent: one two three four five']);
    expect(call.log.of('call.ended')).toHaveLength(1);
    expect(call.model.isClosed).toBe(true);
    expect(call.clock.pendingTimers).toBe(0);
  });

  it('waits for the caller’s last words before it is over', async () => {
    const call = startCall();
    await call.passes(1);
    const item = call.model.hearsCallerStart();
    call.stream.leave('caller-hangup');
    await call.passes(100);
    expect(call.termination).toBeNull();
    call.model.understands(item, 'bye then');
    await call.passes(1);
    expect(call.termination?.reason).toBe('caller-hangup');
    expect(call.log.transcript()).toEqual(['caller: bye then']);
  });

  it('near its longest duration warns the model, says goodbye, then ends', async () => {
    const call = startCall({
      agent: {
        maxDurationMs: 60_000,
        limits: { warnBeforeEndMs: 20_000, wrapUpMs: 5_000 },
        idle: { afterMs: 0 },
      },
    });
    await call.agentSays('Good morning, Northwind.');
    await call.passes(39_000);
    expect(call.model.notes).toEqual([expect.stringContaining('20 seconds')]);
    await call.passes(20_000);
    expect(call.model.asked.at(-1)).toContain('say: I am sorry, our time is up.');
    call.model.says('I am sorry, our time is up. Thank you for calling. Goodbye.', { durationMs: 2_000 });
    await call.passes(1_900);
    expect(call.stream.isClosed).toBe(false);
    await call.passes(3_000);
    expect(call.termination).toEqual({ class: 'platform', reason: 'max-duration' });
  });

  it('that is shorter than its warning is warned halfway', async () => {
    const call = startCall({
      agent: { maxDurationMs: 60_000, limits: { warnBeforeEndMs: 600_000 }, idle: { afterMs: 0 } },
    });
    await call.agentSays('Good morning, Northwind.');
    await call.passes(30_000);
    expect(call.model.notes).toEqual([expect.stringContaining('30 seconds')]);
  });

  it('at its longest duration ends even if the model has no goodbye', async () => {
    const call = startCall({ agent: { maxDurationMs: 60_000, limits: { wrapUpMs: 5_000 } } });
    await call.passes(68_000);
    expect(call.termination?.reason).toBe('max-duration');
    expect(call.clock.pendingTimers).toBe(0);
  });

  it('tells the model which keys were pressed, together', async () => {
    const call = startCall();
    await call.agentSays('Please type your number.');
    for (const digit of '4711') call.stream.press(digit);
    await call.passes(1_500);
    expect(call.model.notes).toEqual(['The caller pressed on the keypad: 4711']);
    expect(call.model.asked.at(-1)).toBe('reply');
    expect(call.log.of('digit.pressed').map(({ digit }) => digit)).toEqual(['4', '7', '1', '1']);
  });
});

describe('an interruption', () => {
  it('silences the agent at once, cancels, truncates at what was heard and keeps only that', async () => {
    const call = startCall();
    await call.passes(1);
    const item = call.model.begins('We have an opening on Tuesday at nine and another one at eleven', {
      durationMs: 4000,
    });
    await call.passes(1_000);
    call.model.hearsCallerStart();
    expect(call.stream.clears).toEqual([call.clock.now()]);
    expect(call.model.asked.slice(-2)).toEqual(['cancel', `truncate ${item}`]);
    expect(call.model.truncated.get(item)).toBe(1_000);
    expect(call.log.transcript()).toEqual(['agent: We have an']);
    expect(call.log.of('agent.spoke')[0]).toMatchObject({
      interrupted: true,
      heardMs: 1_000,
      generatedMs: 4_000,
    });
  });

  it('does not play what the model still sends of the response that was cut off', async () => {
    const call = startCall();
    await call.passes(1);
    const item = call.model.begins('First part', { durationMs: 400 });
    await call.passes(200);
    call.model.cancelResponse = () => undefined; // a provider that needs a moment
    call.model.hearsCallerStart();
    call.model.continues(item, 'late part', 400);
    await call.passes(1_000);
    expect(call.stream.sounds.get(item)).toEqual({ writtenMs: 400, heardMs: 200 });
  });

  it('truncates every item of the answer, also the one not yet begun', async () => {
    const call = startCall();
    await call.passes(1);
    const first = call.model.says('first', { durationMs: 500 });
    const second = call.model.says('second', { durationMs: 500 });
    await call.passes(300);
    call.model.hearsCallerStart();
    expect([...call.model.truncated]).toEqual([
      [first, 300],
      [second, 0],
    ]);
  });

  it('is none when the agent has finished', async () => {
    const call = startCall();
    await call.agentSays('Hello.');
    call.model.hearsCallerStart();
    expect(call.stream.clears).toEqual([]);
    expect(call.model.truncated.size).toBe(0);
  });
});

describe('a tool call', () => {
  it('goes out with the caller’s identity from us, and its outcome comes back with a reply', async () => {
    const attestation = 'TN-Validation-Passed-A';
    const call = startCall({ tools, attestation });
    await call.passes(1);
    call.model.startResponse();
    const id = call.model.callsTool({
      name: 'check_availability',
      arguments: { service: 'plumbing', date: '2026-01-06' },
    });
    call.model.finish('completed');
    const [asked] = call.toolDispatcher.calls;
    expect(asked?.context).toMatchObject({
      callerNumber: '+12025550123',
      timeZone: 'America/New_York',
      attestation,
    });
    expect(toolCallIdSchema.safeParse(asked?.toolCallId).success).toBe(true);
    await call.passes(300);
    call.toolDispatcher.answer('check_availability', { status: 'ok', value: { slots: [] } });
    await call.passes(1);
    expect(JSON.parse(call.model.toolResults.get(id)!)).toEqual({ status: 'ok', result: { slots: [] } });
    expect(call.model.asked.slice(-2)).toEqual([`result ${id}`, 'reply']);
    expect(call.log.of('tool.finished')[0]).toMatchObject({
      name: 'check_availability',
      tookMs: 300,
      outcome: { status: 'ok' },
    });
  });

  it('with wrong arguments is refused so that the model can correct them, and never leaves', async () => {
    const call = startCall({ tools });
    await call.passes(1);
    call.model.startResponse();
    const wrong = call.model.callsTool({
      name: 'check_availability',
      arguments: { service: 'plumbing', date: 'tomorrow' },
    });
    const broken = call.model.callsTool({ name: 'check_availability', arguments: '{"service": "plu' });
    const unknown = call.model.callsTool({ name: 'drop_tables', arguments: {} });
    call.model.finish('completed');
    expect(call.toolDispatcher.calls).toEqual([]);
    expect(call.model.toolResults.get(wrong)).toContain('date');
    expect(call.model.toolResults.get(broken)).toContain('not valid JSON');
    expect(call.model.toolResults.get(unknown)).toContain('check_availability');
    expect(call.model.asked.filter((asked) => asked === 'reply')).toHaveLength(1);
  });

  it('asked twice under one id has one effect', async () => {
    const call = startCall({ tools });
    await call.passes(1);
    call.model.startResponse();
    const wish = { name: 'check_availability', arguments: { service: 'plumbing', date: '2026-01-06' } };
    call.model.callsTool(wish, 'call_same');
    call.model.callsTool(wish, 'call_same');
    expect(call.toolDispatcher.calls).toHaveLength(1);
  });

  it('does not make the agent talk over the caller when its result arrives', async () => {
    const call = startCall({ tools });
    await call.passes(1);
    call.model.says('One moment.', {
      durationMs: 500,
      tools: [{ name: 'check_availability', arguments: { service: 'plumbing', date: '2026-01-06' } }],
    });
    await call.passes(600);
    call.model.hearsCallerStart();
    const before = call.model.asked.length;
    call.toolDispatcher.answer('check_availability', { status: 'ok', value: 1 });
    await call.passes(1);
    expect(call.model.asked.slice(before).map((asked) => asked.split(' ')[0])).toEqual(['result']);
  });

  it('is given up when the caller is gone', async () => {
    const call = startCall({ tools });
    await call.passes(1);
    call.model.startResponse();
    call.model.callsTool({
      name: 'check_availability',
      arguments: { service: 'plumbing', date: '2026-01-06' },
    });
    call.stream.leave('caller-hangup');
    await call.passes(3_000);
    expect(call.toolDispatcher.cancelled).toHaveLength(1);
  });
});

describe('end_call', () => {
  it('speaks one goodbye, waits until it was heard, then hangs up', async () => {
    const call = startCall({ tools });
    await call.agentSays('Anything else?');
    call.model.startResponse();
    call.model.callsTool({ name: 'end_call', arguments: { reason: 'done' } });
    call.model.finish('completed');
    expect(call.model.asked.at(-1)).toBe('reply');
    call.model.says('Goodbye!', { durationMs: 1_000 });
    await call.passes(990);
    expect(call.stream.isClosed).toBe(false);
    await call.passes(2_000);
    expect(call.termination).toEqual({ class: 'completed', reason: 'agent-goodbye' });
    expect(call.log.transcript().at(-1)).toBe('agent: Goodbye!');
  });

  it('asks for no second goodbye when the answer that called it has said one', async () => {
    const call = startCall({ tools });
    await call.passes(1);
    call.model.says('Thanks, goodbye!', {
      durationMs: 800,
      tools: [{ name: 'end_call', arguments: { reason: 'done' } }],
    });
    expect(call.model.asked).not.toContain('reply');
    await call.passes(790);
    expect(call.stream.isClosed).toBe(false);
    await call.passes(1_000);
    expect(call.termination?.reason).toBe('agent-goodbye');
  });

  it('is withdrawn when the caller is talking as the goodbye ends', async () => {
    const call = startCall({ tools });
    await call.passes(1);
    call.model.says('Goodbye!', {
      durationMs: 800,
      tools: [{ name: 'end_call', arguments: { reason: 'done' } }],
    });
    await call.passes(700);
    call.model.hearsCallerStart();
    await call.passes(1_000);
    expect(call.stream.isClosed).toBe(false);
    call.model.understands(call.model.hearsCallerStop(), 'Wait, one more thing.');
    await call.agentSays('Of course?');
    await call.passes(60_000);
    expect(call.stream.isClosed).toBe(false);
    expect(call.log.of('agent.spoke')[0]).toMatchObject({ text: 'Goodbye!', interrupted: false });
  });

  it('ends the call even if the model never says its goodbye', async () => {
    const call = startCall({ tools });
    await call.passes(1);
    call.model.startResponse();
    call.model.callsTool({ name: 'end_call', arguments: { reason: 'done' } });
    call.model.finish('completed');
    await call.passes(22_000);
    expect(call.termination?.reason).toBe('agent-goodbye');
  });
});

describe('a failing model', () => {
  const lost = new ProviderError('gone', {
    provider: 'scripted',
    code: 'socket-closed',
    category: 'connectivity',
  });

  it('that cannot be reached ends the call as model-unavailable', async () => {
    const call = startCall({ isModelSlow: true });
    call.model.gone(lost);
    await call.passes(5_000);
    expect(call.termination).toEqual({ class: 'provider', reason: 'model-unavailable' });
    expect(call.log.of('model.faulted')).toEqual([
      { provider: 'scripted', category: 'connectivity', code: 'socket-closed' },
    ]);
  });

  it('that goes away in the middle ends it as model-failed, with what was heard', async () => {
    const call = startCall();
    await call.agentSays('Hello there.');
    call.model.gone(lost);
    await call.passes(5_000);
    expect(call.termination?.reason).toBe('model-failed');
    expect(call.log.transcript()).toEqual(['agent: Hello there.']);
  });

  it('gets a second try for one failed response, not for two in a row', async () => {
    const call = startCall();
    await call.passes(1);
    call.model.startResponse();
    call.model.finish('failed');
    expect(call.model.asked.at(-1)).toBe('reply');
    call.model.startResponse();
    call.model.finish('failed');
    await call.passes(5_000);
    expect(call.termination?.reason).toBe('model-failed');
  });

  it('may report a fault and go on', async () => {
    const call = startCall();
    await call.passes(1);
    call.model.faults(new ProviderError('odd', { provider: 'scripted', code: 'odd', category: 'unknown' }));
    await call.agentSays('Still here.');
    expect(call.termination).toBeNull();
  });
});
