import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { CallId, TenantId } from '@tandem/contracts';
import { nineOclock, RunningCrm, serviceToken, type Answer } from '../test/running-crm.ts';

const START = nineOclock(3);

describe('a hold', () => {
  let crm: RunningCrm;
  let tenantId: TenantId;
  let apiKey: string;

  beforeAll(async () => {
    crm = await RunningCrm.start();
  });
  afterAll(() => crm.stop());
  beforeEach(async () => void ({ tenantId, apiKey } = await crm.business()));

  const book = (body: object = {}, as = apiKey): Promise<Answer> =>
    crm.ask('POST', '/v1/bookings', { as, body: { service: 'plumbing', start: START, ...body } });
  const hold = (seconds = 300) => book({ hold: { seconds } });
  const confirm = ({ body }: Answer, as = apiKey) =>
    crm.ask('POST', `/v1/bookings/${String(body.id)}/confirm`, { as });
  const read = async ({ body }: Answer) =>
    (await crm.ask('GET', `/v1/bookings/${String(body.id)}`, { as: apiKey })).body;
  /** The clock moves on for all holds. */
  const pass = (seconds: number) =>
    crm.sql(
      `UPDATE bookings SET hold_expires_at = hold_expires_at - $2::integer * interval '1 second'
       WHERE tenant_id = $1 AND status = 'held'`,
      tenantId,
      seconds,
    );
  const events = async () =>
    (
      await crm.sql<{ type: string }>(
        'SELECT type FROM outbox_events WHERE tenant_id = $1 ORDER BY created_at, sequence',
        tenantId,
      )
    ).map(({ type }) => type);

  it('keeps the time from others, and becomes the booking when it is confirmed', async () => {
    const held = await book({ hold: {}, contactPhone: '+12025550123' });
    expect(held).toMatchObject({ status: 201, body: { status: 'held', seriesId: null } });
    const left = Date.parse(String(held.body.holdExpiresAt)) - Date.now();
    expect(left > 240_000 && left <= 301_000).toBe(true);
    expect(await book()).toMatchObject({ status: 409, body: { code: 'slot-taken' } });
    expect(await events()).toEqual([]);
    const confirmed = await confirm(held);
    expect(confirmed).toMatchObject({ status: 200, body: { status: 'booked', holdExpiresAt: null } });
    expect((await confirm(held)).body).toEqual(confirmed.body);
    expect(await events()).toEqual(['booking.created']);
    expect((await book()).status).toBe(409);
  });

  it('that is over blocks nobody and cannot be confirmed', async () => {
    const held = await hold(60);
    await pass(61);
    expect(await read(held)).toMatchObject({ status: 'expired' });
    const date = START.slice(0, 10);
    const free = await crm.ask('GET', `/v1/availability?service=plumbing&date=${date}`, { as: apiKey });
    const slots = free.body.slots as { start: string }[];
    expect(slots.map(({ start }) => Date.parse(start))).toContain(Date.parse(START));
    expect(await confirm(held)).toMatchObject({ status: 410, body: { code: 'hold-expired' } });
    const other = await book();
    expect(other.status).toBe(201);
    expect(await confirm(held)).toMatchObject({ status: 410, body: { code: 'hold-expired' } });
    expect(await events()).toEqual(['booking.created']);
  });

  it('can be given up: the time is free again, and nobody is told', async () => {
    const held = await hold();
    const path = `/v1/bookings/${String(held.body.id)}`;
    expect((await crm.ask('DELETE', path, { as: apiKey })).body.status).toBe('cancelled');
    expect(await confirm(held)).toMatchObject({ status: 409, body: { code: 'booking-cancelled' } });
    expect((await book()).status).toBe(201);
    expect(await events()).toEqual(['booking.created']);
  });

  it('cannot be moved', async () => {
    const held = await hold();
    const move = () =>
      crm.ask('PATCH', `/v1/bookings/${String(held.body.id)}`, {
        as: apiKey,
        body: { start: nineOclock(4) },
      });
    expect((await move()).body.code).toBe('booking-not-confirmed');
    await pass(301);
    expect(await move()).toMatchObject({ status: 410, body: { code: 'hold-expired' } });
  });

  it('of one slot, 60 at once, has one winner, and no release without holds books over it', async () => {
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, index) => (index % 2 === 0 ? hold() : book())),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    const { tenantId: other } = await crm.business();
    await crm.sql(
      `INSERT INTO bookings (tenant_id, resource_id, service_id, period, reference, status, hold_expires_at)
       SELECT $1, r.id, s.id, tstzrange($2::timestamptz, $2::timestamptz + interval '1 hour'), 'A1', 'held',
         now() + interval '1 hour' FROM resources r, services s WHERE r.tenant_id = $1 AND s.tenant_id = $1`,
      other,
      START,
    );
    await expect(
      crm.sql(
        `INSERT INTO bookings (tenant_id, resource_id, service_id, period, reference)
         SELECT tenant_id, resource_id, service_id, period, 'A2' FROM bookings WHERE tenant_id = $1`,
        other,
      ),
    ).rejects.toThrow(/bookings_and_holds_keep_their_distance/);
  });

  it('that ends while it is confirmed and its time is wanted goes to one of the two', async () => {
    for (let round = 0; round < 8; round += 1) {
      const start = new Date(Date.parse(START) + round * 3_600_000).toISOString();
      const held = await book({ start, hold: { seconds: 30 } });
      await pass(30);
      const [confirmed, ...others] = await Promise.all([
        confirm(held),
        ...Array.from({ length: 6 }, () => book({ start })),
      ]);
      const won = [confirmed, ...others].filter(({ status }) => status < 300);
      expect(won).toHaveLength(1);
    }
  });

  it('of a call is confirmed when the call books the same', async () => {
    const as = await serviceToken(tenantId, randomUUID() as CallId);
    const held = await book({ hold: {} }, as);
    const again = await book({ hold: {} }, as);
    expect([again.status, again.body.id]).toEqual([200, held.body.id]);
    const booked = await book({}, as);
    expect(booked).toMatchObject({ status: 200, body: { id: held.body.id, status: 'booked' } });
  });

  it('of a call gives way to a new one of the same call, which others never do', async () => {
    const [as, other] = await Promise.all([1, 2].map(() => serviceToken(tenantId, randomUUID() as CallId)));
    const [first, second] = [START, nineOclock(4)];
    const ofOthers = await book({ hold: {}, start: nineOclock(5) }, other);
    const withKey = await book({ hold: {}, start: nineOclock(6) });
    const held = await book({ hold: {}, start: first }, as);
    const taken = await book({ hold: {}, start: nineOclock(5) }, as);
    expect(taken).toMatchObject({ status: 409, body: { code: 'slot-taken' } });
    expect((await read(held)).status).toBe('held');
    const half = new Date(Date.parse(first) + 1_800_000).toISOString();
    const overlapping = await book({ hold: {}, start: half }, as);
    expect(overlapping).toMatchObject({ status: 201, body: { status: 'held' } });
    expect((await read(held)).status).toBe('cancelled');
    expect((await book({ hold: {}, start: second }, as)).status).toBe(201);
    expect((await book({ start: second }, as)).body.status).toBe('booked');
    await book({ hold: {}, start: nineOclock(7) }, as);
    const still = await Promise.all([ofOthers, withKey].map(read));
    expect(still.map(({ status }) => status)).toEqual(['held', 'held']);
    const own = await crm.sql(`SELECT 1 FROM bookings WHERE tenant_id = $1 AND status = 'booked'`, tenantId);
    expect(own).toHaveLength(1);
  });

  it('has bounds, and belongs to its tenant', async () => {
    for (const seconds of [0, 29, 3_601, 1.5]) expect((await hold(seconds)).status).toBe(400);
    const held = await hold();
    const stranger = await crm.business();
    expect((await confirm(held, stranger.apiKey)).status).toBe(404);
    expect(await read(held)).toMatchObject({ status: 'held' });
  });
});
