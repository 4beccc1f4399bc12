import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { nineOclock, RunningCrm, serviceToken, type Answer } from '../test/running-crm.ts';

interface Availability {
  readonly date: string;
  readonly to: string;
  readonly slots: readonly { readonly start: string; readonly resource: { readonly id: string } }[];
  readonly days: readonly { date: string; slotCount: number; unavailable: { code: string } | null }[];
  readonly unavailable: { code: string; nextDate: string | null } | null;
}

const DATES = [3, 4, 5, 6].map((days) => nineOclock(days).slice(0, 10));

describe('availability of several days', () => {
  let crm: RunningCrm;
  beforeAll(async () => {
    crm = await RunningCrm.start();
  });
  afterAll(() => crm.stop());

  const free = async (as: string, query: string) =>
    (await crm.ask('GET', `/v1/availability?service=plumbing&${query}`, { as }))
      .body as unknown as Availability;

  it('is that of each day, one after the other, by a number of days or a last day', async () => {
    const { apiKey, tenantId } = await crm.business();
    await crm.sql(`INSERT INTO closed_dates VALUES ($1, 'bookings', $2, 'Inventory')`, tenantId, DATES[1]);
    const single = await Promise.all(DATES.slice(0, 3).map((date) => free(apiKey, `date=${date}`)));
    const together = await free(apiKey, `date=${DATES[0]}&days=3`);
    expect(together.slots).toEqual(single.flatMap(({ slots }) => slots));
    expect(together.days).toEqual(single.flatMap(({ days }) => days));
    expect(together.days.map(({ slotCount, unavailable }) => [slotCount > 0, unavailable?.code])).toEqual([
      [true, undefined],
      [false, 'closed'],
      [true, undefined],
    ]);
    expect([together.date, together.to, together.unavailable]).toEqual([DATES[0], DATES[2], null]);
    expect(await free(apiKey, `date=${DATES[0]}&to=${DATES[2]}`)).toEqual(together);
  });

  it.each([
    'date=soon&to=later',
    'date=9999-12-31',
    'date=9999-01-01&days=14',
    'date=9998-12-31&to=9999-01-02',
  ])('is refused where dates end: %s', async (query) => {
    const { apiKey } = await crm.business();
    const answer = await crm.ask('GET', `/v1/availability?service=plumbing&${query}`, { as: apiKey });
    expect(answer.status).toBe(400);
    expect((await free(apiKey, 'date=9998-12-31&days=14')).days).toHaveLength(14);
  });

  it('that have none names the reason of the first and the next free day after the last', async () => {
    const { apiKey, tenantId } = await crm.business();
    await crm.sql(
      `INSERT INTO closed_dates SELECT $1, 'bookings', unnest($2::date[]), 'Inventory'`,
      tenantId,
      DATES.slice(0, 3),
    );
    expect((await free(apiKey, `date=${DATES[0]}&days=3`)).unavailable).toMatchObject({
      code: 'closed',
      nextDate: DATES[3],
    });
  });

  it('is that of one resource, if it does the service', async () => {
    const { apiKey, tenantId } = await crm.business(2);
    const ids = (
      await crm.sql<{ id: string }>('SELECT id FROM resources WHERE tenant_id = $1', tenantId)
    ).map(({ id }) => id);
    for (const id of ids) {
      const { slots } = await free(apiKey, `date=${DATES[0]}&resource=${id}`);
      expect([...new Set(slots.map(({ resource }) => resource.id))]).toEqual([id]);
    }
    await crm.sql('DELETE FROM resource_services WHERE resource_id = $1', ids[0]);
    const refused = await crm.ask(
      'GET',
      `/v1/availability?service=plumbing&date=${DATES[0]}&resource=${ids[0]}`,
      { as: apiKey },
    );
    expect([refused.status, refused.body.code, refused.body.resources]).toMatchObject([
      404,
      'unknown-resource',
      [{ id: ids[1] }],
    ]);
  });

  it('leaves out a resource that lacks a skill the service needs since', async () => {
    const { apiKey, tenantId } = await crm.business();
    await crm.sql(`UPDATE services SET skills = '{ladder}' WHERE tenant_id = $1`, tenantId);
    expect((await free(apiKey, `date=${DATES[0]}`)).unavailable?.code).toBe('no-hours');
    await crm.sql(`UPDATE resources SET skills = '{ladder,gas}' WHERE tenant_id = $1`, tenantId);
    expect((await free(apiKey, `date=${DATES[0]}`)).slots.length).toBeGreaterThan(0);
  });
});

