import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { DEMO_TENANT_ID } from '@tandem/database';
import { scripted, type ScriptedTurn, type SimulatedCall } from '@tandem/simulators';
import { freeTimes } from '../testing/free-times.ts';
import { RunningPlatform, words } from '../testing/running-platform.ts';
import { shortCall } from '../testing/short-call.ts';

jest.setTimeout(90_000);

let platform: RunningPlatform;
beforeAll(async () => {
  platform = await RunningPlatform.start();
});
afterAll(() => platform.stop());

/** The start of a time at which two engineers are free, on a Monday two weeks ahead. */
async function freeSlot(clock: string): Promise<string> {
  const date = new Date(Date.now() + (15 - new Date().getUTCDay()) * 86_400_000).toISOString().slice(0, 10);
  const times = await freeTimes(platform, date);
  return times.find(({ start }) => start.includes(`T${clock}`))!.start;
}

const bookingOf = (start: string) => ({
  name: 'book_appointment',
  arguments: { service: 'plumbing', start, name: 'Alex Morgan' },
});
const turns = (...script: ScriptedTurn[]) =>
  (platform.model.behaviour = scripted({ turns: script, otherwise: 'I see.' }));

/** The tool outcomes, rows and events of an ended call. */
async function leftOf(call: SimulatedCall) {
  const recorded = await platform.recorded(call.sid);
  const rows = await platform.sql<{ reference: string }>(
    'SELECT reference FROM bookings WHERE call_id = $1',
    recorded.callId,
  );
  const events = await platform.sql(
    `SELECT 1 FROM outbox_events WHERE tenant_id = $1 AND type = 'booking.created' AND ` +
      `data->>'reference' = ANY($2)`,
    DEMO_TENANT_ID,
    rows.map(({ reference }) => reference),
  );
  const told = recorded.toolCalls.map(
    ({ outcome }) =>
      (outcome as { status: string; value?: { reference?: string } }).value?.reference ?? outcome?.status,
  );
  return { recorded, references: rows.map(({ reference }) => reference), events: events.length, told };
}

describe('an appointment the model books twice', () => {
  it('in one response is one booking, and both tool calls are told its reference', async () => {
    const booking = bookingOf(await freeSlot('11:00'));
    turns({ ifHeard: '', call: [booking, booking], then: { say: 'It is booked.' } });
    const call = await shortCall(platform);
    const { recorded, references, events, told } = await leftOf(call);
    expect([references.length, events, recorded.outcome]).toEqual([1, 1, 'booked']);
    expect(told).toEqual([references[0], references[0]]);
  });

  it('because crm-api hung over the first request is one booking; the record has its fate', async () => {
    const booking = bookingOf(await freeSlot('13:00'));
    turns(
      { ifHeard: '', call: booking },
      { ifToolOutput: 'book_appointment', ifOutputContains: 'timed-out', call: booking },
      { ifToolOutput: 'book_appointment', ifOutputContains: '"ok"', say: 'It is booked.' },
    );
    const call = platform.ring();
    await call.waitForSpeech();
    await call.waitForSilence(400);
    await platform.stack.supervisor.kill('crm-api', 'SIGSTOP');
    await call.say(words(900));
    const callId = await platform.callIdOf(call.sid);
    await platform.eventually(
      () => platform.records.events(callId),
      ({ events }) => events.some(({ type }) => type === 'tool.finished'),
      'the first asking to time out',
      30_000,
    );
    await platform.stack.supervisor.kill('crm-api', 'SIGCONT');
    await platform.eventually(
      () => platform.records.events(callId),
      ({ events }) =>
        events.filter(({ type }) => type === 'tool.finished').length === 2 &&
        events.some(({ type }) => type === 'tool.finished-late'),
      'the second asking to be answered, and the first after its time',
      30_000,
    );
    await call.waitForSpeech();
    await call.waitForSilence(600);
    call.hangup();
    await call.ended;
    const { recorded, references, events, told } = await leftOf(call);
    expect(told).toEqual([references[0], references[0]]);
    expect([references.length, events, recorded.outcome]).toEqual([1, 1, 'booked']);
  });
});
