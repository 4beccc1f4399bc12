import { describe, expect, it } from '@jest/globals';
import { defineTool, type NewCallEvent } from '@tandem/contracts';
import { z } from 'zod';
import { startCall, type CallScene } from '../../testing/index.ts';
import { takeoverOf } from './takeover.ts';

const consent = defineTool({
  name: 'record_consent',
  description: '',
  place: 'call',
  arguments: z.strictObject({ consent: z.enum(['granted', 'refused']) }),
  cancellable: false,
  deadlineMs: 1_000,
});
const collect = defineTool({
  name: 'collect_digits',
  description: '',
  place: 'call',
  arguments: z.strictObject({ purpose: z.string(), max_digits: z.number() }),
  cancellable: false,
  deadlineMs: 1_000,
});

class Recording {
  readonly did: string[] = [];
  start = () => void this.did.push('start');
  pause = () => void this.did.push('pause');
  resume = () => void this.did.push('resume');
  finish = () => Promise.resolve(void this.did.push('finish'));
}

async function talking(
  mode: 'off' | 'announced' | 'asked',
  notice = 'This call is recorded.',
  before: readonly NewCallEvent[] | null = null,
): Promise<{ call: CallScene; did: string[] }> {
  const recording = new Recording();
  const takeover = (nowMs: number) =>
    takeoverOf(
      (before ?? []).map((fact, index) => ({ ...fact, at: nowMs - 1_000, seq: index + 1, epoch: 1 })),
    );
  const call = startCall({
    tools: [consent, collect],
    recording,
    agent: { recording: { mode }, notice },
    ...(before ? { takeover } : {}),
  });
  await call.passes(1);
  return { call, did: recording.did };
}
async function wishes(call: CallScene, name: string, args: object): Promise<string> {
  call.model.startResponse();
  const wish = call.model.callsTool({ name, arguments: args });
  call.model.finish('completed');
  await call.passes(1);
  return call.model.toolResults.get(wish) ?? '';
}
const states = (call: CallScene) => call.log.of('consent.stated').map(({ state }) => state);

describe('a call', () => {
  it('after a notice is recorded from the start; the notice counts as consent', async () => {
    const { call, did } = await talking('announced');
    expect(did).toEqual(['start']);
    expect(states(call)).toEqual(['announced']);
    call.stream.leave('caller-hangup');
    await call.passes(5_000);
    expect(did).toEqual(['start', 'finish']);
  });

  it.each(['', '  ', '…'])(
    'is not, when its language has no notice that can be spoken ("%s"), whatever the agent says',
    async (notice) => {
      const { call, did } = await talking('announced', notice);
      await call.callerSays('Hello');
      expect([did, states(call)]).toEqual([[], []]);
    },
  );

  it('is recorded only between the caller’s consent and its withdrawal', async () => {
    const { call, did } = await talking('asked');
    await call.agentSays('May I record this call?');
    await call.callerSays('Yes, sure.');
    expect(did).toEqual([]);
    expect(await wishes(call, 'record_consent', { consent: 'granted' })).toContain('"recorded":true');
    expect(did).toEqual(['start']);
    await wishes(call, 'record_consent', { consent: 'refused' });
    expect(did).toEqual(['start', 'pause']);
    expect(states(call)).toEqual(['granted', 'refused']);
  });

  it('is never recorded against the caller’s will or by an agent that does not record', async () => {
    const refused = await talking('asked');
    expect(await wishes(refused.call, 'record_consent', { consent: 'refused' })).toContain(
      '"recorded":false',
    );
    expect(refused.did).toEqual([]);
    const off = await talking('off');
    expect(await wishes(off.call, 'record_consent', { consent: 'granted' })).toContain('not-recorded');
    expect([off.did, states(off.call)]).toEqual([[], []]);
  });

  it('is paused by digits and by an operator independently', async () => {
    const { call, did } = await talking('announced');
    call.session.pauseRecording(true);
    await wishes(call, 'collect_digits', { purpose: 'card', max_digits: 4 });
    call.session.pauseRecording(false);
    expect(did).toEqual(['start', 'pause']);
    for (const digit of '1234') call.stream.press(digit);
    await call.passes(10);
    expect(did).toEqual(['start', 'pause', 'resume']);
  });

  it('starts after the digits when consent is given while they are typed', async () => {
    const { call, did } = await talking('asked');
    await wishes(call, 'collect_digits', { purpose: 'card', max_digits: 4 });
    await wishes(call, 'record_consent', { consent: 'granted' });
    expect(did).toEqual([]);
    for (const digit of '1234') call.stream.press(digit);
    await call.passes(10);
    expect(did).toEqual(['start']);
  });
});

describe('a recording on another relay', () => {
  const stated = (state: 'granted' | 'refused' | 'announced'): NewCallEvent => ({
    type: 'consent.stated',
    data: { purpose: 'recording', state, atMs: 10 },
  });
  const changed = (state: 'started' | 'paused' | 'resumed'): NewCallEvent => ({
    type: 'recording.changed',
    data: { recordingId: '7f8a3c52-5d0e-4d43-9f0e-0a4b6a2d9c11', state, atMs: 20 },
  });
  const spoke: NewCallEvent = {
    type: 'agent.spoke',
    data: {
      itemId: 'a',
      text: 'Hello',
      startedAtMs: 1,
      endedAtMs: 2,
      heardMs: 1,
      generatedMs: 1,
      interrupted: false,
    },
  };

  it.each<[string, 'announced' | 'asked', NewCallEvent[], string[]]>([
    [
      'goes on with the consent that was given',
      'asked',
      [spoke, stated('granted'), changed('started')],
      ['start'],
    ],
    [
      'does not ask what was announced again',
      'announced',
      [spoke, stated('announced'), changed('started')],
      ['start'],
    ],
    [
      'stays refused',
      'asked',
      [spoke, stated('granted'), changed('started'), stated('refused'), changed('paused')],
      [],
    ],
    [
      'stays paused by its operator',
      'announced',
      [spoke, stated('announced'), changed('started'), changed('paused')],
      [],
    ],
  ])('%s', async (_what, mode, before, expected) => {
    const { call, did } = await talking(mode, 'This call is recorded.', before);
    expect(did).toEqual(expected);
    expect(states(call)).toEqual([]);
  });
});
