import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CallId, TenantId } from '@tandem/contracts';
import { nineOclock, RunningCrm, serviceToken, type Answer } from '../test/running-crm.ts';

const START = nineOclock(3);
const hoursLater = (hours: number) => new Date(Date.parse(START) + hours * 3_600_000).toISOString();

describe('a booking repeated in one call', () => {
  let crm: RunningCrm;
  let replica: RunningCrm;

  beforeAll(async () => {
    crm = await RunningCrm.start();
    replica = await RunningCrm.start({ databaseUrl: crm.databaseUrl });
  });
  afterAll(async () => {
    await replica.stop();
    await crm.stop();
  });

  /** One call of a tenant, which books under another tool call id each time. */
  async function openCall(tenantId: TenantId) {
    const callId = randomUUID() as CallId;
    const as = await serviceToken(tenantId, callId);
    const asked = { service: 'plumbing', start: START, contactPhone: '+12025550123', name: 'Alex Morgan' };
    let n = 0;
    const book = (change: object = {}, at: RunningCrm = crm): Promise<Answer> =>
      at.ask('POST', '/v1/bookings', {
        as,
        key: `tc_${callId}_1_${(n += 1)}`,
        body: { ...asked, ...change },
      });
    return { callId, book };
  }

  const references = (answers: readonly Answer[]) =>
    new Set(answers.map(({ body }) => body.reference ?? body.code));
  const rowsOf = (tenantId: TenantId) =>
    crm.sql<{ reference: string }>(
      'SELECT reference FROM bookings WHERE tenant_id = $1 ORDER BY created_at',
      tenantId,
    );
  const eventsOf = (tenantId: TenantId) =>
    crm.sql(`SELECT 1 FROM outbox_events WHERE tenant_id = $1 AND type = 'booking.created'`, tenantId);

  it.each([1, 2])(
    'is the booking there is, though %i could come: one row, one event, one reference',
    async (people) => {
      const { tenantId } = await crm.business(people);
      const { book } = await openCall(tenantId);
      const answers = [
        await book(),
        await book(),
        await book({ start: new Date(START).toISOString(), name: ' alex  MORGAN ', notes: 'The blue door.' }),
      ];
      expect(answers.map(({ status }) => status)).toEqual([201, 200, 200]);
      expect(answers[1]?.body).toEqual(answers[0]?.body);
      expect([
        references(answers).size,
        (await rowsOf(tenantId)).length,
        (await eventsOf(tenantId)).length,
      ]).toEqual([1, 1, 1]);
    },
  );

  it('waits for the first request while it runs, at any replica', async () => {
    const { tenantId } = await crm.business(2);
    const { book } = await openCall(tenantId);
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, index) => book({}, index % 2 === 0 ? crm : replica)),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array<number>(11).fill(200), 201]);
    expect([
      references(answers).size,
      (await rowsOf(tenantId)).length,
      (await eventsOf(tenantId)).length,
    ]).toEqual([1, 1, 1]);
  });

  it('gets its first response again under its own key, too', async () => {
    const { tenantId } = await crm.business(2);
    const { callId } = await openCall(tenantId);
    const ask = async (id: string) =>
      crm.ask('POST', '/v1/bookings', {
        as: await serviceToken(tenantId, callId),
        key: `tc_${callId}_1_${id}`,
        body: { service: 'plumbing', start: START },
      });
    const first = await ask('a');
    const again = await ask('b');
    expect((await ask('b')).body).toEqual(again.body);
    expect(again.body).toEqual(first.body);
  });

  it('is a new one for another start, service, name or call', async () => {
    const { tenantId, apiKey } = await crm.business(5);
    await crm.sql(
      `INSERT INTO services (tenant_id, key, name, duration_minutes) VALUES ($1, 'heating', 'Heating', 60)`,
      tenantId,
    );
    await crm.sql(
      'INSERT INTO resource_services SELECT $1, r.id, s.id FROM resources r, services s WHERE ' +
        `r.tenant_id = $1 AND s.tenant_id = $1 AND s.key = 'heating'`,
      tenantId,
    );
    const { book } = await openCall(tenantId);
    const answers = [
      await book(),
      await book({ start: hoursLater(1) }),
      await book({ service: 'heating' }),
      await book({ name: 'Sam Morgan' }),
    ];
    answers.push(await (await openCall(tenantId)).book());
    for (let n = 0; n < 2; n += 1)
      answers.push(
        await crm.ask('POST', '/v1/bookings', {
          as: apiKey,
          body: { service: 'plumbing', start: hoursLater(4) },
        }),
      );
    expect(answers.map(({ status }) => status)).toEqual(Array(7).fill(201));
    expect(references(answers).size).toBe(7);
  });

  it('without a name is for the caller, whose name the contact has', async () => {
    const { tenantId } = await crm.business(3);
    const { book } = await openCall(tenantId);
    const answers = [await book(), await book({ name: undefined })];
    expect(references(answers).size).toBe(1);
    const other = await openCall(tenantId);
    const nameless = [
      await other.book({ name: undefined, start: hoursLater(2) }),
      await other.book({ start: hoursLater(2) }),
    ];
    expect(references(nameless).size).toBe(1);
  });

  it('is new once the first was cancelled, and a refused one may be repeated', async () => {
    const { tenantId, apiKey } = await crm.business(1);
    const { book } = await openCall(tenantId);
    const rival = await crm.ask('POST', '/v1/bookings', {
      as: apiKey,
      body: { service: 'plumbing', start: START },
    });
    const refused = await Promise.all([book(), book()]);
    expect(refused.map(({ body }) => body.code)).toEqual(['slot-taken', 'slot-taken']);
    await crm.ask('DELETE', `/v1/bookings/${String(rival.body.id)}`, { as: apiKey });
    const first = await book();
    await crm.ask('DELETE', `/v1/bookings/${String(first.body.id)}`, { as: apiKey });
    const second = await book();
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.body.reference).not.toBe(first.body.reference);
  });
});
