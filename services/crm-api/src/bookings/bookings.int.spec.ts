import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CallId, TenantId } from '@tandem/contracts';
import { nineOclock, RunningCrm, serviceToken, type Answer } from '../test/running-crm.ts';

const START = nineOclock(3);

describe('booking over HTTP', () => {
  let crm: RunningCrm;

  beforeAll(async () => {
    crm = await RunningCrm.start();
  });
  afterAll(() => crm.stop());

  const book = (as: string, body: object = {}, key?: string): Promise<Answer> =>
    crm.ask('POST', '/v1/bookings', {
      as,
      body: { service: 'plumbing', start: START, ...body },
      ...(key === undefined ? {} : { key }),
    });
  const count = async (tenantId: TenantId) =>
    (
      await crm.sql<{ n: number }>(
        'SELECT count(*)::integer AS n FROM bookings WHERE tenant_id = $1',
        tenantId,
      )
    )[0]?.n;
  const tally = (answers: readonly Answer[]) => {
    const found: Record<string, number> = {};
    for (const { status, body } of answers) {
      const outcome = typeof body.code === 'string' ? `${status} ${body.code}` : String(status);
      found[outcome] = (found[outcome] ?? 0) + 1;
    }
    return found;
  };

  it('returns the resource, the local time and a reference', async () => {
    const { apiKey } = await crm.business();
    const answer = await book(apiKey, {
      contactPhone: '+12025550123',
      name: 'Alex Morgan',
      notes: 'Kitchen sink',
    });
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({
      status: 'booked',
      start: START,
      service: { key: 'plumbing' },
      resource: { name: 'Engineer 1' },
      contact: { phone: '+12025550123', name: 'Alex Morgan' },
      name: 'Alex Morgan',
      notes: 'Kitchen sink',
      callId: null,
      cancelledAt: null,
    });
    expect(Date.parse(String(answer.body.end)) - Date.parse(START)).toBe(3_600_000);
    expect(answer.body.reference).toMatch(/^[A-Z]\d{5}$/);
    expect((await crm.ask('GET', `/v1/bookings/${String(answer.body.id)}`, { as: apiKey })).body).toEqual(
      answer.body,
    );
  });

  it('stores no card number: not in the row, response, contact or event', async () => {
    const { apiKey, tenantId } = await crm.business();
    const body = {
      contactPhone: '+12025550199',
      name: 'Alex 4111111111111111',
      notes:
        'Pays with 4111 1111 1111 1111, or four one one one, one one one one, one one one one, one one ' +
        'one two',
    };
    const answer = await book(apiKey, body);
    expect(answer.body).toMatchObject({
      name: 'Alex [card number]',
      notes: 'Pays with [card number], or [long number]',
    });
    const tables = ['bookings', 'contacts', 'outbox_events', 'idempotency_keys'];
    for (const table of tables)
      expect(
        JSON.stringify(
          await crm.sql(`SELECT to_jsonb(kept) AS kept FROM ${table} kept WHERE tenant_id = $1`, tenantId),
        ),
      ).not.toMatch(/4111|one one/);
  });

  it.each([50, 1000])(
    'of one slot, %i at once, has one winner; the others hear 409 with alternatives',
    async (many) => {
      const { tenantId } = await crm.business();
      const token = await serviceToken(tenantId);
      const answers = await Promise.all(Array.from({ length: many }, () => book(token)));
      expect(tally(answers)).toEqual({ '201': 1, '409 slot-taken': many - 1 });
      expect(await count(tenantId)).toBe(1);
      const loser = answers.find((answer) => answer.status === 409);
      const alternatives = loser?.body.alternatives as {
        start: string;
        end: string;
        resource: { name: string };
      }[];
      expect(alternatives).toHaveLength(3);
      for (const alternative of alternatives)
        expect(Math.abs(Date.parse(alternative.start) - Date.parse(START))).toBeGreaterThanOrEqual(3_600_000);
    },
    60_000,
  );

  it('spreads a day’s work over the resources', async () => {
    const { apiKey } = await crm.business(3);
    const hours = [0, 2, 4, 6, 8, 10].map((hour) =>
      new Date(Date.parse(START) + hour * 3_600_000).toISOString(),
    );
    const names: unknown[] = [];
    for (const start of hours)
      names.push(((await book(apiKey, { start })).body.resource as { name: string }).name);
    expect(names.slice(0, 3).sort()).toEqual(['Engineer 1', 'Engineer 2', 'Engineer 3']);
    expect(names.slice(3)).toEqual(names.slice(0, 3));
  });

  it('gives a time to each engineer before it is taken', async () => {
    const { apiKey } = await crm.business(3);
    const answers = await Promise.all(Array.from({ length: 20 }, () => book(apiKey)));
    expect(tally(answers)).toEqual({ '201': 3, '409 slot-taken': 17 });
    expect(
      new Set(
        answers
          .filter((answer) => answer.status === 201)
          .map((answer) => (answer.body.resource as { id: string }).id),
      ).size,
    ).toBe(3);
  });

  it('refuses impossible times, each with its code', async () => {
    const { tenantId, apiKey } = await crm.business();
    await crm.sql(
      `UPDATE resource_hours SET opens = '08:00', closes = '12:00' WHERE tenant_id = $1`,
      tenantId,
    );
    const code = async (body: object) => {
      const answer = await book(apiKey, body);
      return [answer.status, answer.body.code];
    };
    expect(await code({ service: 'gardening' })).toEqual([422, 'unknown-service']);
    expect(await code({ start: '2020-03-02T09:00:00-05:00' })).toEqual([422, 'in-the-past']);
    expect(await code({ start: nineOclock(90) })).toEqual([422, 'too-far-ahead']);
    expect(await code({ start: new Date(Date.parse(START) + 2.5 * 3_600_000).toISOString() })).toEqual([
      422,
      'outside-hours',
    ]);
    await crm.sql(
      `INSERT INTO closed_dates VALUES ($1, 'bookings', $2, 'Inventory')`,
      tenantId,
      START.slice(0, 10),
    );
    expect(await code({})).toEqual([422, 'outside-hours']);
    const outside = await book(apiKey);
    expect((outside.body.alternatives as unknown[]).length).toBe(3);
    expect((await book(apiKey, { service: 'gardening' })).body.services).toEqual(['plumbing']);
    expect(await count(tenantId)).toBe(0);
  });

  it('explains a day without appointments and names the next one with any', async () => {
    const { tenantId, apiKey } = await crm.business();
    const [date, next] = [nineOclock(3).slice(0, 10), nineOclock(4).slice(0, 10)];
    const ask = async (query: string) =>
      (await crm.ask('GET', `/v1/availability?service=plumbing&${query}`, { as: apiKey })).body as {
        slots: unknown[];
        unavailable: object | null;
      };
    expect((await ask(`date=${date}&partOfDay=morning`)).slots).toHaveLength(24);
    expect((await ask(`date=${date}`)).unavailable).toBeNull();
    await crm.sql(`INSERT INTO closed_dates VALUES ($1, 'bookings', $2, 'Inventory')`, tenantId, date);
    expect(await ask(`date=${date}`)).toMatchObject({
      slots: [],
      unavailable: { code: 'closed', detail: 'No appointments that day: Inventory.', nextDate: next },
    });
    expect((await ask(`date=2020-01-01`)).unavailable).toMatchObject({ code: 'in-the-past' });
    expect((await book(apiKey, { start: nineOclock(90) })).body).toMatchObject({
      detail: expect.stringMatching(/up to \d{4}-\d\d-\d\d\. Ask for an earlier day/) as unknown,
    });
    expect((await ask(`date=${nineOclock(90).slice(0, 10)}`)).unavailable).toMatchObject({
      code: 'too-far-ahead',
    });
    await crm.sql(`UPDATE resource_hours SET opens = '13:00' WHERE tenant_id = $1`, tenantId);
    expect((await ask(`date=${next}&partOfDay=morning`)).unavailable).toMatchObject({ code: 'no-hours' });
    await crm.sql(`UPDATE resource_hours SET closes = '14:00' WHERE tenant_id = $1`, tenantId);
    expect((await book(apiKey, { start: nineOclock(4).replace('T09', 'T13') })).status).toBe(201);
    expect((await ask(`date=${next}`)).unavailable).toMatchObject({ code: 'fully-booked' });
  });

  it('says who called when it was booked, once that call is on record', async () => {
    const { tenantId, apiKey } = await crm.business();
    const callId = randomUUID() as CallId;
    const { id } = (await book(await serviceToken(tenantId, callId))).body;
    const caller = async () =>
      (await crm.ask('GET', `/v1/bookings/${String(id)}`, { as: apiKey })).body.caller;
    expect(await caller()).toBeNull();
    const record = (attestation: string | null) =>
      crm.sql(
        `INSERT INTO calls (id, tenant_id, status, direction, channel, from_number, to_number, admitted_at,
           attestation)
         VALUES ($1, $2, 'completed', 'inbound', 'twilio', '+12025550123', '+12025550100', now(), $3)
         ON CONFLICT (id) DO UPDATE SET attestation = $3`,
        callId,
        tenantId,
        attestation,
      );
    for (const attestation of [null, 'TN-Validation-Passed-A']) {
      await record(attestation);
      expect(await caller()).toEqual({ number: '+12025550123', attestation });
    }
  });

  it('cancels idempotently, and frees the time', async () => {
    const { apiKey } = await crm.business();
    const booked = await book(apiKey);
    const path = `/v1/bookings/${String(booked.body.id)}`;
    const cancelled = await crm.ask('DELETE', path, { as: apiKey });
    expect([cancelled.status, cancelled.body.status]).toEqual([200, 'cancelled']);
    expect((await crm.ask('DELETE', path, { as: apiKey })).body).toEqual(cancelled.body);
    expect((await book(apiKey)).status).toBe(201);
    const listed = async (query: string) =>
      (
        (await crm.ask('GET', `/v1/bookings?${query}`, { as: apiKey })).body.items as { status: string }[]
      ).map((booking) => booking.status);
    expect((await listed('')).sort()).toEqual(['booked', 'cancelled']);
    expect(await listed('status=cancelled')).toEqual(['cancelled']);
    expect(await listed(`from=${encodeURIComponent(new Date(Date.parse(START) + 1).toISOString())}`)).toEqual(
      [],
    );
  });

  const hoursLater = (hours: number) => new Date(Date.parse(START) + hours * 3_600_000).toISOString();
  const move = (as: string, id: unknown, start: string) =>
    crm.ask('PATCH', `/v1/bookings/${String(id)}`, { as, body: { start } });

  it('moves a booking, also over its own time, and frees the old time', async () => {
    const { apiKey } = await crm.business();
    const booked = await book(apiKey);
    const moved = await move(apiKey, booked.body.id, hoursLater(0.5));
    expect([moved.status, Date.parse(String(moved.body.start))]).toEqual([200, Date.parse(hoursLater(0.5))]);
    expect(moved.body).toMatchObject({
      id: booked.body.id,
      reference: booked.body.reference,
      status: 'booked',
    });
    expect((await book(apiKey, { start: hoursLater(1.5) })).status).toBe(201);
    const taken = await move(apiKey, booked.body.id, hoursLater(1));
    expect([taken.status, taken.body.code]).toEqual([409, 'slot-taken']);
    expect((await book(apiKey, { start: hoursLater(-0.5) })).status).toBe(201);
  });

  it('refuses to move a cancelled or unknown booking, or to an impossible time', async () => {
    const { apiKey } = await crm.business();
    const { body } = await book(apiKey);
    expect((await move(apiKey, body.id, '2020-03-02T09:00:00-05:00')).body.code).toBe('in-the-past');
    await crm.ask('DELETE', `/v1/bookings/${String(body.id)}`, { as: apiKey });
    expect((await move(apiKey, body.id, hoursLater(2))).body.code).toBe('booking-cancelled');
    expect((await move(apiKey, '0193b0f0-1111-4222-8333-444444444444', hoursLater(2))).body.code).toBe(
      'booking-not-found',
    );
  });

  it('booked, moved and cancelled at once never overlap', async () => {
    const { tenantId, apiKey } = await crm.business(2);
    const codes = await Promise.all(
      Array.from({ length: 60 }, async (_, index) => {
        const booked = await book(apiKey, { start: hoursLater((index % 12) / 2) });
        if (booked.status !== 201) return [booked.body.code];
        const next =
          index % 2 === 0
            ? await move(apiKey, booked.body.id, hoursLater(((index + 5) % 12) / 2))
            : await crm.ask('DELETE', `/v1/bookings/${String(booked.body.id)}`, { as: apiKey });
        return [next.body.code];
      }),
    );
    expect(new Set(codes.flat())).toEqual(new Set([undefined, 'slot-taken']));
    const pairs = await crm.sql(
      'SELECT 1 FROM bookings a JOIN bookings b ON a.resource_id = b.resource_id AND a.id < b.id AND ' +
        `a.period && b.period WHERE a.tenant_id = $1 AND a.status = 'booked' AND b.status = 'booked'`,
      tenantId,
    );
    expect(pairs).toEqual([]);
  });

  it('stores the contact’s name and the name given for the booking', async () => {
    const { apiKey } = await crm.business();
    await crm.ask('POST', '/v1/contacts', {
      as: apiKey,
      body: { phone: '+12025550123', name: 'Alex Morgan' },
    });
    const answer = await book(apiKey, { contactPhone: '+12025550123', name: 'Sam' });
    expect(answer.body).toMatchObject({ name: 'Sam', contact: { name: 'Alex Morgan' } });
    const found = await crm.ask('GET', '/v1/bookings?contactPhone=%2B12025550123&status=booked', {
      as: apiKey,
    });
    expect(found.body.items).toEqual([answer.body]);
  });
});
