import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { CallId, TenantId } from '@tandem/contracts';
import { nineOclock, RunningCrm, serviceToken, type Answer } from '../../test/running-crm.ts';

const START = nineOclock(3);
const weekly = { every: 1, unit: 'week', count: 4 };

interface Item {
  readonly id: string;
  readonly start: string;
  readonly status: string;
  readonly seriesId: string | null;
}

describe('a series', () => {
  let crm: RunningCrm;
  let tenantId: TenantId;
  let apiKey: string;

  beforeAll(async () => {
    crm = await RunningCrm.start();
  });
  afterAll(() => crm.stop());
  beforeEach(async () => void ({ tenantId, apiKey } = await crm.business()));

  const book = (body: object = {}, as = apiKey): Promise<Answer> =>
    crm.ask('POST', '/v1/bookings', {
      as,
      body: { service: 'plumbing', start: START, contactPhone: '+12025550123', ...body },
    });
  const itemsOf = ({ body }: Answer) => (body.series as { bookings: Item[] }).bookings;
  const listed = async (query: string) =>
    (await crm.ask('GET', `/v1/bookings?${query}`, { as: apiKey })).body.items as Item[];
  const daysLater = (days: number) => nineOclock(3 + days);
  const count = async (status: string) => (await listed(`status=${status}`)).length;

  it('is a booking each at the same local time, also beyond the horizon', async () => {
    const answer = await book({ repeat: { ...weekly, count: 20 } });
    expect(answer).toMatchObject({ status: 201, body: { start: START, status: 'booked' } });
    const items = itemsOf(answer);
    expect(items).toHaveLength(20);
    expect(new Set(items.map(({ start }) => start.slice(11, 19)))).toEqual(new Set(['09:00:00']));
    expect(new Set(items.map(({ seriesId }) => seriesId)).size).toBe(1);
    expect(await listed(`seriesId=${String(answer.body.seriesId)}&limit=100`)).toEqual(items);
    expect((await book({ start: nineOclock(90), repeat: weekly })).body.code).toBe('too-far-ahead');
  });

  it('is booked whole or not at all, or without the times that are taken', async () => {
    await book({ start: daysLater(14) });
    const refused = await book({ repeat: weekly });
    expect(refused).toMatchObject({
      status: 409,
      body: { code: 'series-unavailable', unavailable: [{ start: daysLater(14), code: 'slot-taken' }] },
    });
    expect(await count('booked')).toBe(1);
    const answer = await book({ repeat: weekly, skipUnavailable: true });
    expect(answer.status).toBe(201);
    expect(itemsOf(answer)).toHaveLength(3);
    expect((answer.body.series as { skipped: unknown[] }).skipped).toEqual([
      { start: daysLater(14), code: 'slot-taken' },
    ]);
  });

  it('is cancelled one by one, or from one on', async () => {
    const items = itemsOf(await book({ repeat: weekly }));
    await crm.ask('DELETE', `/v1/bookings/${items[1]!.id}`, { as: apiKey });
    expect(await count('booked')).toBe(3);
    const rest = await crm.ask('DELETE', `/v1/bookings/${items[2]!.id}?scope=following`, { as: apiKey });
    expect(rest).toMatchObject({ status: 200, body: { status: 'cancelled' } });
    expect((await listed('status=booked')).map(({ id }) => id)).toEqual([items[0]!.id]);
    const events = await crm.sql(
      `SELECT 1 FROM outbox_events WHERE tenant_id = $1 AND type = 'booking.cancelled'`,
      tenantId,
    );
    expect(events).toHaveLength(3);
  });

  it('is moved from one on, also over its own times, or not at all', async () => {
    const items = itemsOf(await book({ repeat: weekly }));
    const move = (id: string, start: string) =>
      crm.ask('PATCH', `/v1/bookings/${id}`, { as: apiKey, body: { start, scope: 'following' } });
    expect((await move(items[1]!.id, daysLater(14))).status).toBe(200);
    expect((await listed('status=booked')).map(({ start }) => start)).toEqual([0, 14, 21, 28].map(daysLater));
    await book({ start: daysLater(22) });
    expect(await move(items[1]!.id, daysLater(15))).toMatchObject({
      status: 409,
      body: { code: 'series-unavailable', unavailable: [{ start: daysLater(22) }] },
    });
    expect((await move(items[1]!.id, daysLater(7))).status).toBe(200);
    expect((await listed('status=booked')).map(({ start }) => start)).toEqual(
      [0, 7, 14, 21, 22].map(daysLater),
    );
  });

  it('has bounds; what is no series has none that follow', async () => {
    const bad = [
      { repeat: { ...weekly, count: 53 } },
      { repeat: { ...weekly, count: 1 } },
      { repeat: { every: 13, unit: 'week', count: 2 } },
      { repeat: { unit: 'week' } },
      { repeat: { ...weekly, until: '2027-03-01' } },
      { repeat: weekly, hold: {} },
      { skipUnavailable: true },
    ];
    for (const body of bad) expect((await book(body)).status).toBe(400);
    const tooLong = { every: 12, unit: 'month', count: 52 };
    expect((await book({ repeat: tooLong })).body.code).toBe('series-too-long');
    const single = await book();
    const path = `/v1/bookings/${String(single.body.id)}?scope=following`;
    expect((await crm.ask('DELETE', path, { as: apiKey })).body.code).toBe('not-a-series');
  });

  it('asked for twice in a call is one series', async () => {
    const as = await serviceToken(tenantId, randomUUID() as CallId);
    const first = await book({ repeat: weekly }, as);
    const again = await book({ repeat: weekly }, as);
    expect([first.status, again.status, again.body.seriesId]).toEqual([201, 200, first.body.seriesId]);
    expect(await count('booked')).toBe(4);
  });

  it('and others at once leave no two people with the same slot, and none fails', async () => {
    const { apiKey: as } = await crm.business(3);
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        book(index % 3 === 0 ? { start: daysLater(7) } : { repeat: weekly, skipUnavailable: true }, as),
      ),
    );
    expect(answers.filter(({ status }) => status !== 201 && status !== 409)).toEqual([]);
    const pairs = await crm.sql(
      `SELECT 1 FROM bookings a JOIN bookings b ON a.resource_id = b.resource_id AND a.id < b.id
         AND a.occupied && b.occupied WHERE a.status = 'booked' AND b.status = 'booked'`,
    );
    expect(pairs).toEqual([]);
  });
});
