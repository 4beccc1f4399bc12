import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { AgentContentInput } from '@tandem/contracts';
import { ApiKeyRepository, DEMO_TENANT_ID, generateApiKey } from '@tandem/database';
import {
  PEOPLE,
  scripted,
  type CalleeScript,
  type CallReport,
  type PlaceCallOptions,
  type ScriptedTurn,
  type SimulatedCall,
} from '@tandem/simulators';
import { answer, CALLER, RunningPlatform, spokenByCarrier } from '../testing/running-platform.ts';
import { eventsOf, expectGapless, happened, kindsOf, talkOn } from '../testing/watched-call.ts';

jest.setTimeout(90_000);

const SALES = '+12025550171';
const SUPPORT = '+12025550172';
const BILLING = '+12025550173';
const DESK = 'sip:desk@example.com';
const SUMMARY = 'Alex Morgan has water in the basement and wants to know when somebody comes.';
// Short, so that the calls are.
const GREETING = 'Northwind, hello.';
const TRANSFERRING = 'One moment.';
const NOBODY = 'Nobody is there.';
/** A weekday that is not today in any time zone. */
const closedToday = [
  { weekday: ((new Date().getUTCDay() + 3) % 7) + 1, opensMinute: 540, closesMinute: 1020 },
];
const AGENT: Partial<AgentContentInput> = {
  greeting: GREETING,
  texts: { en: { transferring: TRANSFERRING, transferFailed: NOBODY } },
  tools: ['lookup_customer', 'check_availability', 'book_appointment', 'transfer_call', 'end_call'],
};
const DIRECTORY = [
  { key: 'sales', name: 'Sales', address: SALES, mode: 'cold', hours: [] },
  { key: 'support', name: 'Support', address: SUPPORT, mode: 'warm', hours: [] },
  { key: 'billing', name: 'Billing', address: BILLING, mode: 'warm', hours: closedToday },
  { key: 'desk', name: 'Front desk', address: DESK, mode: 'warm', hours: [] },
];

let platform: RunningPlatform;
/** Scripts of the people who answer, by their number, or by the caller who is put through to them. */
const people = new Map<string, CalleeScript>();
let legs: SimulatedCall[] = [];

beforeAll(async () => {
  platform = await RunningPlatform.start({
    stack: { relays: 2 },
    twilio: { callees: ({ to, from }) => people.get(to) ?? people.get(from) ?? PEOPLE.talks() },
  });
  platform.twilio.onLeg((leg) => leg.direction === 'outbound-dial' && legs.push(leg));
  await platform.publish(AGENT);
  await platform.sql('DELETE FROM departments WHERE tenant_id = $1', DEMO_TENANT_ID);
  for (const { key, name, address, mode, hours } of DIRECTORY) {
    await platform.sql(
      'INSERT INTO departments (tenant_id, key, name, address, mode, ring_ms, hours) VALUES ($1, $2, ' +
        '$3, $4, $5, 25000, $6)',
      DEMO_TENANT_ID,
      key,
      name,
      address,
      mode,
      JSON.stringify(hours),
    );
  }
});
afterAll(() => platform.stop());
beforeEach(() => {
  platform.model.faults.clear();
  people.clear();
  legs = [];
});

const says = (otherwise: string, ...turns: ScriptedTurn[]) =>
  (platform.model.behaviour = scripted({ turns, otherwise }));
const transferTo = (department: string): ScriptedTurn => ({
  call: { name: 'transfer_call', arguments: { department, reason: 'caller-asked', summary: SUMMARY } },
});
const dialEnds = ({ timeline }: CallReport) =>
  timeline.flatMap((entry) => (entry.kind === 'dial-ended' ? [entry.status] : []));
/** Returns errors without Twilio's report of streams we close, which is how a relay releases a call. */
const faults = ({ errors }: CallReport) =>
  errors.filter(({ level, code }) => level === 'error' && code !== 31_921);
