import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { nineOclock, RunningCrm } from '../test/running-crm.ts';

let crm: RunningCrm;
beforeAll(async () => {
  crm = await RunningCrm.start();
});
afterAll(() => crm.stop());

describe('a busy time of a connected calendar', () => {
  it('is not offered, not booked and not moved into, and free again once it is gone', async () => {
    const { tenantId, apiKey } = await crm.business();
    const startsAt = nineOclock(3);
    await crm.sql(
      `WITH connection AS (
         INSERT INTO calendar_connections (id, tenant_id, resource_id, kind, address, detail, state)
         SELECT gen_random_uuid(), $1, id, 'caldav', 'https://example.com/', 'busy', 'active'
         FROM resources WHERE tenant_id = $1 RETURNING *)
       INSERT INTO calendar_busy (connection_id, tenant_id, resource_id, starts_at, ends_at)
       SELECT id, tenant_id, resource_id, $2::timestamptz, $2::timestamptz + interval '30 minutes'
       FROM connection`,
      tenantId,
      startsAt,
    );
    const starts = async () => {
      const path = `/v1/availability?service=plumbing&date=${startsAt.slice(0, 10)}`;
      const { body } = await crm.ask('GET', path, { as: apiKey });
      return (body.slots as { start: string }[]).map(({ start }) => new Date(start).getTime());
    };
    const book = (start: string) =>
      crm.ask('POST', '/v1/bookings', { as: apiKey, body: { service: 'plumbing', start } });
    expect(await starts()).not.toContain(Date.parse(startsAt));
    expect((await book(startsAt)).body).toMatchObject({ code: 'slot-taken' });
    const other = await book(nineOclock(4));
    const move = () =>
      crm.ask('PATCH', `/v1/bookings/${String(other.body.id)}`, { as: apiKey, body: { start: startsAt } });
    expect((await move()).body).toMatchObject({ code: 'slot-taken' });
    await crm.sql('DELETE FROM calendar_busy WHERE tenant_id = $1', tenantId);
    expect(await starts()).toContain(Date.parse(startsAt));
    expect((await move()).status).toBe(200);
  });

  it('leaves a booking its own event, which is due as soon as the booking is stored', async () => {
    const { tenantId, apiKey } = await crm.business();
    const body = { service: 'plumbing', start: nineOclock(3) };
    await crm.sql(
      `INSERT INTO calendar_connections (id, tenant_id, resource_id, kind, address, detail, state)
       SELECT gen_random_uuid(), $1, id, 'caldav', 'https://example.com/', 'busy', 'active'
       FROM resources WHERE tenant_id = $1`,
      tenantId,
    );
    expect((await crm.ask('POST', '/v1/bookings', { as: apiKey, body })).status).toBe(201);
    const [event] = await crm.sql(
      'SELECT is_wanted, is_settled, revision FROM calendar_events WHERE tenant_id = $1',
      tenantId,
    );
    expect(event).toEqual({ is_wanted: true, is_settled: false, revision: 0 });
  });
});
