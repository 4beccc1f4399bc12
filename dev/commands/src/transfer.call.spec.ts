import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { AgentContentInput, CallEvent } from '@tandem/contracts';
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
import { answer, CALLER, RunningPlatform, spokenByCarrier, words } from './running-platform.ts';

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
const LONG =
  'We have an opening on Tuesday at nine in the morning, another one at eleven, and on Wednesday the ' +
  'whole afternoon is still free for you.';

/** Never today, wherever it is. */
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
/** Who answers, by number, or by the caller who is put through to them. */
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
const session = () => platform.model.sessions.at(-1)!;
const kinds = (report: CallReport) => report.timeline.map(({ kind }) => kind);
const dialEnds = ({ timeline }: CallReport) =>
  timeline.flatMap((entry) => (entry.kind === 'dial-ended' ? [entry.status] : []));
/** Errors of ours: Twilio also reports every stream that we close, which is how a call is let go of. */
const faults = ({ errors }: CallReport) =>
  errors.filter(({ level, code }) => level === 'error' && code !== 31_921);
const happened = (call: SimulatedCall, kind: string, times = 1) =>
  platform.eventually(
    () => kinds(call.report()).filter((seen) => seen === kind).length,
    (count) => count >= times,
    `${kind} of ${call.sid}`,
  );

async function eventsOf(call: SimulatedCall): Promise<CallEvent[]> {
  return (await platform.records.events(await platform.callIdOf(call.sid))).events;
}

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

/** Hears the agent on the new stream to its end, answers, hears it again and hangs up. */
async function talksOn(call: SimulatedCall): Promise<CallReport> {
  await happened(call, 'stream-open', 2);
  const heardOnIt = () =>
    kinds(call.report()).lastIndexOf('agent-started') > kinds(call.report()).lastIndexOf('stream-open');
  await platform.eventually(heardOnIt, Boolean, 'the agent on the new stream');
  await answer(call);
  await call.waitForSpeech();
  await call.waitForSilence(500);
  call.hangup();
  return call.ended;
}

/** The numbers the relays gave their events: none twice, none left out. */
function expectGapless(events: readonly CallEvent[]): void {
  const numbers = events.filter(({ epoch }) => epoch > 0).map(({ seq }) => seq);
  expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, index) => index + 1));
}

