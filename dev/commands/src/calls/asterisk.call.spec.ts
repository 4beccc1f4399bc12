import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { guided, scripted } from '@tandem/simulators';
import { asTalking, AsteriskCaller, carrierIdOf } from '../testing/asterisk-caller.ts';
import { nextMonday } from '../testing/next-monday.ts';
import { CALLER, RunningPlatform, words } from '../testing/running-platform.ts';

jest.setTimeout(120_000);

let platform: RunningPlatform;
let pbx: AsteriskCaller;
beforeAll(async () => {
  pbx = await AsteriskCaller.start();
  platform = await RunningPlatform.start({ stack: { relays: 2, env: pbx.env } });
  pbx.callTo(platform);
  await platform.leases(2);
});
afterAll(async () => {
  await pbx.stop();
  await platform.stop();
});
beforeEach(() => {
  platform.model.faults.clear();
  platform.model.behaviour = scripted({ turns: [], otherwise: 'Of course. Which day would suit you best?' });
});
afterEach(async () => {
  for (const call of pbx.pbx.liveCalls) call.hangup();
  // A caller with a booking ahead is asked about that one.
  await platform.sql("UPDATE bookings SET status = 'cancelled'");
});

const LONG =
  'We have an opening on Tuesday at nine in the morning, another one at eleven, and on Wednesday the ' +
  'whole afternoon is still free for you.';