/**
 * A caller asks for a person and is put through to the department; back with the agent, it offers to take a
 * message.
 */
async function asksFor(
  department: string,
  from = CALLER,
  options: Partial<PlaceCallOptions> = {},
): Promise<SimulatedCall> {
  says('I see.', transferTo(department));
  const call = platform.ring({ from, ...options });
  await answer(call);
  says('I can take a message.');
  return call;
}

describe('a caller put through cold', () => {
  it('hears that it happens, talks to the person, and the call ends as transferred', async () => {
    const call = await asksFor('sales');
    const report = await call.ended;
    expect(report.endedBy).toBe('hangup-verb');
    expect(kindsOf(report)).toContain('bridged');
    expect(legs.map(({ to, from }) => ({ to, from }))).toEqual([{ to: SALES, from: CALLER }]);
    expect(faults(report)).toEqual([]);
    const recorded = await platform.recorded(call.sid);
    expect(recorded).toMatchObject({
      status: 'completed',
      outcome: 'transferred',
      termination: { class: 'completed', reason: 'transferred' },
    });
    expect(recorded.transcript.at(-1)).toMatchObject({
      speaker: 'agent',
      text: TRANSFERRING,
      interrupted: false,
    });
    expect(recorded.toolCalls.map(({ name, outcome }) => `${name} ${outcome?.status}`)).toEqual([
      'transfer_call ok',
    ]);
    expect(recorded.legs).toHaveLength(1);
    expect(await platform.metric('call-ingress', 'tandem_transfers_total')).toContain(
      'mode="cold",outcome="bridged"',
    );
  });

  it('and hanging up first is transferred all the same', async () => {
    people.set(SALES, PEOPLE.talks({ talkMs: 60_000 }));
    const call = await asksFor('sales');
    await happened(platform, call, 'bridged');
    call.hangup();
    await call.ended;
    expect((await platform.recorded(call.sid)).termination?.reason).toBe('transferred');
  });

  it('to a busy person is back with the agent, who knows why; the carrier may ask thrice', async () => {
    people.set(SALES, PEOPLE.busy());
    const call = await asksFor('sales', CALLER, {
      duplicates: { copies: 3, order: 'concurrent', purposes: ['action'] },
    });
    await happened(platform, call, 'dial-ended');
    const report = await talkOn(platform, call);
    expect(report.streams).toHaveLength(2);
    expect(
      report.timeline.flatMap((entry) => (entry.kind === 'duplicate-answer' ? [entry.isIdentical] : [])),
    ).toEqual([true, true, true, true]);
    expect(faults(report)).toEqual([]);
    expect(JSON.stringify(platform.model.sessions.at(-1)!.seededItems)).toContain(
      'Putting the caller through to sales ended with: busy',
    );
    expect(JSON.stringify(platform.model.sessions.at(-1)!.seededItems)).toContain('transfer_call');
    expect(platform.model.sessions.at(-1)!.mistakes).toEqual({});
    const recorded = await platform.recorded(call.sid);
    expect(recorded.termination?.reason).toBe('caller-hangup');
    expect(recorded.transcript.map(({ text }) => text)).toEqual(
      expect.arrayContaining([TRANSFERRING, NOBODY, 'I can take a message.']),
    );
    expect(recorded.legs).toMatchObject([{ epoch: 1, detachReason: 'transfer' }, { epoch: 2 }]);
    expectGapless(await eventsOf(platform, call));
  });

  it('who gives up while it rings has ended the call', async () => {
    people.set(SALES, PEOPLE.neverAnswers());
    const call = await asksFor('sales');
    await happened(platform, call, 'dialling');
    call.hangup();
    await call.ended;
    expect((await platform.recorded(call.sid)).termination).toEqual({
      class: 'caller',
      reason: 'caller-hangup',
    });
  });
});

