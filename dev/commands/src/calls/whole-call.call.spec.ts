import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { AgentDirectory } from '@tandem/database';
import { guided, scripted, type SimulatedCall } from '@tandem/simulators';
import {
  answer,
  CALLER,
  DIALLED,
  RunningPlatform,
  spokenByCarrier,
  words,
} from '../testing/running-platform.ts';
import { nextMonday } from '../testing/next-monday.ts';
import { expectPrivateLogs } from '../testing/private-logs.ts';

jest.setTimeout(90_000);

let platform: RunningPlatform;
beforeAll(async () => {
  platform = await RunningPlatform.start();
});
afterAll(() => platform.stop());
beforeEach(() => {
  platform.model.faults.clear();
  platform.model.behaviour = scripted({ turns: [], otherwise: 'Of course. Which day would suit you best?' });
});

const LONG =
  'We have an opening on Tuesday at nine in the morning, another one at eleven, and on Wednesday the ' +
  'whole afternoon is still free for you.';

describe('a call', () => {
  it('is answered, books through the queue, and is in Postgres with its transcript', async () => {
    const date = nextMonday();
    platform.model.behaviour = guided({ caller: { service: 'plumbing', date } });
    platform.model.addCallerLines({ lines: ['I need a plumber please', 'Yes please', 'No thank you'] });
    const call = platform.ring();
    await platform.answerQuestions(call, 3);
    const report = await call.ended;
    const recorded = await platform.recorded(call.sid);
    expect(report.endedBy).toBe('hangup-verb');
    expect(recorded).toMatchObject({
      status: 'completed',
      termination: { class: 'completed', reason: 'agent-goodbye' },
      outcome: 'booked',
    });
    expect(recorded.toolCalls.map(({ name, outcome }) => `${name} ${outcome?.status}`)).toEqual([
      'lookup_customer ok',
      'check_availability ok',
      'book_appointment ok',
      'end_call ok',
    ]);
    expect(recorded.transcript.filter(({ speaker }) => speaker === 'caller').map(({ text }) => text)).toEqual(
      ['I need a plumber please', 'Yes please', 'No thank you'],
    );
    expect(recorded.transcript[0]).toMatchObject({ speaker: 'agent', interrupted: false });
    expect(recorded.transcript.map(({ startedAtMs }) => startedAtMs)).toEqual(
      recorded.transcript.map(({ startedAtMs }) => startedAtMs).sort((a, b) => a - b),
    );
    const bookings = await platform.sql<{ status: string; phone: string }>(
      'SELECT b.status, c.phone FROM bookings b JOIN contacts c ON c.id = b.contact_id WHERE b.call_id = $1',
      recorded.callId,
    );
    expect(bookings).toEqual([{ status: 'booked', phone: CALLER }]);
    const [session] = platform.model.sessions.slice(-1);
    expect(session?.mistakes).toEqual({});
  });

  it('passes audio both ways without changing a byte', async () => {
    const call = platform.ring({ isRecording: true });
    await answer(call, 1_500);
    await call.waitForSpeech();
    await call.waitForSilence(600);
    call.hangup();
    const { recording } = await call.ended;
    const [session] = platform.model.sessions.slice(-1);
    const said = Buffer.concat(recording!.caller);
    const heard = Buffer.concat(recording!.agent);
    expect(session!.received.length).toBeGreaterThan(16_000);
    expect(said.includes(session!.received)).toBe(true);
    const items = session!.items
      .filter((item) => item['role'] === 'assistant')
      .map((item) => session!.sentFor(String(item['id'])));
    expect(items.length).toBeGreaterThanOrEqual(2);
    for (const audio of items) expect(heard.includes(audio)).toBe(true);
  });

  it('interrupted by the caller falls silent and keeps only the words that were heard', async () => {
    platform.model.behaviour = scripted({ turns: [{ say: LONG }], otherwise: 'I see.' });
    const call = platform.ring();
    await answer(call);
    await call.waitForSpeech({ forMs: 1_200 });
    await call.say(words(1_200));
    await call.waitForSilence(300);
    await call.waitForSpeech();
    call.hangup();
    const report = await call.ended;
    const [session] = platform.model.sessions.slice(-1);
    expect(report.errors.filter(({ level }) => level === 'error')).toEqual([]);
    expect(session!.mistakes).toEqual({});
    const truncations = session!.sentEvents('conversation.item.truncated');
    expect(truncations.length).toBeGreaterThanOrEqual(1);
    const [stream] = report.streams;
    expect(stream!.clears.length).toBeGreaterThanOrEqual(1);
    const recorded = await platform.recorded(call.sid);
    const cut = recorded.transcript.find(({ interrupted }) => interrupted)!;
    expect(cut.text.length).toBeGreaterThan(0);
    expect(LONG.startsWith(cut.text)).toBe(true);
    expect(cut.text.length).toBeLessThan(LONG.length / 2);
    expect(truncations.map((event) => event['audio_end_ms'])).toContain(Math.floor(cut.heardMs!));
  });

  it('delivered three times at once gets the identical answer and happens once', async () => {
    const call = platform.ring({ duplicates: { copies: 3, order: 'concurrent' } });
    await call.waitForSpeech();
    call.hangup();
    const report = await call.ended;
    const duplicates = report.timeline.filter((entry) => entry.kind === 'duplicate-answer');
    expect(duplicates).toHaveLength(2);
    expect(duplicates.every((entry) => entry.isIdentical)).toBe(true);
    await platform.recorded(call.sid);
    expect(await platform.sql('SELECT id FROM calls WHERE carrier_call_id = $1', call.sid)).toHaveLength(1);
  });

  it('that the caller leaves in the middle of a sentence keeps what was heard of it', async () => {
    const call = platform.ring();
    await call.waitForSpeech({ forMs: 1_000 });
    call.hangup();
    await call.ended;
    const recorded = await platform.recorded(call.sid);
    expect(recorded.termination).toEqual({ class: 'caller', reason: 'caller-hangup' });
    expect(recorded.transcript).toHaveLength(1);
    expect(recorded.transcript[0]).toMatchObject({ speaker: 'agent', interrupted: true });
    expect(recorded.transcript[0]!.text.length).toBeGreaterThan(0);
  });

  it('to a number that is nobody’s hears so, politely, and is recorded with the reason', async () => {
    const call = platform.ring({ to: '+12025550199' });
    const report = await call.ended;
    expect(spokenByCarrier(report)).toContain('not in service');
    expect(report.streams).toEqual([]);
    const [row] = await platform.eventually(
      () =>
        platform.sql<{ refusal_reason: string }>(
          'SELECT refusal_reason FROM calls WHERE carrier_call_id = $1',
          call.sid,
        ),
      (rows) => rows.length > 0,
      'the refusal',
    );
    expect(row?.refusal_reason).toBe('unknown-number');
  });
});

