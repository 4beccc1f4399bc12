import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { DEMO_TENANT_ID } from '@tandem/database';
import { scripted, type ScriptedTurn, type SimulatedCall } from '@tandem/simulators';
import { freeTimes } from '../testing/free-times.ts';
import { answer, RunningPlatform, words } from '../testing/running-platform.ts';
import { eventsOf, expectGapless, happened, talkOn } from '../testing/watched-call.ts';

jest.setTimeout(90_000);

// Short, so that the calls are.
const GREETING = 'Northwind, hello.';
const LONG =
  'We have an opening on Tuesday at nine in the morning, another one at eleven, and on Wednesday the ' +
  'whole afternoon is still free for you.';

let platform: RunningPlatform;
beforeAll(async () => {
  platform = await RunningPlatform.start({
    stack: { relays: 2, env: { RELAY_PHRASE_PREPARATION: 'on' } },
  });
  await platform.publish({ greeting: GREETING, tools: ['book_appointment', 'end_call'] });
});
afterAll(() => platform.stop());

const says = (otherwise: string, ...turns: ScriptedTurn[]) =>
  (platform.model.behaviour = scripted({ turns, otherwise }));

describe('a relay that dies with another one there', () => {
  const holderOf = async (call: SimulatedCall) =>
    (await platform.records.state(await platform.callIdOf(call.sid)))!.relayId!;

  const killed = new Set<string>();
  afterEach(async () => {
    for (const call of platform.twilio.liveCalls) call.hangup();
    for (const relay of killed) await platform.stack.supervisor.restart(relay);
    killed.clear();
  });

  /** Kills the relay that holds the call; returns the gap until the caller hears the agent again, in ms. */
  async function kill(call: SimulatedCall): Promise<{ relayId: string; gapMs: number }> {
    const relayId = await holderOf(call);
    const nowMs = () => Date.now() - call.report().startedAt;
    killed.add(relayId);
    await platform.stack.supervisor.kill(relayId, 'SIGKILL');
    const killedAtMs = nowMs();
    await happened(platform, call, 'stream-open', 2);
    const heard = () =>
      call.report().timeline.find((entry) => entry.kind === 'agent-started' && entry.atMs > killedAtMs);
    await platform.eventually(heard, (entry) => entry !== undefined, 'the agent to be heard again');
    return { relayId, gapMs: Math.round(heard()!.atMs - killedAtMs) };
  }

  it('loses no call: the other one goes on with the conversation', async () => {
    says('I see.', { say: LONG });
    const call = platform.ring();
    await answer(call);
    await call.waitForSpeech({ forMs: 1_000 });
    says('Tuesday at nine it is.');
    const holder = await holderOf(call);
    await platform.eventually(
      () => platform.metric(holder, 'tandem_phrases_prepared_total'),
      (metric) => metric.includes('outcome="cached"'),
      'the phrase for lost calls to be prepared',
    );
    const { relayId, gapMs } = await kill(call);
    console.log(`relay killed in the middle of a sentence: the agent is heard again after ${gapMs} ms`);
    expect(await holderOf(call)).not.toBe(relayId);
    await platform.eventually(
      () => platform.model.sessions.map(({ seededItems }) => JSON.stringify(seededItems)),
      (seeded) => seeded.some((items) => items.includes(GREETING)),
      'the next model session to know what was said',
    );
    const report = await talkOn(platform, call);
    expect(report.said).toEqual([]);
    expect(report.streams).toHaveLength(2);
    const recorded = await platform.recorded(call.sid);
    expect(recorded.termination).toEqual({ class: 'caller', reason: 'caller-hangup' });
    expect(recorded.transcript.map(({ text }) => text)).toEqual(
      expect.arrayContaining([GREETING, 'Tuesday at nine it is.']),
    );
    const events = await eventsOf(platform, call);
    expectGapless(events);
    const explained = events.find(
      ({ type, data }) => type === 'agent.spoke' && data.text.startsWith('Sorry'),
    );
    // From the cache, not by the call's own model.
    expect(explained?.data).toMatchObject({ itemId: expect.stringMatching(/^phrase_/) });
    expect(new Set(events.map(({ epoch }) => epoch))).toEqual(new Set([0, 1, 2]));
    expect(events.filter(({ type }) => type === 'call.ended')).toHaveLength(1);
    // The carrier tells of the lost stream; on a busy machine the relay's missing lease may tell first.
    expect(await platform.metric('call-ingress', 'tandem_reattachments_total')).toMatch(
      /cause="(stream-lost|relay-silent)",outcome="offered"/,
    );
  });

  it('is in the timeline of the ended call, after the interruption and before the transfer', async () => {
    await platform.sql(
      'INSERT INTO departments (tenant_id, key, name, address, mode, ring_ms, hours) VALUES ($1, $2, $3, ' +
        "$4, 'cold', 25000, '[]')",
      DEMO_TENANT_ID,
      'night-desk',
      'Night desk',
      '+12025550175',
    );
    says('I see.', { say: LONG });
    const call = platform.ring();
    await answer(call);
    await call.waitForSpeech({ forMs: 1_000 });
    says('Go on.');
    await call.say(words(900));
    await platform.eventually(
      () => eventsOf(platform, call),
      (events) => events.some(({ type, data }) => type === 'agent.spoke' && data.interrupted),
      'the interruption to be written down',
    );
    await kill(call);
    await call.waitForSilence(600);
    const callId = await platform.callIdOf(call.sid);
    const live = await timelineOf(callId);
    expect(live.isLive).toBe(true);
    expect(live.items[0]).toMatchObject({ sequence: 1, type: 'call.admitted' });
    const put = await platform.tell(`/v1/calls/${callId}/transfer`, { department: 'night-desk' });
    expect(put.status).toBe(202);
    await call.ended;
    await platform.recorded(call.sid);
    const { isLive, items } = await timelineOf(callId);
    expect(isLive).toBe(false);
    expect(items.map(({ sequence }) => sequence)).toEqual(items.map((_, index) => index + 1));
    expect(items.slice(0, live.items.length)).toEqual(live.items);
    const told = items.flatMap(({ type, data }) => {
      if (type === 'agent.spoke') return data['interrupted'] ? ['interrupted'] : [];
      if (type === 'stream.attached') return [`attached ${String(data['epoch'])}`];
      if (type === 'transfer.asked') return [`transfer by ${String(data['by'])}`];
      return type === 'call.ended' ? ['ended'] : [];
    });
    expect(told).toEqual(['attached 1', 'interrupted', 'attached 2', 'transfer by operator', 'ended']);
    const turns = await platform.ask<{ items: TurnPart[] }>(`/v1/calls/${callId}/turns`);
    const [cut] = turns.items.flatMap(({ utterances }) =>
      utterances.filter(({ interrupted }) => interrupted),
    );
    expect(cut!.heardMs).toBeLessThan(cut!.generatedMs);
    expect(`${cut!.text} ${cut!.unheard}`).toBe(LONG);
    expect(turns.items.filter(({ latency }) => latency?.modelMs !== undefined)).not.toEqual([]);
  });

  interface TurnPart {
    readonly utterances: readonly {
      readonly text: string;
      readonly unheard: string;
      readonly interrupted: boolean;
      readonly heardMs: number;
      readonly generatedMs: number;
    }[];
    readonly latency: { readonly modelMs: number | null } | null;
  }
  const timelineOf = (callId: string) =>
    platform.ask<{
      readonly isLive: boolean;
      readonly items: readonly {
        readonly sequence: number;
        readonly type: string;
        readonly data: Readonly<Record<string, unknown>>;
      }[];
    }>(`/v1/calls/${callId}/timeline?limit=2000`);

  it('with a booking under way books once, and tells the caller', async () => {
    const start = await freeSlot();
    says('I see.', {
      call: { name: 'book_appointment', arguments: { service: 'plumbing', start, name: 'Alex Morgan' } },
    });
    const call = platform.ring();
    await call.waitForSpeech();
    await call.waitForSilence(400);
    await platform.stack.supervisor.kill('crm-api', 'SIGSTOP');
    await call.say(words(900));
    await platform.eventually(
      () => eventsOf(platform, call),
      (events) => events.some(({ type }) => type === 'tool.called'),
      'the booking to be asked for',
    );
    says('I see.', { ifToolOutput: 'book_appointment', ifOutputContains: '"ok"', say: 'It is booked.' });
    const killing = kill(call);
    await happened(platform, call, 'stream-open', 2);
    await platform.stack.supervisor.kill('crm-api', 'SIGCONT');
    const { gapMs } = await killing;
    console.log(`relay killed while a tool works: the agent is heard again after ${gapMs} ms`);
    await platform.eventually(
      () => eventsOf(platform, call),
      (events) => events.some(({ type }) => type === 'tool.finished'),
      'the booking to be done',
    );
    await call.waitForSpeech();
    await call.waitForSilence(600);
    call.hangup();
    await call.ended;
    const recorded = await platform.recorded(call.sid);
    expect(recorded.toolCalls.map(({ name, outcome }) => `${name} ${outcome?.status}`)).toEqual([
      'book_appointment ok',
    ]);
    expect(recorded.transcript.map(({ text }) => text)).toContain('It is booked.');
    expect(recorded.outcome).toBe('booked');
    expect(await platform.sql('SELECT id FROM bookings WHERE call_id = $1', recorded.callId)).toHaveLength(1);
    const events = await eventsOf(platform, call);
    expectGapless(events);
    expect(
      events
        .filter(({ type }) => type === 'tool.called' || type === 'tool.finished')
        .map(({ type, epoch }) => `${type} ${epoch}`),
    ).toEqual(['tool.called 1', 'tool.finished 2']);
  });
});

async function freeSlot(): Promise<string> {
  for (let day = 1; day < 15; day += 1) {
    const date = new Date(Date.now() + day * 86_400_000).toISOString().slice(0, 10);
    const [first] = await freeTimes(platform, date);
    if (first) return first.start;
  }
  throw new TypeError('No plumber is free for two weeks.');
}
