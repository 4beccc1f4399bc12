import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { CallId, TenantId } from '@tandem/contracts';
import { nineOclock, RunningCrm, serviceToken, type Answer } from '../test/running-crm.ts';

const PHONE = '+12025550123';
const NUMBER = '+12025550100';
const DAY = nineOclock(3).slice(0, 10);

describe('messages for the staff', () => {
  let crm: RunningCrm;
  let apiKey: string;
  let tenantId: TenantId;

  beforeAll(async () => {
    crm = await RunningCrm.start();
  });
  beforeEach(async () => void ({ apiKey, tenantId } = await crm.business()));
  afterAll(() => crm.stop());

  const leave = (change: object = {}, as = apiKey, key?: string): Promise<Answer> =>
    crm.ask('POST', '/v1/staff-messages', {
      as,
      body: { body: 'The gate is open on Friday.', ...change },
      ...(key ? { key } : {}),
    });
  const list = async (query = '') =>
    (await crm.ask('GET', `/v1/staff-messages${query}`, { as: apiKey })).body.items as { id: string }[];
  /** Has the tenant take calls at a number of its own from nine to five, every day but one. */
  const openNineToFive = async (closedDate: string) => {
    const e164 = `+1202${String(Math.floor(Math.random() * 1e7)).padStart(7, '0')}`;
    await crm.sql(
      'WITH number AS (INSERT INTO phone_numbers (tenant_id, e164, is_always_open) VALUES ($1, $2, false) ' +
        "RETURNING id) INSERT INTO opening_hours SELECT $1, id, d, '09:00', '17:00' FROM number, " +
        'generate_series(1, 7) d',
      tenantId,
      e164,
    );
    await crm.sql("INSERT INTO closed_dates VALUES ($1, 'calls', $2, 'Holiday')", tenantId, closedDate);
    return e164;
  };

  it('are open until somebody marks them as done, and can be passed on', async () => {
    const left = await leave({ contactPhone: PHONE, name: 'Alex', forWhom: 'billing', urgency: 'high' });
    expect([left.status, left.body]).toMatchObject([
      201,
      {
        contact: { phone: PHONE, name: 'Alex' },
        forWhom: 'billing',
        urgency: 'high',
        callbackWanted: false,
        callbackAt: null,
        state: 'open',
        callId: null,
        doneAt: null,
      },
    ]);
    const path = `/v1/staff-messages/${String(left.body.id)}`;
    expect((await crm.ask('GET', path, { as: apiKey })).body).toEqual(left.body);
    const done = await crm.ask('PATCH', path, { as: apiKey, body: { state: 'done', forWhom: 'Maria' } });
    expect(done.body).toMatchObject({ state: 'done', forWhom: 'Maria', doneAt: expect.any(String) });
    const again = await crm.ask('PATCH', path, { as: apiKey, body: { state: 'done' } });
    expect(again.body.doneAt).toBe(done.body.doneAt);
    const open = await crm.ask('PATCH', path, { as: apiKey, body: { state: 'open', forWhom: null } });
    expect(open.body).toMatchObject({ state: 'open', forWhom: null, doneAt: null });
  });

  it('are found by whom they are for, state, urgency, person and callback', async () => {
    await leave({ forWhom: 'billing' });
    await leave({ contactPhone: PHONE, urgency: 'emergency', callbackWanted: true });
    const counts = await Promise.all(
      [
        '',
        '?forWhom=billing',
        '?state=done',
        '?urgency=emergency',
        `?contactPhone=${PHONE}`,
        '?callbackWanted=true',
        '?callbackWanted=false',
      ].map(async (query) => (await list(query)).length),
    );
    expect(counts).toEqual([2, 1, 0, 1, 1, 1, 1]);
  });

  it('are left once by a tool call, and told as what their call caused', async () => {
    const callId = randomUUID() as CallId;
    const as = await serviceToken(tenantId, callId);
    const key = `tc_${callId}_1_a`;
    const first = await leave({ contactPhone: PHONE }, as, key);
    await crm.sql('DELETE FROM idempotency_keys WHERE tenant_id = $1', tenantId);
    const late = await leave({ contactPhone: PHONE }, as, key);
    expect([first.status, late.status, late.body]).toEqual([201, 200, first.body]);
    const told = await crm.sql(
      `SELECT type, subject_kind, subject_id, data->>'staffMessageId' AS id FROM outbox_events
       WHERE tenant_id = $1 AND type LIKE 'staff-message.%'`,
      tenantId,
    );
    expect(told).toEqual([
      { type: 'staff-message.created', subject_kind: 'call', subject_id: callId, id: first.body.id },
    ]);
  });

  it('ask for a callback at a local time of the business', async () => {
    const { body } = await leave({ contactPhone: PHONE, callbackAt: { date: DAY, from: '09:00' } });
    expect(body).toMatchObject({ callbackWanted: true, callbackAt: { from: nineOclock(3) } });
    const { from, until } = body.callbackAt as { from: string; until: string };
    expect(Date.parse(until) - Date.parse(from)).toBe(3_600_000);
  });

  it('ask for no callback outside the opening hours of the number that was called', async () => {
    const holiday = nineOclock(5).slice(0, 10);
    const calledNumber = await openNineToFive(holiday);
    const ask = (callbackAt: object) => leave({ contactPhone: PHONE, calledNumber, callbackAt });
    const early = await ask({ date: DAY, from: '07:00' });
    expect([early.status, early.body]).toMatchObject([
      422,
      { code: 'outside-hours', hours: [{ opens: '09:00', closes: '17:00' }] },
    ]);
    expect((await ask({ date: holiday, from: '10:00' })).body).toMatchObject({
      code: 'outside-hours',
      hours: [],
    });
    expect((await ask({ date: nineOclock(-1).slice(0, 10), from: '10:00' })).body.code).toBe('in-the-past');
    expect(await list()).toEqual([]);
    expect((await ask({ date: DAY, from: '09:00', until: '17:00' })).status).toBe(201);
    // The hours of another tenant's number are nobody else's.
    const stranger = await crm.business();
    const theirs = await leave(
      { contactPhone: PHONE, calledNumber, callbackAt: { date: DAY, from: '07:00' } },
      stranger.apiKey,
    );
    expect(theirs.status).toBe(201);
  });

  it('are refused when they contradict themselves', async () => {
    for (const body of [
      { callbackWanted: true },
      { contactPhone: PHONE, callbackWanted: false, callbackAt: { date: DAY, from: '09:00' } },
      { contactPhone: PHONE, callbackAt: { date: DAY, from: '12:00', until: '11:00' } },
      { contactPhone: PHONE, callbackAt: { date: DAY, from: '25:00' } },
      { body: '\u200b' },
      { contactPhone: NUMBER, contactId: randomUUID() },
    ])
      expect([body, (await leave(body)).status]).toEqual([body, 400]);
    expect((await leave({ contactId: randomUUID() })).body.code).toBe('unknown-contact');
  });
});
