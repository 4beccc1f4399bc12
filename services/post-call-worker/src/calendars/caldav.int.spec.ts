import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { CaldavSimulator } from '@tandem/simulators';
import { hourIn, RunningCalendars } from './test/running-calendars.ts';

let calendars: RunningCalendars;
let simulator: CaldavSimulator;

beforeAll(async () => {
  calendars = await RunningCalendars.start();
});
afterAll(() => calendars.stop());
beforeEach(async () => {
  simulator = new CaldavSimulator();
  await simulator.start();
  await calendars.begin();
});
afterEach(async () => {
  await calendars.rest();
  await simulator.stop();
});

const connect = (engineer = 0, password = simulator.password) =>
  calendars.connect(
    {
      kind: 'caldav',
      address: simulator.collection,
      credentials: { username: simulator.username, password },
    },
    engineer,
  );

const ical = (at: Date) => `${at.toISOString().replace(/[-:]/g, '').slice(0, 15)}Z`;

describe('a calendar that is connected over CalDAV', () => {
  it('keeps its busy times free of bookings, and frees them once they are gone', async () => {
    const busyAt = hourIn(3);
    simulator.addEvent('dentist', `DTSTART:${ical(busyAt)}`, 'DURATION:PT30M');
    const id = await connect();
    await calendars.work();
    await calendars.eventually(async () => (await calendars.connection(id)).busyReadAt !== null);
    expect(await calendars.book(busyAt)).toBeNull();
    expect(await calendars.book(busyAt, 1)).not.toBeNull();
    simulator.objects.clear();
    await calendars.read(id);
    expect(await calendars.book(busyAt)).not.toBeNull();
  });

  it('has a booking once, moved and cancelled as it is here, and is not busy by it', async () => {
    const earlier = await calendars.book(hourIn(2));
    const id = await connect();
    await calendars.work();
    await calendars.work();
    const booking = await calendars.book(hourIn(3));
    await calendars.settled();
    expect(simulator.events.map(({ uid }) => uid).sort()).toEqual(
      [earlier, booking].map((made) => `${made!.id}@bookings.tandem`).sort(),
    );
    expect(simulator.events.map(({ summary }) => summary)).toContain(`Busy: Visit, ${booking!.reference}`);
    await calendars.move(booking!.id, hourIn(4));
    await calendars.settled();
    expect(simulator.events).toContainEqual(
      expect.objectContaining({ uid: `${booking!.id}@bookings.tandem`, start: hourIn(4), sequence: 1 }),
    );
    await calendars.read(id);
    expect(await calendars.sql('SELECT * FROM calendar_busy')).toEqual([]);
    await calendars.cancel(booking!.id);
    await calendars.settled();
    expect(simulator.events).toMatchObject([{ uid: `${earlier!.id}@bookings.tandem` }]);
    await calendars.move(earlier!.id, hourIn(2), 1);
    await calendars.settled();
    expect(simulator.events).toEqual([]);
  });

  it('loses nothing while it is down, keeps what it said, and tells how old that is', async () => {
    const busyAt = hourIn(3);
    simulator.addEvent('dentist', `DTSTART:${ical(busyAt)}`, 'DURATION:PT30M');
    const id = await connect();
    await calendars.work();
    await calendars.eventually(async () => (await calendars.connection(id)).busyReadAt !== null);
    const { busyReadAt } = await calendars.connection(id);
    simulator.isDown = true;
    const booking = await calendars.book(hourIn(5));
    await calendars.eventually(async () => (await calendars.connection(id)).failures > 0);
    expect(await calendars.connection(id)).toMatchObject({
      state: 'active',
      lastFault: expect.any(String),
      busyReadAt,
      pending: 1,
    });
    expect(await calendars.book(busyAt)).toBeNull();
    const { failing, pendingEvents, oldestReadS } = await calendars.sync.backlog();
    expect([failing, pendingEvents, oldestReadS > 0]).toEqual([1, 1, true]);
    simulator.isDown = false;
    await calendars.settled();
    expect(simulator.events).toHaveLength(2);
    expect(simulator.objects.has(`/calendars/maria/work/${booking!.id}.ics`)).toBe(true);
    await calendars.eventually(async () => (await calendars.connection(id)).failures === 0);
  });

  it('gets an event once although the answer was lost', async () => {
    await connect();
    simulator.plan('reset-after');
    const booking = await calendars.book(hourIn(3));
    await calendars.work();
    await calendars.settled();
    expect(simulator.events).toMatchObject([{ uid: `${booking!.id}@bookings.tandem` }]);
  });

  it('is left alone once its password is refused, until there is another', async () => {
    const id = await connect(0, 'wrong');
    await calendars.work();
    await calendars.eventually(async () => (await calendars.connection(id)).state !== 'active');
    const booking = await calendars.book(hourIn(3));
    expect(await calendars.connection(id)).toMatchObject({ lastFault: 'http-401', pending: 1 });
    expect(simulator.requests).toHaveLength(1);
    await calendars.authorize(id, { username: simulator.username, password: simulator.password });
    await calendars.settled();
    expect(simulator.events).toMatchObject([{ uid: `${booking!.id}@bookings.tandem` }]);
  });

  it('waits with an event that the calendar refuses, and writes the others', async () => {
    const id = await connect();
    simulator.plan({ status: 403 });
    await calendars.book(hourIn(3));
    await calendars.book(hourIn(4));
    await calendars.work();
    await calendars.eventually(() => simulator.events.length === 1);
    await calendars.eventually(async () => (await calendars.connection(id)).busyReadAt !== null);
    const [refused] = await calendars.sql<{ last_fault: string; attempts: number }>(
      'SELECT last_fault, attempts FROM calendar_events WHERE NOT is_settled',
    );
    expect(refused).toEqual({ last_fault: 'http-403', attempts: 1 });
  });

  it('is not reached where requests must not go', async () => {
    const id = await connect();
    await calendars.work({ OUTBOUND_TRUSTED_NETWORKS: '10.99.0.0/16' });
    await calendars.eventually(async () => (await calendars.connection(id)).failures > 0);
    expect((await calendars.connection(id)).lastFault).toBe('destination-refused');
    expect(simulator.requests).toEqual([]);
  });
});