describe('a caller put through warm', () => {
  it.each([
    ['a key', PEOPLE.acceptsByKey()],
    ['a word', PEOPLE.acceptsBySpeech()],
  ])('is connected when the person, who has heard who calls and why, accepts by %s', async (_, person) => {
    people.set(SUPPORT, person);
    const call = await asksFor('support');
    const report = await call.ended;
    expect(kindsOf(report)).toContain('bridged');
    const whispered = spokenByCarrier(legs[0]!.report());
    expect(whispered).toMatch(/^Call for Northwind Home Services from Alex Morgan\./);
    expect(whispered).toContain(SUMMARY);
    expect(report.said).toEqual([]);
    expect(faults(report)).toEqual([]);
    expect((await platform.recorded(call.sid)).termination?.reason).toBe('transferred');
  });

  it('is back with the agent when nobody takes them, whatever the carrier calls it', async () => {
    const cases = [
      { from: '+12025550131', person: PEOPLE.declines(), status: 'completed', outcome: 'declined' },
      { from: '+12025550132', person: PEOPLE.hangsUpInWhisper(), status: 'completed', outcome: 'declined' },
      { from: '+12025550133', person: PEOPLE.voicemail(), status: 'completed', outcome: 'declined' },
      { from: '+12025550134', person: PEOPLE.neverAnswers(), status: 'no-answer', outcome: 'no-answer' },
    ];
    for (const { from, person } of cases) people.set(from, person);
    const calls = await Promise.all(cases.map(({ from }) => asksFor('support', from)));
    const reports = await Promise.all(
      calls.map(async (call) => {
        await happened(platform, call, 'dial-ended');
        return talkOn(platform, call);
      }),
    );
    for (const [index, { status, outcome }] of cases.entries()) {
      const [call, report] = [calls[index]!, reports[index]!];
      expect(dialEnds(report)).toEqual([status]);
      expect(kindsOf(report)).not.toContain('bridged');
      expect(faults(report)).toEqual([]);
      const events = await eventsOf(platform, call);
      expect(
        events.flatMap((event) => (event.type === 'transfer.ended' ? [event.data.outcome] : [])),
      ).toEqual([outcome]);
      expectGapless(events);
      expect((await platform.recorded(call.sid)).transcript.map(({ text }) => text)).toEqual(
        expect.arrayContaining([NOBODY, 'I can take a message.']),
      );
    }
  });

  it('may be put through again after coming back, to a SIP address too', async () => {
    people.set(SUPPORT, PEOPLE.declines());
    people.set(DESK, PEOPLE.acceptsByKey());
    says('I see.', transferTo('support'));
    const opened = platform.model.openedSessions;
    const call = platform.ring();
    await answer(call);
    says('Let me try the front desk.', { ifHeard: 'desk', ...transferTo('desk') });
    await happened(platform, call, 'stream-open', 2);
    // The first words on the new stream may come from the relay's own cache, before its model session is
    // open.
    await platform.eventually(
      () => platform.model.openedSessions,
      (count) => count >= opened + 2,
      'the second model session',
    );
    await call.waitForSpeech();
    platform.model.sessions.at(-1)!.hears('The front desk then.');
    await answer(call);
    const report = await call.ended;
    expect(legs.map(({ to }) => to)).toEqual([SUPPORT, DESK]);
    expect(kindsOf(report).filter((kind) => kind === 'bridged')).toHaveLength(1);
    expect((await platform.recorded(call.sid)).termination?.reason).toBe('transferred');
  });
});

