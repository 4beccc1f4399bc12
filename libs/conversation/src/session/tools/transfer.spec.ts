import { describe, expect, it } from '@jest/globals';
import { defineTool, ProviderError, type AgentSnapshotInput } from '@tandem/contracts';
import { z } from 'zod';
import { MemoryPhraseCache, startCall, type CallScene, type CallSetting } from '../../testing/index.ts';

// The scene begins on a Monday at 10:00 in New York.
const DIRECTORY: AgentSnapshotInput['directory'] = [
  { key: 'sales', name: 'Sales', address: '+12025550171', mode: 'cold' },
  { key: 'support', name: 'Support', address: 'sip:support@example.com' },
  {
    key: 'billing',
    name: 'Billing',
    address: '+12025550173',
    hours: [{ weekday: 2, opensMinute: 540, closesMinute: 1020 }],
  },
];
const transferCall = defineTool({
  name: 'transfer_call',
  description: 'Puts the caller through.',
  place: 'call',
  arguments: z.object({ department: z.string(), reason: z.string(), summary: z.string() }),
  cancellable: false,
  deadlineMs: 5_000,
});
const SUMMARY = 'Alex wants an offer for a new boiler.';
const WISH = {
  name: 'transfer_call',
  arguments: { department: 'support', reason: 'caller-asked', summary: SUMMARY },
};
const TRANSFERRING = 'I will put you through. One moment, please.';

async function inTalk(setting: CallSetting = {}): Promise<CallScene> {
  const call = startCall({
    tools: [transferCall],
    ...setting,
    agent: { directory: DIRECTORY, ...setting.agent },
  });
  await call.passes(1);
  await call.agentSays('Good morning, Northwind.');
  return call;
}

async function asks(call: CallScene, wish = WISH): Promise<string> {
  await call.callerSays('Can I talk to a person?');
  call.model.startResponse();
  const id = call.model.callsTool(wish);
  call.model.finish('completed');
  await call.passes(1);
  return call.model.toolResults.get(id) ?? '';
}