describe('a call that cannot be connected', () => {
  const refusalOf = async (call: SimulatedCall) => {
    const report = await call.ended;
    const { refusalReason } = await platform.recorded(call.sid);
    expect(report.streams).toEqual([]);
    return `${refusalReason}: ${spokenByCarrier(report)}`;
  };

  it('outside the opening hours hears so', async () => {
    await platform.sql('UPDATE phone_numbers SET is_always_open = false');
    const told = await refusalOf(platform.ring());
    await platform.sql('UPDATE phone_numbers SET is_always_open = true');
    expect(told).toMatch(/^closed: Thank you for calling Northwind Home Services\. We are closed/);
  });

  it('because no relay is there hears that all lines are busy', async () => {
    await platform.stack.supervisor.kill('relay-1', 'SIGSTOP');
    await platform.leases(0);
    const told = await refusalOf(platform.ring());
    await platform.stack.supervisor.kill('relay-1', 'SIGCONT');
    expect(told).toMatch(/^no-capacity: .*lines are busy/);
    await platform.leases(1);
  });
});

describe('a spoken notice', () => {
  it('is heard before the call is connected, and the ticket outlives it', async () => {
    const directory = new AgentDirectory(platform.database);
    const { agent } = (await directory.findByNumber(DIALLED))!;
    const { agentId, agentVersion: _version, tenantId, ...content } = agent!;
    await directory.publish(tenantId, agentId, {
      ...content,
      notice: 'This call is recorded. You are speaking with a computer.',
    });
    const call = platform.ring();
    await call.waitForSpeech();
    call.hangup();
    const report = await call.ended;
    await directory.publish(tenantId, agentId, content);
    expect(report.said).toEqual(['This call is recorded. You are speaking with a computer.']);
    const order = report.timeline.map(({ kind }) => kind);
    expect(order.indexOf('said')).toBeLessThan(order.indexOf('stream-open'));
  });
});

