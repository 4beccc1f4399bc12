import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TenantId } from '@tandem/contracts';
import { nineOclock, RunningCrm, type Answer } from '../test/running-crm.ts';

const DAY_MS = 86_400_000;
/** Returns the local day of the business this many days from today. */
const day = (ahead: number) =>
  new Intl.DateTimeFormat('en-CA', { timeZone: 'America/New_York' }).format(Date.now() + ahead * DAY_MS);
const A_YEAR_AGO = nineOclock(-365);

interface Offer {
  readonly start: string;
}

describe('alternatives for a time that is not available', () => {
  let crm: RunningCrm;
  beforeAll(async () => {
    crm = await RunningCrm.start();
  });
  afterAll(() => crm.stop());

  const book = (as: string, start: string): Promise<Answer> =>
    crm.ask('POST', '/v1/bookings', { as, body: { service: 'plumbing', start } });
  const offersOf = ({ body }: Answer) => (body.alternatives as Offer[]).map(({ start }) => start);
  const nextDateOf = async (as: string, date: string) =>
    (
      (await crm.ask('GET', `/v1/availability?service=plumbing&date=${date}`, { as })).body.unavailable as {
        code: string;
        nextDate: string;
      }
    ).nextDate;

  /** Closed today, fully booked tomorrow, open from the day after on. */
  async function busyBusiness(): Promise<{ tenantId: TenantId; apiKey: string }> {
    const business = await crm.business();
    await crm.sql(
      `INSERT INTO closed_dates VALUES ($1, 'bookings', $2, 'Inventory')`,
      business.tenantId,
      day(0),
    );
    await crm.sql(
      `INSERT INTO bookings (tenant_id, resource_id, service_id, period, reference)
       SELECT $1, r.id, s.id, tstzrange($2::date::timestamp AT TIME ZONE 'America/New_York',
                                        $3::date::timestamp AT TIME ZONE 'America/New_York'), 'FULL'
       FROM resources r, services s WHERE r.tenant_id = $1 AND s.tenant_id = $1`,
      business.tenantId,
      day(1),
      day(2),
    );
    return business;
  }

  it('can all be booked when the wanted time is long past', async () => {
    const { apiKey } = await busyBusiness();
    const refused = await book(apiKey, A_YEAR_AGO);
    const offers = offersOf(refused);
    expect([refused.body.code, offers.length]).toEqual(['in-the-past', 3]);
    for (const start of offers) {
      const booked = await book(apiKey, start);
      expect([start.slice(0, 10), booked.status]).toEqual([day(2), 201]);
      await crm.ask('DELETE', `/v1/bookings/${String(booked.body.id)}`, { as: apiKey });
    }
  });

  it('are offered for a move to a time long past', async () => {
    const { apiKey } = await busyBusiness();
    const booked = await book(apiKey, nineOclock(5));
    const path = `/v1/bookings/${String(booked.body.id)}`;
    const offers = offersOf(await crm.ask('PATCH', path, { as: apiKey, body: { start: A_YEAR_AGO } }));
    expect(offers.map((start) => start.slice(0, 10))).toEqual([day(2), day(2), day(2)]);
    for (const start of offers)
      expect((await crm.ask('PATCH', path, { as: apiKey, body: { start } })).status).toBe(200);
  });

  it.each([1, 3, 14, 20, 400])('is the first free day there is, asked for a day %i days ago', async (ago) => {
    const { apiKey } = await busyBusiness();
    expect(await nextDateOf(apiKey, day(-ago))).toBe(day(2));
  });
});

describe('notice of a service', () => {
  let crm: RunningCrm;
  beforeAll(async () => {
    crm = await RunningCrm.start();
  });
  afterAll(() => crm.stop());

  const inMinutes = (minutes: number) =>
    new Date(Math.ceil(Date.now() / 60_000 + minutes) * 60_000).toISOString();

  it('is set by API and applies to availability, bookings, moves and alternatives', async () => {
    const { apiKey, tenantId } = await crm.business();
    const service = async () =>
      (
        (await crm.ask('GET', '/v1/services', { as: apiKey })).body.items as {
          id: string;
          noticeMinutes: number;
        }[]
      )[0]!;
    expect((await service()).noticeMinutes).toBe(0);
    const path = `/v1/services/${(await service()).id}`;
    const book = (start: string) =>
      crm.ask('POST', '/v1/bookings', { as: apiKey, body: { service: 'plumbing', start } });
    const soon = await book(inMinutes(2));
    expect(soon.status).toBe(201);
    await crm.sql('DELETE FROM bookings WHERE tenant_id = $1', tenantId);
    expect(await crm.ask('PATCH', path, { as: apiKey, body: { noticeMinutes: 2_880 } })).toMatchObject({
      status: 200,
      body: { key: 'plumbing', noticeMinutes: 2_880 },
    });
    const refused = await book(inMinutes(60));
    expect([refused.status, refused.body.code]).toEqual([422, 'too-soon']);
    const alternatives = refused.body.alternatives as Offer[];
    expect(alternatives).toHaveLength(3);
    for (const { start } of alternatives)
      expect(Date.parse(start)).toBeGreaterThanOrEqual(Date.now() + 2_879 * 60_000);
    const booked = await book(alternatives[0]!.start);
    expect(booked.status).toBe(201);
    const moved = await crm.ask('PATCH', `/v1/bookings/${String(booked.body.id)}`, {
      as: apiKey,
      body: { start: inMinutes(60) },
    });
    expect(moved.body.code).toBe('too-soon');
    const tomorrow = await crm.ask('GET', `/v1/availability?service=plumbing&date=${day(1)}`, { as: apiKey });
    expect(tomorrow.body).toMatchObject({
      slots: [],
      unavailable: { code: 'too-soon', detail: 'Appointments are booked at least 2 days before they start.' },
    });
  });

  it('of weeks still yields the next free day', async () => {
    const { apiKey, tenantId } = await crm.business();
    await crm.sql('UPDATE services SET notice_minutes = 30 * 1440 WHERE tenant_id = $1', tenantId);
    const { body } = await crm.ask('GET', `/v1/availability?service=plumbing&date=${day(0)}`, { as: apiKey });
    expect([day(30), day(31)]).toContain((body.unavailable as { nextDate: string }).nextDate);
  });

  it('is refused out of bounds, and for an unknown service', async () => {
    const { apiKey } = await crm.business();
    const path = '/v1/services/0193b0f0-1111-4222-8333-444444444444';
    expect((await crm.ask('PATCH', path, { as: apiKey, body: { noticeMinutes: -1 } })).body.errors).toEqual([
      { field: 'noticeMinutes', message: 'noticeMinutes must be at least 0' },
    ]);
    expect((await crm.ask('PATCH', path, { as: apiKey, body: { noticeMinutes: 60 } })).body.code).toBe(
      'service-not-found',
    );
  });
});
