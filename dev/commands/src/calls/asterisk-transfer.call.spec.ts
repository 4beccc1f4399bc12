import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { CallEvent } from '@tandem/contracts';
import { DEMO_TENANT_ID } from '@tandem/database';
import {
  ASTERISK_PEOPLE,
  scripted,
  type AsteriskCalleeScript,
  type ScriptedTurn,
  type SimulatedAsteriskCall,
} from '@tandem/simulators';
import { AsteriskCaller, carrierIdOf } from '../testing/asterisk-caller.ts';
import { CALLER, RunningPlatform, words } from '../testing/running-platform.ts';

jest.setTimeout(120_000);

const SALES = '+12025550171';
const SUPPORT = '+12025550172';
const SUMMARY = 'Alex Morgan has water in the basement and wants to know when somebody comes.';
const NOBODY = 'Nobody is there.';
const DIRECTORY = [
  { key: 'sales', address: SALES, mode: 'cold' },
  { key: 'support', address: SUPPORT, mode: 'warm' },
];

let platform: RunningPlatform;
let pbx: AsteriskCaller;
/** Scripts of the people who are dialled, by the number in their endpoint. */
const people = new Map<string, AsteriskCalleeScript>();

beforeAll(async () => {
  pbx = await AsteriskCaller.start('ari', {
    callees: (endpoint) =>
      [...people].find(([number]) => endpoint.includes(number))?.[1] ?? ASTERISK_PEOPLE.talks(),
  });
  platform = await RunningPlatform.start({ stack: { relays: 2, env: pbx.env } });
  pbx.callTo(platform);
  await platform.leases(2);
  await platform.publish({
    greeting: 'Northwind, hello.',
    texts: { en: { transferring: 'One moment.', transferFailed: NOBODY } },
    tools: ['lookup_customer', 'transfer_call', 'end_call'],
  });
  await platform.sql('DELETE FROM departments WHERE tenant_id = $1', DEMO_TENANT_ID);
  for (const { key, address, mode } of DIRECTORY) {
    await platform.sql(
      'INSERT INTO departments (tenant_id, key, name, address, mode, ring_ms, hours) VALUES ($1, $2, $2, ' +
        "$3, $4, 25000, '[]')",
      DEMO_TENANT_ID,
      key,
      address,
      mode,
    );
  }
});
afterAll(async () => {
  await pbx.stop();
  await platform.stop();
});
beforeEach(() => {
  platform.model.faults.clear();
  people.clear();
});
afterEach(() => {
  for (const call of pbx.pbx.liveCalls) call.hangup();
});

const kindsOf = (call: SimulatedAsteriskCall) => call.report().timeline.map(({ kind }) => kind);
/** The channels of people the caller was connected to; the relay's are not among them. */
const peopleBridged = (call: SimulatedAsteriskCall) =>
  call
    .report()
    .timeline.flatMap((entry) =>
      entry.kind === 'bridged' && !entry.with.startsWith('AudioSocket/') ? [entry.with] : [],
    );
const says = (otherwise: string, ...turns: ScriptedTurn[]) =>
  (platform.model.behaviour = scripted({ turns, otherwise }));

/** A caller asks for a person; back with the agent, it offers to take a message. */
async function asksFor(department: string, from = CALLER): Promise<SimulatedAsteriskCall> {
  says('I see.', {
    call: { name: 'transfer_call', arguments: { department, reason: 'caller-asked', summary: SUMMARY } },
  });
  const call = pbx.ring('slin16', { from });
  await call.waitForSpeech();
  await call.waitForSilence(400);
  await call.say(words(900));
  await happened(call, 'dialling');
  says('I can take a message.');
  return call;
}

const happened = (call: SimulatedAsteriskCall, kind: string, times = 1) =>
  platform.eventually(
    () => kindsOf(call).filter((seen) => seen === kind).length,
    (count) => count >= times,
    `${kind} of ${carrierIdOf(call.report())}`,
    30_000,
  );

/** Hears the agent on the second leg to its end, answers, hears it again and hangs up. */
async function talkOn(call: SimulatedAsteriskCall): Promise<void> {
  await happened(call, 'leg-open', 2);
  await platform.eventually(
    () => kindsOf(call).lastIndexOf('agent-started') > kindsOf(call).lastIndexOf('leg-open'),
    Boolean,
    'the agent on the new leg',
    30_000,
  );
  await platform.eventually(
    () => spokenTo(call),
    (texts) => texts.includes(NOBODY),
    `"${NOBODY}" heard`,
    30_000,
  );
  await call.waitForSilence(400);
  await call.say(words(900));
  await call.waitForSpeech();
  await call.waitForSilence(500);
  call.hangup();
  await call.ended;
}