describe('a model that fails', () => {
  const ladder = { ladder: [{ kind: 'message' as const }] };
  const moves = async (call: SimulatedCall) => {
    const callId = (await platform.records.findByCarrierId(call.sid))!;
    return (await platform.records.events(callId)).events.flatMap((event) =>
      event.type === 'model.moved' ? [event.data] : [],
    );
  };

  it('at the start, with no fallback left, is told to the caller in words, never in silence', async () => {
    await platform.withAgent(ladder, async () => {
      platform.model.faults.add({ kind: 'refuse', status: 503 });
      const call = platform.ring();
      const report = await call.ended;
      expect(spokenByCarrier(report)).toContain('technical problem');
      expect((await platform.recorded(call.sid)).termination).toEqual({
        class: 'provider',
        reason: 'model-unavailable',
      });
    });
  });

  it('at the start gives way to the guided engine, which says what it is', async () => {
    platform.model.faults.add({ kind: 'refuse', status: 503 });
    const call = platform.ring();
    await call.waitForSpeech({ forMs: 3_000, timeoutMs: 20_000 });
    platform.model.faults.clear();
    call.hangup();
    await call.ended;
    const recorded = await platform.recorded(call.sid);
    expect(recorded.termination).toEqual({ class: 'caller', reason: 'caller-hangup' });
    expect(recorded.transcript[0]!.text.length).toBeGreaterThan(0);
    const opened = (
      await platform.records.events((await platform.records.findByCarrierId(call.sid))!)
    ).events.flatMap((event) => (event.type === 'model.opened' ? [event.data.provider] : []));
    expect([...opened, ...(await moves(call)).map(({ provider }) => provider)]).toContain('guided');
  });

  it('in the middle of a sentence is opened again, and the agent goes on', async () => {
    const call = platform.ring();
    await call.waitForSpeech({ forMs: 500 });
    platform.model.faults.add({ kind: 'cut', how: 'reset', sessions: 'open', times: 1 });
    const moved = await platform.eventually(
      () => moves(call),
      (found) => found.length > 0,
      'the call to go on in another session',
    );
    await answer(call);
    await call.waitForSpeech();
    call.hangup();
    const report = await call.ended;
    expect(spokenByCarrier(report)).toBe('');
    expect(moved).toMatchObject([{ why: 'cut', provider: 'openai-realtime' }]);
    expect((await platform.recorded(call.sid)).termination).toEqual({
      class: 'caller',
      reason: 'caller-hangup',
    });
    console.log(`a cut session is replaced after ${Math.round(moved[0]!.gapMs)} ms`);
  });

  it('in the middle of a sentence for good is told to the caller in words', async () => {
    await platform.withAgent(ladder, async () => {
      const call = platform.ring();
      await call.waitForSpeech({ forMs: 500 });
      platform.model.faults.add({ kind: 'refuse', status: 503 });
      platform.model.faults.add({ kind: 'cut', how: 'reset', sessions: 'open' });
      const report = await call.ended;
      platform.model.faults.clear();
      expect(spokenByCarrier(report)).toContain('technical problem');
      const recorded = await platform.recorded(call.sid);
      expect(recorded.termination).toEqual({ class: 'provider', reason: 'model-failed' });
      expect(recorded.transcript[0]!.text.length).toBeGreaterThan(0);
    });
  });

  it('by calling tools wrongly is told so and may try again', async () => {
    platform.model.behaviour = scripted({
      turns: [
        { call: { name: 'check_availability', arguments: { service: 'plumbing', date: 'tomorrow' } } },
        {
          ifToolOutput: 'check_availability',
          ifOutputContains: 'bad-arguments',
          call: { name: 'check_availability', arguments: { service: 'plumbing', date: nextMonday() } },
        },
        { ifToolOutput: 'check_availability', say: 'Nine or ten?' },
      ],
    });
    const call = platform.ring();
    await answer(call);
    await call.waitForSpeech();
    await call.waitForSilence(500);
    call.hangup();
    await call.ended;
    const recorded = await platform.recorded(call.sid);
    expect(recorded.toolCalls.map(({ outcome }) => outcome?.status)).toEqual(['refused', 'ok']);
  });
});

describe('a relay that dies with no other there', () => {
  it('is told to the caller in words, and its call is written down as lost', async () => {
    const call = platform.ring();
    await call.waitForSpeech({ forMs: 800 });
    await platform.stack.supervisor.kill('relay-1', 'SIGKILL');
    const report = await call.ended;
    expect(spokenByCarrier(report)).toContain('technical problem');
    const recorded = await platform.recorded(call.sid);
    expect(recorded.termination?.class).toBe('indeterminate');
    await platform.stack.supervisor.restart('relay-1');
    const next = platform.ring();
    await next.waitForSpeech();
    next.hangup();
    await next.ended;
  });
});

it('writes no phone number, no word of a call and no secret to the logs', () => expectPrivateLogs(platform));
