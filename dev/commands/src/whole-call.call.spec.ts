import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { AgentDirectory } from '@tandem/database';
import { guided, MALFORMED_MESSAGES, scripted, type SimulatedCall } from '@tandem/simulators';
import { WebSocket } from 'ws';
import { answer, CALLER, DIALLED, RunningPlatform, spokenByCarrier, words } from './running-platform.ts';

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
  it('is answered, books an appointment through the queue, and is in Postgres with its transcript', async () => {
    const date = nextMonday();
    platform.model.behaviour = guided({ caller: { service: 'plumbing', date } });
    platform.model.addCallerLines({ lines: ['I need a plumber please', 'Yes please', 'No thank you'] });
    const call = platform.ring();
    for (let turn = 0; turn < 3; turn += 1) await answer(call);
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

  it('interrupted by the caller falls silent, forgets what was not heard, and keeps only the rest', async () => {
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

  it('at the start, with nothing below it on the ladder, is told to the caller in words, never in silence', async () => {
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

describe('bad input at the door', () => {
  const opened = () => platform.model.openedSessions;

  it('without Twilio’s signature is refused with 403, malformed with 400, as problem+json', async () => {
    const form = 'CallSid=CA1&From=%2B1&To=%2B1&CallStatus=ringing&Direction=inbound';
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const unsigned = await fetch(platform.voiceUrl, { method: 'POST', headers, body: form });
    const wrong = await fetch(platform.voiceUrl, {
      method: 'POST',
      headers: { ...headers, 'x-twilio-signature': 'AAAA' },
      body: form,
    });
    expect([unsigned.status, wrong.status]).toEqual([403, 403]);
    expect(unsigned.headers.get('content-type')).toContain('application/problem+json');
    expect(await platform.metric('call-ingress', 'tandem_signature_failures_total')).toMatch(
      /missing.* [1-9][\s\S]*wrong.* [1-9]/,
    );
    const signature = createHmac('sha1', platform.stack.twilioAuthToken)
      .update(`${platform.voiceUrl}CallSidnonsense`)
      .digest('base64');
    const malformed = await fetch(platform.voiceUrl, {
      method: 'POST',
      headers: { ...headers, 'x-twilio-signature': signature },
      body: 'CallSid=nonsense',
    });
    expect(malformed.status).toBe(400);
    expect(((await malformed.json()) as { detail: string }).detail).toContain('CallSid');
  });

  it('on a media socket is closed with a policy code inside five seconds, and no model session is opened', async () => {
    const before = opened();
    const relay = platform.stack.supervisor.portsOf('relay-1').http;
    const url = `ws://127.0.0.1:${relay}/media/relay-1`;
    const call = platform.ring();
    await call.waitForSpeech();
    const ticket = /name="ticket" value="([^"]+)"/.exec(call.report().documents[0]!)![1]!;
    const start = (parameters: object) =>
      JSON.stringify({
        event: 'start',
        sequenceNumber: '1',
        streamSid: 'MZ1',
        start: {
          streamSid: 'MZ1',
          accountSid: 'AC1',
          callSid: call.sid,
          tracks: ['inbound'],
          customParameters: parameters,
          mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 },
        },
      });
    const foreign = `${ticket.split('.')[0]}.${Buffer.from('{"c":{},"aud":"relay:relay-2","exp":9999999999}').toString('base64url')}.${ticket.split('.')[2]}`;
    const closes = await Promise.all([
      closeOf(url, []),
      closeOf(url, ['{"event":"connected","protocol":"Call","version":"1.0.0"}', start({})]),
      closeOf(url, [start({ ticket: 'nonsense' })]),
      closeOf(url, [start({ ticket: foreign })]),
      closeOf(url, [start({ ticket })]), // used already
      closeOf(url, ['{"event":"media","media":{}}']),
      closeOf(url, ['not json']),
      closeOf(url, [start({ ticket: 'x'.repeat(20_000) })]),
      closeOf(url, ['x'.repeat(100_000)]),
    ]);
    expect(closes.map(({ code, reason }) => `${code} ${reason}`)).toEqual([
      '1008 no-start',
      '1008 no-ticket',
      '1008 ticket-malformed',
      '1008 ticket-forged',
      '1008 ticket-used',
      '1008 not-a-start',
      '1008 not-a-start',
      '1009 too-big',
      '1009 ',
    ]);
    for (const { afterMs } of closes) expect(afterMs).toBeLessThan(6_000);
    expect(opened()).toBe(before + 1);
    call.hangup();
    await call.ended;
  });

  it('on one stream does not disturb another call', async () => {
    const victim = platform.ring();
    const attacker = platform.ring({
      streamFaults: [
        { afterMs: 500, kind: 'malformed', texts: MALFORMED_MESSAGES },
        { afterMs: 700, kind: 'flood', factor: 40, forMs: 1_500 },
        { afterMs: 2_500, kind: 'duplicate', forMs: 500 },
      ],
    });
    await Promise.all([answer(victim), attacker.waitForSpeech()]);
    await victim.waitForSpeech();
    await victim.waitForSilence(500);
    attacker.hangup();
    victim.hangup();
    const [good, bad] = await Promise.all([victim.ended, attacker.ended]);
    expect(good.errors.filter(({ level }) => level === 'error')).toEqual([]);
    expect((await platform.recorded(victim.sid)).transcript.length).toBeGreaterThanOrEqual(2);
    expect((await platform.recorded(bad.callSid)).termination?.class).toBe('caller');
    expect(await platform.metric('relay-1', 'tandem_stream_events_total')).toMatch(/badMessages.* [1-9]/);
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

describe('what is written to the logs', () => {
  it('holds no phone number, no word of a call and no secret', () => {
    const logs = platform.lines.join('\n');
    expect(logs.length).toBeGreaterThan(1_000);
    for (const secret of [
      CALLER,
      CALLER.slice(2),
      'Alex Morgan',
      'plumber please',
      platform.stack.twilioAuthToken,
      platform.stack.secrets.tandemSecret,
      platform.stack.secrets.demoApiKey,
      'sk-test',
    ]) {
      expect(logs).not.toContain(secret);
    }
  });
});

function nextMonday(): string {
  const day = new Date(Date.now() + 86_400_000);
  while (day.getUTCDay() !== 1) day.setUTCDate(day.getUTCDate() + 1);
  return day.toISOString().slice(0, 10);
}

function closeOf(
  url: string,
  messages: readonly string[],
): Promise<{ code: number; reason: string; afterMs: number }> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url);
    const startedAt = Date.now();
    socket.on('open', () => {
      for (const message of messages) socket.send(message);
    });
    socket.on('close', (code, reason) =>
      resolve({ code, reason: reason.toString(), afterMs: Date.now() - startedAt }),
    );
    socket.on('error', reject);
  });
}
