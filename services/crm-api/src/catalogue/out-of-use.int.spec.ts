import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { nineOclock, RunningCrm, type Answer } from '../test/running-crm.ts';

interface Id {
  readonly id: string;
}

describe('what is taken out of use', () => {
  let crm: RunningCrm;
  let apiKey: string;
  let serviceId: string;
  let resourceIds: string[];

  beforeAll(async () => {
    crm = await RunningCrm.start();
  });
  afterAll(() => crm.stop());

  const ask = (method: string, path: string, body?: unknown): Promise<Answer> =>
    crm.ask(method, path, { as: apiKey, body });
  const book = (start: string) => ask('POST', '/v1/bookings', { service: 'plumbing', start });
  const outcome = ({ status, body }: Answer) => [status, body.code];
  const ids = async (path: string) => ((await ask('GET', path)).body.items as Id[]).map(({ id }) => id);
  const dateOf = (start: string) => start.slice(0, 10);
  const slotsOn = async (start: string) =>
    ((await ask('GET', `/v1/availability?service=plumbing&date=${dateOf(start)}`)).body.slots as unknown[])
      .length;

  async function open(people: number): Promise<void> {
    ({ apiKey } = await crm.business(people));
    [serviceId] = (await ids('/v1/services')) as [string];
    resourceIds = await ids('/v1/resources');
  }

  it('a service keeps its bookings, which can be moved and cancelled, also if its key is taken', async () => {
    await open(1);
    const booked = await book(nineOclock(3));
    const path = `/v1/bookings/${String(booked.body.id)}`;
    await ask('DELETE', `/v1/services/${serviceId}`);
    expect(outcome(await book(nineOclock(4)))).toEqual([422, 'unknown-service']);
    await ask('POST', '/v1/services', { key: 'plumbing', name: 'Another', durationMinutes: 15 });
    expect((await ask('PATCH', `/v1/resources/${resourceIds[0]}`, { services: [] })).status).toBe(200);
    const moved = await ask('PATCH', path, { start: nineOclock(5) });
    expect(moved).toMatchObject({ status: 200, body: { service: { name: 'Plumbing' } } });
    expect(Date.parse(String(moved.body.end)) - Date.parse(String(moved.body.start))).toBe(3_600_000);
    expect((await ask('DELETE', path)).body.status).toBe('cancelled');
  });

  it('a resource keeps its bookings, which are named, and gets no other', async () => {
    await open(1);
    const later = await book(nineOclock(4));
    const sooner = await book(nineOclock(3));
    const path = `/v1/resources/${resourceIds[0]}`;
    const deleted = await ask('DELETE', path);
    expect(deleted).toMatchObject({ status: 200, body: { bookingCount: 2 } });
    expect(deleted.body.bookings).toEqual([sooner.body, later.body]);
    expect(outcome(await book(nineOclock(5)))).toEqual([422, 'outside-hours']);
    expect(outcome(await ask('GET', path))).toEqual([404, 'resource-not-found']);
    expect(await ids('/v1/resources')).toEqual([]);
    expect((await ask('GET', `/v1/bookings/${String(sooner.body.id)}`)).body.status).toBe('booked');
    expect((await ask('DELETE', path)).body).toEqual(deleted.body);
  });

  it('a resource on leave is not booked, and the bookings in its leave are named', async () => {
    await open(2);
    const start = nineOclock(3);
    const [first, second] = [await book(start), await book(start)];
    const elsewhere = await book(nineOclock(6));
    const path = `/v1/resources/${(first.body.resource as Id).id}/leave`;
    const leave = {
      start: `${dateOf(start)}T00:00`,
      end: `${dateOf(nineOclock(5))}T00:00`,
      reason: 'Training',
    };
    const added = await ask('POST', path, leave);
    expect(added).toMatchObject({ status: 201, body: { ...leave, bookings: [first.body], bookingCount: 1 } });
    const hourLater = new Date(Date.parse(start) + 3_600_000).toISOString();
    const only = await book(hourLater);
    expect(only.body.resource).toEqual(second.body.resource);
    expect(outcome(await book(hourLater))).toEqual([409, 'slot-taken']);
    expect(elsewhere.status).toBe(201);
    expect((await ask('GET', path)).body).toMatchObject({ items: [leave], nextCursor: null });
    expect(outcome(await ask('DELETE', `${path}/${String(first.body.id)}`))).toEqual([
      404,
      'leave-not-found',
    ]);
    expect((await ask('DELETE', `${path}/${String(added.body.id)}`)).status).toBe(204);
    expect((await book(hourLater)).body.resource).toEqual(first.body.resource);
  });

  it('leave of everybody leaves a day without appointments, and the part that is left has some', async () => {
    await open(1);
    const start = nineOclock(3);
    const path = `/v1/resources/${resourceIds[0]}/leave`;
    await ask('POST', path, {
      start: `${dateOf(start)}T00:00`,
      end: `${dateOf(start)}T21:30`,
      reason: 'Training',
    });
    expect(await slotsOn(start)).toBe(5); // 21:30 to 23:30, round the clock
    await ask('POST', path, {
      start: `${dateOf(start)}T21:30`,
      end: `${dateOf(nineOclock(4))}T01:00`,
      reason: 'Training',
    });
    const { body } = await ask('GET', `/v1/availability?service=plumbing&date=${dateOf(start)}`);
    expect(body.unavailable).toMatchObject({ code: 'no-hours', nextDate: dateOf(nineOclock(4)) });
    expect(((await ask('GET', `${path}?limit=1`)).body.items as unknown[]).length).toBe(1);
  });

  it('leave in an hour that the clocks skip is refused', async () => {
    await open(1);
    expect(
      outcome(
        await ask('POST', `/v1/resources/${resourceIds[0]}/leave`, {
          start: '2027-03-14T02:10',
          end: '2027-03-14T02:50',
          reason: 'Training',
        }),
      ),
    ).toEqual([422, 'no-such-time']);
  });

  it('leave and a booking at the same moment never miss each other', async () => {
    for (let round = 0; round < 10; round++) {
      await open(1);
      const start = nineOclock(3);
      const leave = {
        start: `${dateOf(start)}T00:00`,
        end: `${dateOf(nineOclock(4))}T00:00`,
        reason: 'Training',
      };
      const [added, ...booked] = await Promise.all([
        ask('POST', `/v1/resources/${resourceIds[0]}/leave`, leave),
        ...Array.from({ length: 4 }, () => book(start)),
      ]);
      const made = booked.filter(({ status }) => status === 201).map(({ body }) => body);
      expect(added.body.bookings).toEqual(made);
    }
  });
});