describe('a call of Asterisk', () => {
  it.each([
    ['8 kHz', 'slin'],
    ['16 kHz', 'slin16'],
  ] as const)(
    'at %s books through the queue, and is in Postgres with its transcript',
    async (_rate, codec) => {
      const date = nextMonday();
      platform.model.behaviour = guided({ caller: { service: 'plumbing', date } });
      platform.model.addCallerLines({ lines: ['I need a plumber please', 'Yes please', 'No thank you'] });
      const call = pbx.ring(codec);
      await platform.answerQuestions(asTalking(call), 3);
      const report = await call.ended;
      const recorded = await platform.recorded(carrierIdOf(report));
      expect(report.errors).toEqual([]);
      expect(report.endedBy).toBe('dialplan-hangup');
      expect(report.legs.map(({ end, rateHz }) => [end?.cause, rateHz])).toEqual([
        ['hung-up-by-relay', codec === 'slin' ? 8_000 : 16_000],
      ]);
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
      expect(
        recorded.transcript.filter(({ speaker }) => speaker === 'caller').map(({ text }) => text),
      ).toEqual(['I need a plumber please', 'Yes please', 'No thank you']);
      const bookings = await platform.sql<{ status: string; phone: string }>(
        'SELECT b.status, c.phone FROM bookings b JOIN contacts c ON c.id = b.contact_id ' +
          'WHERE b.call_id = $1',
        recorded.callId,
      );
      expect(bookings).toEqual([{ status: 'booked', phone: CALLER }]);
      const [session] = platform.model.sessions.slice(-1);
      expect(session?.mistakes).toEqual({});
    },
  );

  it('interrupted by the caller falls silent and keeps only the words that were heard', async () => {
    platform.model.behaviour = scripted({ turns: [{ say: LONG }], otherwise: 'I see.' });
    const call = pbx.ring();
    await call.waitForSpeech();
    await call.waitForSilence(400);
    await call.say(words(900));
    await call.waitForSpeech({ forMs: 1_200 });
    await call.say(words(1_200));
    await call.waitForSilence(300);
    await call.waitForSpeech();
    call.hangup();
    const report = await call.ended;
    expect(report.errors).toEqual([]);
    const [session] = platform.model.sessions.slice(-1);
    expect(session!.mistakes).toEqual({});
    expect(session!.sentEvents('conversation.item.truncated').length).toBeGreaterThanOrEqual(1);
    const recorded = await platform.recorded(carrierIdOf(report));
    const cut = recorded.transcript.find(({ interrupted }) => interrupted)!;
    expect(LONG.startsWith(cut.text)).toBe(true);
    expect(cut.text.length).toBeGreaterThan(0);
    expect(cut.text.length).toBeLessThan(LONG.length / 2);
  });

  it('whose caller hangs up is stored as hung up, though Asterisk only closes the socket', async () => {
    const call = pbx.ring('slin');
    await call.waitForSpeech({ forMs: 300 });
    call.hangup();
    const { uniqueId } = await call.ended;
    const recorded = await platform.recorded(carrierIdOf({ uniqueId }));
    expect(recorded.termination).toEqual({ class: 'caller', reason: 'caller-hangup' });
  });

  it('goes on with another relay when its own is killed', async () => {
    const call = pbx.ring();
    await call.waitForSpeech();
    await call.waitForSilence(400);
    const sid = carrierIdOf(call.report());
    const holder = (await platform.records.state(await platform.callIdOf(sid)))!.relayId!;
    await platform.stack.supervisor.kill(holder, 'SIGKILL');
    await platform.eventually(
      () => call.report().legs.filter(({ openedAtMs }) => openedAtMs !== null).length,
      (legs) => legs === 2,
      'the call to be with another relay',
    );
    await call.say(words(900));
    await call.waitForSpeech();
    call.hangup();
    const report = await call.ended;
    await platform.stack.supervisor.restart(holder);
    await platform.leases(2);
    const recorded = await platform.recorded(sid);
    expect(recorded.termination).toEqual({ class: 'caller', reason: 'caller-hangup' });
    expect(report.legs).toHaveLength(2);
    expect(report.legs[0]?.uuid).not.toBe(report.legs[1]?.uuid);
  });

  it('is taken away from a relay that hangs, over the manager interface', async () => {
    const call = pbx.ring();
    await call.waitForSpeech();
    await call.waitForSilence(400);
    const sid = carrierIdOf(call.report());
    const holder = (await platform.records.state(await platform.callIdOf(sid)))!.relayId!;
    await platform.stack.supervisor.kill(holder, 'SIGSTOP');
    await platform.eventually(
      () => call.report().legs.filter(({ openedAtMs }) => openedAtMs !== null).length,
      (legs) => legs === 2,
      'the call to be with another relay',
      30_000,
    );
    await platform.stack.supervisor.kill(holder, 'SIGCONT');
    await call.say(words(900));
    await call.waitForSpeech();
    call.hangup();
    const report = await call.ended;
    expect(report.timeline.map(({ kind }) => kind)).toContain('redirected');
    const recorded = await platform.recorded(sid);
    expect(recorded.termination).toEqual({ class: 'caller', reason: 'caller-hangup' });
    await platform.leases(2);
  });

  it('to a number nobody has hears why, and is not answered by an agent', async () => {
    const call = pbx.ring('slin16', { to: '+12025550999' });
    const report = await call.ended;
    expect(report.played).toEqual(['tandem/unknown-number']);
    expect(report.legs).toEqual([]);
    const stored = await platform.eventually(
      () =>
        platform.sql<{ refusal_reason: string }>(
          'SELECT refusal_reason FROM calls WHERE carrier_call_id = $1',
          carrierIdOf(report),
        ),
      ({ length }) => length > 0,
      'the refusal to be stored',
    );
    expect(stored).toEqual([{ refusal_reason: 'unknown-number' }]);
  });

  it('hears a notice before the agent, where the agent has one', async () => {
    await platform.withAgent({ notice: 'This call is recorded.' }, async () => {
      const call = pbx.ring();
      await call.waitForSpeech();
      call.hangup();
      const report = await call.ended;
      expect(report.played).toEqual(['tandem/notice']);
      const order = report.timeline.map(({ kind }) => kind);
      expect(order.indexOf('played')).toBeLessThan(order.indexOf('leg-open'));
    });
  });
});
