import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { CaldavSimulator, HubspotSimulator, scripted } from '@tandem/simulators';
import { freeTimes } from '../testing/free-times.ts';
import { nextMonday } from '../testing/next-monday.ts';
import { answer, CALLER, RunningPlatform } from '../testing/running-platform.ts';

jest.setTimeout(120_000);

const TOKEN = 'pat-of-the-spec';

let platform: RunningPlatform;
let hubspot: HubspotSimulator;
const diary = new CaldavSimulator();
/** The only one who does plumbing here, and has the diary. */
let plumber: string;

beforeAll(async () => {
  hubspot = new HubspotSimulator({ token: TOKEN });
  await Promise.all([hubspot.start(), diary.start()]);
  platform = await RunningPlatform.start({
    stack: { env: { OUTBOUND_TRUSTED_NETWORKS: '127.0.0.1/32', CALENDAR_READ_EVERY_S: '60' } },
  });
  await platform.change('POST', '/v1/crm-connections', {
    kind: 'hubspot',
    name: 'HubSpot',
    settings: { baseUrl: hubspot.url },
    credentials: { kind: 'private-app', token: TOKEN },
  });
  const free = await freeTimes(platform, nextMonday());
  plumber = free[0]!.resource.id;
  for (const { id } of await platform.sql<{ id: string }>('SELECT id FROM resources WHERE id <> $1', plumber))
    await platform.sql('DELETE FROM resource_services WHERE resource_id = $1', id);
  await platform.change('POST', '/v1/calendar-connections', {
    resource: plumber,
    kind: 'caldav',
    address: diary.collection,
    username: diary.username,
    password: diary.password,
  });
});
afterAll(async () => {
  await platform.stop();
  await Promise.all([hubspot.stop(), diary.stop()]);
});

it('a booking in a call reaches diary and CRM; a time taken in the diary is not offered', async () => {
  const date = nextMonday();
  const [booked, taken] = await freeTimes(platform, date).then((slots) => [slots[0]!.start, slots[4]!.start]);
  const stamp = (at: string) => `${new Date(at).toISOString().replace(/[-:]/g, '').slice(0, 15)}Z`;
  diary.addEvent('dentist', `DTSTART:${stamp(taken!)}`, 'DURATION:PT1H');
  await platform.eventually(
    () => freeTimes(platform, date),
    (slots) => slots.length > 0 && !slots.some(({ start }) => start === taken),
    'the time in the diary to be taken',
    90_000,
  );
  const book = (start: string) => ({
    name: 'book_appointment',
    arguments: { service: 'plumbing', start, name: 'Alex Morgan' },
  });
  platform.model.behaviour = scripted({
    turns: [
      {
        ifHeard: '',
        call: book(taken!),
        then: { say: 'Taken, I try an earlier one.', call: book(booked!), then: { say: 'It is booked.' } },
      },
    ],
    otherwise: 'I see.',
  });
  const call = platform.ring();
  await answer(call);
  await platform.eventually(
    () => platform.sql('SELECT 1 FROM bookings WHERE starts_at = $1', booked),
    ({ length }) => length === 1,
    'the appointment to be booked',
  );
  call.hangup();
  await call.ended;
  const { toolCalls } = await platform.recorded(call.sid);
  expect(toolCalls.map(({ outcome }) => outcome)).toMatchObject([
    { status: 'refused', reason: 'slot-taken' },
    { status: 'ok' },
  ]);
  await platform.eventually(
    () => diary.events,
    (events) => events.some(({ start }) => start.getTime() === Date.parse(booked!)),
    'the appointment to be in the diary',
    60_000,
  );
  const pushed = await platform.eventually(
    () => hubspot.records,
    ({ meetings, calls }) => meetings.length > 0 && calls.length > 0,
    'the appointment and the call to be in the CRM',
    60_000,
  );
  expect([pushed.contacts.length, pushed.meetings.length, pushed.calls.length]).toEqual([1, 1, 1]);
  expect(pushed.contacts[0]!.properties.phone).toBe(CALLER);
  expect(Date.parse(pushed.meetings[0]!.properties.hs_meeting_start_time!)).toBe(Date.parse(booked!));
});