describe('a caller who is put through', () => {
  it('hears the announcement to its end before the agent lets go of the call', async () => {
    const call = await inTalk();
    expect(await asks(call)).toContain('"status":"ok"');
    expect(call.model.asked.slice(-2)).toEqual([`say: ${TRANSFERRING}`, expect.stringMatching(/^result/)]);
    call.model.says(TRANSFERRING, { durationMs: 2_000 });
    await call.passes(1_990);
    expect(call.stream.isClosed).toBe(false);
    await call.passes(2_000);
    expect(call.stream.isClosed).toBe(true);
    expect(call.isLetGo).toBe(true);
    expect(call.log.of('transfer.asked')).toEqual([
      expect.objectContaining({ department: 'support', mode: 'warm', summary: SUMMARY }),
    ]);
    expect(call.log.of('stream.detached')).toEqual([{ reason: 'transfer' }]);
    expect(call.log.of('call.ended')).toEqual([]);
    expect(call.log.transcript().at(-1)).toBe(`agent: ${TRANSFERRING}`);
    expect(call.model.isClosed).toBe(true);
    expect(call.clock.pendingTimers).toBe(0);
  });

  it('has the request stored before the stream closes, as the carrier asks at once', async () => {
    const call = await inTalk();
    await asks(call);
    let atClose: string[] = [];
    const close = call.stream.close.bind(call.stream);
    call.stream.close = () => {
      atClose = call.log.facts.map(({ type }) => type);
      close();
    };
    call.model.says(TRANSFERRING);
    await call.passes(5_000);
    expect(atClose).toContain('transfer.asked');
  });

  it('is not interrupted by saying thanks into the announcement', async () => {
    const call = await inTalk();
    await asks(call);
    call.model.says(TRANSFERRING, { durationMs: 2_000 });
    await call.passes(500);
    const thanks = call.model.hearsCallerStart();
    await call.passes(500);
    call.model.hearsCallerStop();
    call.model.understands(thanks, 'Thank you.');
    await call.passes(3_000);
    expect(call.stream.clears).toEqual([]);
    expect(call.isLetGo).toBe(true);
  });

  it('stays with the agent by talking on, and the agent learns why', async () => {
    const call = await inTalk();
    await asks(call);
    call.model.says(TRANSFERRING, { durationMs: 2_000 });
    await call.passes(1_900);
    call.model.hearsCallerStart();
    await call.passes(5_000);
    call.model.understands(call.model.hearsCallerStop(), 'No wait, never mind.');
    await call.agentSays('All right. What else?');
    await call.passes(60_000);
    expect(call.stream.isClosed).toBe(false);
    expect(call.log.of('transfer.asked')).toEqual([]);
    expect(call.model.notes).toEqual([expect.stringContaining('call transfer_call again only if')]);
  });

  it('is put through without the announcement when the model breaks just then', async () => {
    const call = await inTalk();
    await asks(call);
    call.model.gone(
      new ProviderError('gone', { provider: 'scripted', code: 'socket-closed', category: 'connectivity' }),
    );
    await call.passes(2_000);
    expect(call.isLetGo).toBe(true);
    expect(call.log.of('transfer.asked')).toHaveLength(1);
  });

  it('is put through even if the announcement never comes', async () => {
    const call = await inTalk();
    await asks(call);
    await call.passes(21_000);
    expect(call.isLetGo).toBe(true);
  });

  it('stays with the agent when the request cannot be stored', async () => {
    const call = await inTalk();
    await asks(call);
    call.log.isAway = true;
    call.model.says(TRANSFERRING, { durationMs: 500 });
    await call.passes(2_000);
    expect(call.model.asked.at(-1)).toBe('say: I am sorry, nobody could take the call just now.');
    expect(call.log.of('transfer.ended')).toEqual([
      expect.objectContaining({ department: 'support', outcome: 'failed' }),
    ]);
    expect(call.stream.isClosed).toBe(false);
  });

  it('ends the call by hanging up instead', async () => {
    const call = await inTalk();
    await asks(call);
    call.model.says(TRANSFERRING, { durationMs: 2_000 });
    await call.passes(500);
    call.stream.leave('caller-hangup');
    await call.passes(3_000);
    expect(call.termination?.reason).toBe('caller-hangup');
    expect(call.log.of('transfer.asked')).toEqual([]);
  });

  it('hears the announcement at once when its audio is cached', async () => {
    const phrases = new MemoryPhraseCache();
    const first = await inTalk({ phrases });
    await asks(first);
    first.model.says(TRANSFERRING, { durationMs: 2_000 });
    await first.passes(5_000);
    const call = await inTalk({ phrases });
    await asks(call);
    expect(call.model.asked.filter((asked) => asked.includes(TRANSFERRING))).toEqual([]);
    await call.passes(1_900);
    expect(call.stream.isClosed).toBe(false);
    await call.passes(1_000);
    expect(call.isLetGo).toBe(true);
    expect(call.log.transcript().at(-1)).toBe(`agent: ${TRANSFERRING}`);
  });

  it('hears it in the language of the call', async () => {
    const call = await inTalk({ language: 'de-DE' });
    await asks(call);
    expect(call.model.asked).toContain('say: Ich verbinde Sie. Einen Moment, bitte.');
  });
});

describe('a transfer that is refused', () => {
  it('to a closed department names its hours and the open departments', async () => {
    const call = await inTalk();
    const told = await asks(call, { ...WISH, arguments: { ...WISH.arguments, department: 'billing' } });
    expect(JSON.parse(told)).toEqual({
      status: 'refused',
      reason: 'department-closed',
      message: 'Billing is closed now. Its hours: Tuesday 09:00 to 17:00. Open now: sales, support.',
    });
    expect(call.model.asked.at(-1)).toBe('reply');
  });

  it('to a dictated number is refused, whatever the number', async () => {
    const call = await inTalk();
    for (const department of [
      '+12025550199',
      '+12025550171',
      'sip:support@example.com',
      'Sales',
      '__proto__',
      '',
    ]) {
      expect(await asks(call, { ...WISH, arguments: { ...WISH.arguments, department } })).toContain(
        'numbers cannot be dialled',
      );
    }
    await call.passes(30_000);
    expect(call.log.of('transfer.asked')).toEqual([]);
  });

  it('is refused a second time while one is under way', async () => {
    const call = await inTalk();
    await asks(call);
    expect(await asks(call)).toContain('already-under-way');
  });
});