async function eventsOf(call: SimulatedAsteriskCall): Promise<readonly CallEvent[]> {
  return (await platform.records.events(await platform.callIdOf(carrierIdOf(call.report())))).events;
}

async function spokenTo(call: SimulatedAsteriskCall): Promise<string[]> {
  const events = await eventsOf(call);
  return events.flatMap((event) => (event.type === 'agent.spoke' ? [event.data.text] : []));
}

async function outcomesOf(call: SimulatedAsteriskCall): Promise<string[]> {
  const events = await eventsOf(call);
  return events.flatMap((event) => (event.type === 'transfer.ended' ? [event.data.outcome] : []));
}

describe('a caller of a PBX put through cold', () => {
  it('talks to the person, and the call ends as transferred', async () => {
    const call = await asksFor('sales');
    const report = await call.ended;
    expect(peopleBridged(call)).toHaveLength(1);
    expect(report.errors).toEqual([]);
    expect((await platform.recorded(carrierIdOf(report))).termination).toEqual({
      class: 'completed',
      reason: 'transferred',
    });
    expect(await outcomesOf(call)).toEqual(['bridged']);
  });

  it.each([
    ['is busy', ASTERISK_PEOPLE.busy(), 'busy'],
    ['does not answer', ASTERISK_PEOPLE.neverAnswers(), 'no-answer'],
  ] as const)('is back with the agent, who knows why, when the person %s', async (_how, person, outcome) => {
    people.set(SALES, person);
    const call = await asksFor('sales');
    await talkOn(call);
    expect(await outcomesOf(call)).toEqual([outcome]);
    expect(JSON.stringify(platform.model.sessions.at(-1)!.seededItems)).toContain(
      `Putting the caller through to sales ended with: ${outcome}`,
    );
    const recorded = await platform.recorded(carrierIdOf(call.report()));
    expect(recorded.termination?.reason).toBe('caller-hangup');
    expect(recorded.transcript.map(({ text }) => text)).toEqual(
      expect.arrayContaining([NOBODY, 'I can take a message.']),
    );
  });
});

describe('a caller of a PBX put through warm', () => {
  it('is connected when the person accepts by a key', async () => {
    people.set(SUPPORT, ASTERISK_PEOPLE.acceptsByKey());
    const call = await asksFor('support');
    const report = await call.ended;
    expect(peopleBridged(call)).toHaveLength(1);
    expect(report.errors).toEqual([]);
    expect((await platform.recorded(carrierIdOf(report))).termination?.reason).toBe('transferred');
  });

  it.each([
    ['declines by a key', ASTERISK_PEOPLE.declines(), 'declined'],
    ['hangs up during the question', ASTERISK_PEOPLE.hangsUpInWhisper(), 'declined'],
    ['is a voicemail', ASTERISK_PEOPLE.voicemail(), 'declined'],
    ['does not answer', ASTERISK_PEOPLE.neverAnswers(), 'no-answer'],
  ] as const)('is back with the agent when the person %s', async (_how, person, outcome) => {
    people.set(SUPPORT, person);
    const call = await asksFor('support');
    await talkOn(call);
    expect(await outcomesOf(call)).toEqual([outcome]);
    expect((await platform.recorded(carrierIdOf(call.report()))).transcript.map(({ text }) => text)).toEqual(
      expect.arrayContaining([NOBODY, 'I can take a message.']),
    );
  });
});

describe('a call of a PBX whose relay hangs', () => {
  it('is taken away from it over the REST interface', async () => {
    says('I see.');
    const call = pbx.ring();
    await call.waitForSpeech();
    await call.waitForSilence(400);
    const sid = carrierIdOf(call.report());
    const holder = (await platform.records.state(await platform.callIdOf(sid)))!.relayId!;
    await platform.stack.supervisor.kill(holder, 'SIGSTOP');
    await happened(call, 'leg-open', 2);
    await platform.stack.supervisor.kill(holder, 'SIGCONT');
    await call.say(words(900));
    await call.waitForSpeech();
    call.hangup();
    await call.ended;
    expect((await platform.recorded(sid)).termination?.reason).toBe('caller-hangup');
    await platform.leases(2);
  });
});