describe('a transfer that must not be', () => {
  it('to a closed department is refused, and the agent says so', async () => {
    says('I see.', transferTo('billing'), {
      ifToolOutput: 'transfer_call',
      ifOutputContains: 'department-closed',
      say: 'They are closed today.',
    });
    const call = platform.ring();
    await answer(call);
    await call.waitForSpeech();
    await call.waitForSilence(500);
    call.hangup();
    await call.ended;
    expect(legs).toEqual([]);
    expect((await platform.recorded(call.sid)).transcript.at(-1)?.text).toBe('They are closed today.');
  });

  it('to a number dials nothing, no matter how it is asked for', async () => {
    const targets = ['+19005550100', SALES, DESK, 'sales,+19005550100', 'nobody'];
    says(
      'I see.',
      targets.reduceRight<ScriptedTurn>((then, target) => ({ ...transferTo(target), then }), {
        say: 'That I cannot do.',
      }),
    );
    const call = platform.ring();
    await answer(call);
    await call.waitForSpeech();
    await call.waitForSilence(500);
    call.hangup();
    const report = await call.ended;
    expect(legs).toEqual([]);
    expect(report.documents.join('')).not.toContain('<Dial');
    const { toolCalls, transcript } = await platform.recorded(call.sid);
    expect(toolCalls.map(({ name, outcome }) => `${name} ${outcome?.status}`)).toEqual(
      targets.map(() => 'transfer_call refused'),
    );
    expect(transcript.at(-1)?.text).toBe('That I cannot do.');
  });
});

describe('an operator', () => {
  const inTalk = async () => {
    says('I see.');
    const call = platform.ring();
    await answer(call);
    await call.waitForSpeech();
    await call.waitForSilence(300);
    return { call, path: `/v1/calls/${await platform.callIdOf(call.sid)}` };
  };

  it('puts a running call through', async () => {
    people.set(SUPPORT, PEOPLE.acceptsByKey());
    const { call, path } = await inTalk();
    expect(
      (
        await platform.tell(`${path}/transfer`, {
          department: 'support',
          summary: 'From the desk of the boss.',
        })
      ).status,
    ).toBe(202);
    const report = await call.ended;
    expect(kindsOf(report)).toContain('bridged');
    expect(spokenByCarrier(legs[0]!.report())).toContain('From the desk of the boss.');
    const recorded = await platform.recorded(call.sid);
    expect(recorded.termination?.reason).toBe('transferred');
    expect(recorded.transcript.at(-1)?.text).toBe(TRANSFERRING);
    expect(await platform.tell(`${path}/end`)).toMatchObject({ status: 409, code: 'call-over' });
  });

  it('ends a running call with a goodbye', async () => {
    const { call, path } = await inTalk();
    expect((await platform.tell(`${path}/end`)).status).toBe(202);
    const report = await call.ended;
    expect(report.endedBy).toBe('hangup-verb');
    expect(report.said).toEqual([]);
    const recorded = await platform.recorded(call.sid);
    expect(recorded.termination).toEqual({ class: 'operator', reason: 'operator-ended' });
    expect(recorded.transcript.at(-1)?.speaker).toBe('agent');
    const { items } = await platform.ask<{ items: object[] }>('/v1/audit?act=call.ended');
    expect(items).toMatchObject([{ object: { kind: 'call', id: path.split('/').at(-1) }, refusal: null }]);
  });

  it('is told what cannot be done, and by whom', async () => {
    const reader = generateApiKey();
    await new ApiKeyRepository(platform.database).store(DEMO_TENANT_ID, reader, {
      name: 'reader',
      scopes: ['calls:read'],
    });
    const { call, path } = await inTalk();
    expect(await platform.tell(`${path}/transfer`, { department: 'warehouse' })).toMatchObject({
      status: 422,
      code: 'unknown-department',
    });
    expect(await platform.tell(`${path}/transfer`, { department: 'billing' })).toMatchObject({
      status: 409,
      code: 'department-closed',
    });
    expect((await platform.tell(`${path}/transfer`, { department: '+19005550100' })).status).toBe(400);
    expect(await platform.tell(`${path}/end`, {}, reader)).toMatchObject({
      status: 403,
      code: 'scope-missing',
    });
    expect(await platform.tell('/v1/calls/00000000-0000-4000-8000-000000000000/end')).toMatchObject({
      status: 404,
      code: 'call-not-found',
    });
    call.hangup();
    await call.ended;
  });
});