describe('buffers of services', () => {
  let crm: RunningCrm;
  beforeAll(async () => {
    crm = await RunningCrm.start();
  });
  afterAll(() => crm.stop());

  const START = nineOclock(3);
  const minutesLater = (minutes: number) => new Date(Date.parse(START) + minutes * 60_000).toISOString();
  const book = (as: string, minutes: number, service = 'plumbing'): Promise<Answer> =>
    crm.ask('POST', '/v1/bookings', { as, body: { service, start: minutesLater(minutes) } });

  /** Plumbing with buffers of 10 and 20 minutes, and a quick service without any; one engineer does both. */
  async function business(): Promise<{ apiKey: string; token: string }> {
    const { apiKey, tenantId } = await crm.business();
    const [plumbing] = (await crm.ask('GET', '/v1/services', { as: apiKey })).body.items as [{ id: string }];
    const body = { bufferBeforeMinutes: 10, bufferAfterMinutes: 20 };
    await crm.ask('PATCH', `/v1/services/${plumbing.id}`, { as: apiKey, body });
    const quick = { key: 'quick', name: 'Quick', durationMinutes: 15 };
    await crm.ask('POST', '/v1/services', { as: apiKey, body: quick });
    const [engineer] = (await crm.ask('GET', '/v1/resources', { as: apiKey })).body.items as [{ id: string }];
    const services = { services: ['plumbing', 'quick'] };
    await crm.ask('PATCH', `/v1/resources/${engineer.id}`, { as: apiKey, body: services });
    return { apiKey, token: await serviceToken(tenantId) };
  }

  it('add up between two appointments, in both directions', async () => {
    const { apiKey } = await business();
    expect((await book(apiKey, 0)).status).toBe(201);
    expect((await book(apiKey, 89)).body.code).toBe('slot-taken');
    expect((await book(apiKey, 90)).status).toBe(201);
    expect((await book(apiKey, -89)).body.code).toBe('slot-taken');
    expect((await book(apiKey, -90)).status).toBe(201);
  });

  it('are those of each service', async () => {
    const { apiKey } = await business();
    await book(apiKey, 0);
    expect((await book(apiKey, 79, 'quick')).body.code).toBe('slot-taken');
    expect((await book(apiKey, 80, 'quick')).status).toBe(201);
    expect((await book(apiKey, -24, 'quick')).body.code).toBe('slot-taken');
    expect((await book(apiKey, -25, 'quick')).status).toBe(201);
  });

  it('are kept as they were when booked, and taken anew when moved', async () => {
    const { apiKey } = await business();
    const booked = await book(apiKey, 0);
    const [plumbing] = (await crm.ask('GET', '/v1/services', { as: apiKey })).body.items as [{ id: string }];
    const none = { bufferBeforeMinutes: 0, bufferAfterMinutes: 0 };
    await crm.ask('PATCH', `/v1/services/${plumbing.id}`, { as: apiKey, body: none });
    expect((await book(apiKey, 79)).body.code).toBe('slot-taken');
    const moved = await crm.ask('PATCH', `/v1/bookings/${String(booked.body.id)}`, {
      as: apiKey,
      body: { start: minutesLater(5) },
    });
    expect(moved.status).toBe(200);
    expect((await book(apiKey, 65)).status).toBe(201);
  });

  it('hold when everybody books at once: no two come nearer than their buffers', async () => {
    const { apiKey, token } = await business();
    const answers = await Promise.all(
      Array.from({ length: 48 }, (_, index) =>
        book(token, (index * 37) % 600, index % 3 ? 'plumbing' : 'quick'),
      ),
    );
    const failed = answers.filter(({ status, body }) => status !== 201 && body.code !== 'slot-taken');
    expect(failed.map(({ text }) => text)).toEqual([]);
    const { body } = await crm.ask('GET', '/v1/bookings?limit=100', { as: apiKey });
    const made = body.items as { start: string; end: string; service: { key: string } }[];
    expect(made.length).toBeGreaterThan(3);
    made.slice(1).forEach((later, index) => {
      const earlier = made[index]!;
      const gap = (Date.parse(later.start) - Date.parse(earlier.end)) / 60_000;
      const least =
        (earlier.service.key === 'plumbing' ? 20 : 0) + (later.service.key === 'plumbing' ? 10 : 0);
      expect(gap).toBeGreaterThanOrEqual(least);
    });
  }, 60_000);

  it('leave no offer that cannot be booked', async () => {
    const { apiKey } = await business();
    await book(apiKey, 0);
    await book(apiKey, 200, 'quick');
    const { body } = await crm.ask('GET', `/v1/availability?service=plumbing&date=${START.slice(0, 10)}`, {
      as: apiKey,
    });
    const starts = (body.slots as { start: string }[]).map(({ start }) => start);
    for (const start of starts) {
      const made = await crm.ask('POST', '/v1/bookings', {
        as: apiKey,
        body: { service: 'plumbing', start },
      });
      expect([start, made.status]).toEqual([start, 201]);
      await crm.ask('DELETE', `/v1/bookings/${String(made.body.id)}`, { as: apiKey });
    }
  });
});