describe('a caller put through cold', () => {
  it('hears that it happens, talks to the person, and the call ends as transferred', async () => {
    const call = await asksFor('sales');
    const report = await call.ended;
    expect(report.endedBy).toBe('hangup-verb');
    expect(kinds(report)).toContain('bridged');
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
    await happened(call, 'bridged');
    call.hangup();
    await call.ended;
    expect((await platform.recorded(call.sid)).termination?.reason).toBe('transferred');
  });

  it('to somebody who is busy is back with the agent, who knows why and goes on; the carrier may ask thrice', async () => {
    people.set(SALES, PEOPLE.busy());
    const call = await asksFor('sales', CALLER, {
      duplicates: { copies: 3, order: 'concurrent', purposes: ['action'] },
    });
    await happened(call, 'dial-ended');
    const report = await talksOn(call);
    expect(report.streams).toHaveLength(2);
    expect(
      report.timeline.flatMap((entry) => (entry.kind === 'duplicate-answer' ? [entry.isIdentical] : [])),
    ).toEqual([true, true, true, true]);
    expect(faults(report)).toEqual([]);
    expect(JSON.stringify(session().seededItems)).toContain(
      'Putting the caller through to sales ended with: busy',
    );
    expect(JSON.stringify(session().seededItems)).toContain('transfer_call');
    expect(session().mistakes).toEqual({});
    const recorded = await platform.recorded(call.sid);
    expect(recorded.termination?.reason).toBe('caller-hangup');
    expect(recorded.transcript.map(({ text }) => text)).toEqual(
      expect.arrayContaining([TRANSFERRING, NOBODY, 'I can take a message.']),
    );
    expect(recorded.legs).toMatchObject([{ epoch: 1, detachReason: 'transfer' }, { epoch: 2 }]);
    expectGapless(await eventsOf(call));
  });

  it('who gives up while it rings has ended the call', async () => {
    people.set(SALES, PEOPLE.neverAnswers());
    const call = await asksFor('sales');
    await happened(call, 'dialling');
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
    expect(kinds(report)).toContain('bridged');
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
        await happened(call, 'dial-ended');
        return talksOn(call);
      }),
    );
    for (const [index, { status, outcome }] of cases.entries()) {
      const [call, report] = [calls[index]!, reports[index]!];
      expect(dialEnds(report)).toEqual([status]);
      expect(kinds(report)).not.toContain('bridged');
      expect(faults(report)).toEqual([]);
      const events = await eventsOf(call);
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
    await happened(call, 'stream-open', 2);
    // The first words on the new stream may come from the relay's own cache, before its model session is
    // open.
    await platform.eventually(
      () => platform.model.openedSessions,
      (count) => count >= opened + 2,
      'the second model session',
    );
    await call.waitForSpeech();
    session().hears('The front desk then.');
    await answer(call);
    const report = await call.ended;
    expect(legs.map(({ to }) => to)).toEqual([SUPPORT, DESK]);
    expect(kinds(report).filter((kind) => kind === 'bridged')).toHaveLength(1);
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

  it('to a number, whoever asks for it and however, dials nothing', async () => {
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
    expect(kinds(report)).toContain('bridged');
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

describe('a relay that dies with another one there', () => {
  const holderOf = async (call: SimulatedCall) =>
    (await platform.records.state(await platform.callIdOf(call.sid)))!.relayId!;

  const killed = new Set<string>();
  afterEach(async () => {
    for (const call of platform.twilio.liveCalls) call.hangup();
    for (const relay of killed) await platform.stack.supervisor.restart(relay);
    killed.clear();
  });

  /** Kills the relay that holds the call; answers how long the caller heard nothing of the agent, in ms. */
  async function kill(call: SimulatedCall): Promise<{ relayId: string; gapMs: number }> {
    const relayId = await holderOf(call);
    const nowMs = () => Date.now() - call.report().startedAt;
    killed.add(relayId);
    await platform.stack.supervisor.kill(relayId, 'SIGKILL');
    const killedAtMs = nowMs();
    await happened(call, 'stream-open', 2);
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
    const { relayId, gapMs } = await kill(call);
    console.log(`relay killed in the middle of a sentence: the agent is heard again after ${gapMs} ms`);
    expect(await holderOf(call)).not.toBe(relayId);
    expect(JSON.stringify(session().seededItems)).toContain(GREETING);
    const report = await talksOn(call);
    expect(report.said).toEqual([]);
    expect(report.streams).toHaveLength(2);
    const recorded = await platform.recorded(call.sid);
    expect(recorded.termination).toEqual({ class: 'caller', reason: 'caller-hangup' });
    expect(recorded.transcript.map(({ text }) => text)).toEqual(
      expect.arrayContaining([GREETING, 'Tuesday at nine it is.']),
    );
    const events = await eventsOf(call);
    expectGapless(events);
    expect(new Set(events.map(({ epoch }) => epoch))).toEqual(new Set([0, 1, 2]));
    expect(events.filter(({ type }) => type === 'call.ended')).toHaveLength(1);
    expect(await platform.metric('call-ingress', 'tandem_reattachments_total')).toContain(
      'cause="stream-lost",outcome="offered"',
    );
  });

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
      () => eventsOf(call),
      (events) => events.some(({ type }) => type === 'tool.called'),
      'the booking to be asked for',
    );
    says('I see.', { ifToolOutput: 'book_appointment', ifOutputContains: '"ok"', say: 'It is booked.' });
    const killing = kill(call);
    await happened(call, 'stream-open', 2);
    await platform.stack.supervisor.kill('crm-api', 'SIGCONT');
    const { gapMs } = await killing;
    console.log(`relay killed while a tool works: the agent is heard again after ${gapMs} ms`);
    await platform.eventually(
      () => eventsOf(call),
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
    const events = await eventsOf(call);
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
    const response = await fetch(
      `${platform.stack.urls.crmApi}/v1/availability?service=plumbing&date=${date}`,
      { headers: { authorization: `Bearer ${platform.stack.secrets.demoApiKey}` } },
    );
    const { slots } = (await response.json()) as { slots: { start: string }[] };
    if (slots[0]) return slots[0].start;
  }
  throw new TypeError('No plumber is free for two weeks.');
}
