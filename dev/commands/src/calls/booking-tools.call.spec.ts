import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { DEMO_TENANT_ID } from '@tandem/database';
import { scripted } from '@tandem/simulators';
import { freeTimes } from '../testing/free-times.ts';
import { nextMonday } from '../testing/next-monday.ts';
import { answer, CALLER, RunningPlatform } from '../testing/running-platform.ts';
import { shortCall } from '../testing/short-call.ts';

jest.setTimeout(120_000);

let platform: RunningPlatform;
beforeAll(async () => {
  platform = await RunningPlatform.start();
});
afterAll(() => platform.stop());

/** Returns the day after the next Monday: one on which nothing is booked yet. */
const nextTuesday = (): string => new Date(Date.parse(nextMonday()) + 86_400_000).toISOString().slice(0, 10);

describe('an agent whose callers are asked before it books', () => {
  it('holds the time, and books it when the caller has answered, whatever the model says', async () => {
    const [first] = await freeTimes(platform, nextMonday());
    const booking = { service: 'plumbing', start: first!.start, name: 'Alex Morgan' };
    const name = 'book_appointment';
    await platform.publish({ tools: [name], toolPolicy: { [name]: { confirm: true } } });
    platform.model.behaviour = scripted({
      turns: [
        {
          ifHeard: '',
          call: [
            { name, arguments: { ...booking, confirmed: true } },
            { name, arguments: booking },
          ],
          then: { say: 'Monday at that time: shall I book it?' },
        },
        {
          ifHeard: 'yes',
          call: { name, arguments: { ...booking, confirmed: true } },
          then: { say: 'It is booked.' },
        },
      ],
      otherwise: 'I see.',
    });
    platform.model.addCallerLines({ lines: ['I need a plumber.', 'Yes, please.'] });
    const call = platform.ring();
    await answer(call);
    const callId = await platform.callIdOf(call.sid);
    const bookings = () =>
      platform.sql<{ status: string; start: string }>(
        'SELECT status, starts_at AS start FROM bookings WHERE call_id = $1',
        callId,
      );
    const held = await platform.eventually(bookings, ({ length }) => length > 0, 'the time to be held');
    expect(held).toMatchObject([{ status: 'held' }]);
    await answer(call);
    await platform.eventually(
      () => platform.records.events(callId),
      ({ events }) => events.filter(({ type }) => type === 'tool.finished').length >= 3,
      'the answer to lead to a booking',
      30_000,
    );
    await call.waitForSilence(600);
    call.hangup();
    await call.ended;
    const recorded = await platform.recorded(call.sid);
    expect(recorded.toolCalls).toMatchObject([
      { outcome: { status: 'refused', reason: 'confirmation-needed' } },
      { outcome: { status: 'refused', reason: 'not-confirmed' } },
      { outcome: { status: 'ok', value: { start: booking.start } } },
    ]);
    expect([await bookings(), recorded.outcome]).toMatchObject([[{ status: 'booked' }], 'booked']);
  });
});

describe('a caller for whom no time is free', () => {
  it('is put on the waiting list, and gets the time that somebody gives back', async () => {
    await platform.crm('PUT', '/v1/booking-settings', { quietFrom: '00:00', quietUntil: '00:00' });
    const date = nextTuesday();
    const [{ id } = { id: '' }] = await platform.sql<{ id: string }>(
      `INSERT INTO bookings (tenant_id, resource_id, service_id, period, occupied, reference)
       SELECT $1, r.id, s.id, p, p, 'Z' || row_number() OVER () FROM resources r, services s,
         (SELECT tstzrange($2::date, $2::date + interval '2 days') p) t
       WHERE r.tenant_id = $1 AND s.tenant_id = $1 AND s.key = 'plumbing' RETURNING id`,
      DEMO_TENANT_ID,
      date,
    );
    await platform.publish({ tools: ['check_availability', 'join_waiting_list'] });
    const day = { service: 'plumbing', date };
    platform.model.behaviour = scripted({
      turns: [
        { ifHeard: '', call: { name: 'check_availability', arguments: day } },
        {
          ifToolOutput: 'check_availability',
          ifOutputContains: 'explanation',
          call: {
            name: 'join_waiting_list',
            arguments: { service: 'plumbing', from: date, until: date, phone: '+12025550147' },
          },
          then: { say: 'You are on the list.' },
        },
      ],
      otherwise: 'I see.',
    });
    const call = await shortCall(platform);
    const recorded = await platform.recorded(call.sid);
    expect(recorded.toolCalls.at(-1)).toMatchObject({
      name: 'join_waiting_list',
      outcome: { status: 'ok', value: { waiting: true, from: date, until: date } },
    });
    await platform.crm('DELETE', `/v1/bookings/${id}`);
    const offered = await platform.eventually(
      () =>
        platform.crm<{ items: { status: string; callId: string; contact: { phone: string } }[] }>(
          'GET',
          '/v1/waiting-list?status=offered',
        ),
      ({ items }) => items.length > 0,
      'the time to be offered',
      30_000,
    );
    expect(offered.items).toMatchObject([{ callId: recorded.callId, contact: { phone: CALLER } }]);
  });
});