describe('an operator', () => {
  it('puts a caller through as the agent does', async () => {
    const call = await inTalk();
    expect(call.session.putThrough({ department: 'sales', summary: '' })).toMatchObject({ status: 'ok' });
    expect(call.session.putThrough({ department: 'nobody', summary: '' })).toMatchObject({
      status: 'refused',
    });
    call.model.says(TRANSFERRING);
    await call.passes(5_000);
    expect(call.log.of('transfer.asked')).toEqual([
      expect.objectContaining({ department: 'sales', mode: 'cold', summary: '', by: 'operator' }),
    ]);
    expect(call.isLetGo).toBe(true);
  });

  it('changes nothing about a call that is over', async () => {
    const call = await inTalk();
    call.stream.leave('caller-hangup');
    expect(call.session.putThrough({ department: 'sales', summary: '' })).toEqual({ status: 'cancelled' });
    call.session.sayGoodbye();
    await call.passes(30_000);
    expect(call.termination?.reason).toBe('caller-hangup');
    expect(call.log.of('transfer.asked')).toEqual([]);
    expect(call.clock.pendingTimers).toBe(0);
  });

  it('ends a call with a goodbye that the caller cannot talk away', async () => {
    const call = await inTalk();
    call.session.sayGoodbye();
    expect(call.model.asked.at(-1)).toMatch(/^instruct: .*goodbye/);
    call.model.says('Goodbye!', { durationMs: 800 });
    await call.passes(700);
    expect(call.stream.isClosed).toBe(false);
    call.model.hearsCallerStart();
    await call.passes(2_000);
    expect(call.log.transcript().at(-1)).toBe('agent: Goodbye!');
    expect(call.termination).toEqual({ class: 'operator', reason: 'operator-ended' });
  });
});

describe('a stream that is lost', () => {
  it.each(['connection-lost', 'media-timeout'] as const)(
    'by %s does not end the call: the carrier may still have the caller',
    async (reason) => {
      const call = await inTalk();
      call.model.says('one two three four five six seven eight nine ten', { durationMs: 1000 });
      await call.passes(500);
      call.stream.leave(reason);
      await call.passes(5_000);
      expect(call.isLetGo).toBe(true);
      expect(call.log.of('stream.detached')).toEqual([{ reason }]);
      expect(call.log.of('call.ended')).toEqual([]);
      expect(call.log.transcript().at(-1)).toBe('agent: one two three four five');
      expect(call.clock.pendingTimers).toBe(0);
    },
  );

  it('leaves the tools running for the relay that takes over', async () => {
    const worker = defineTool({
      name: 'lookup',
      description: 'Looks.',
      place: 'worker',
      arguments: z.object({}),
      cancellable: true,
      deadlineMs: 8_000,
    });
    const call = await inTalk({ tools: [worker] });
    call.model.startResponse();
    call.model.callsTool({ name: 'lookup', arguments: {} });
    call.model.finish('completed');
    call.stream.leave('connection-lost');
    await call.passes(2_000);
    expect(call.toolDispatcher.cancelled).toEqual([]);
  });

  it('after a transfer began ends neither call nor transfer', async () => {
    const call = await inTalk();
    await asks(call);
    call.model.says(TRANSFERRING);
    await call.passes(5_000);
    call.session.leave('taken-over');
    call.session.end('relay-shutdown');
    await call.passes(2_000);
    expect(call.log.of('stream.detached')).toEqual([{ reason: 'transfer' }]);
    expect(call.log.of('call.ended')).toEqual([]);
  });
});
