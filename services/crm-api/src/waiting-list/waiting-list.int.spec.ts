import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { CallId, TenantId } from '@tandem/contracts';
import { nineOclock, RunningCrm, serviceToken, type Answer } from '../test/running-crm.ts';

const START = nineOclock(3);
const DAY = START.slice(0, 10);
const NUMBER = '+12025550177';

interface Entry {
  readonly id: string;
  readonly status: string;
  readonly bookingId: string | null;
}

describe('the waiting list', () => {
  let crm: RunningCrm;
  let tenantId: TenantId;
  let apiKey: string;
  let callers = 0;

  beforeAll(async () => {
    crm = await RunningCrm.start({ settings: { TWILIO_ACCOUNT_SID: `AC${'a'.repeat(32)}` } });
  });
  afterAll(() => crm.stop());
  beforeEach(async () => {
    ({ tenantId, apiKey } = await crm.business());
    await crm.sql('DELETE FROM phone_numbers WHERE e164 = $1', NUMBER);
    await crm.sql(
      'INSERT INTO phone_numbers (tenant_id, e164, is_always_open) VALUES ($1, $2, true)',
      tenantId,
      NUMBER,
    );
    await settings({});
  });

  const ask = (method: string, path: string, body?: object, as = apiKey): Promise<Answer> =>
    crm.ask(method, path, { as, ...(body ? { body } : {}) });
  const settings = (more: object) =>
    ask('PUT', '/v1/booking-settings', { quietFrom: '00:00', quietUntil: '00:00', ...more });
  const book = async (start = START) =>
    (await ask('POST', '/v1/bookings', { service: 'plumbing', start })).body as unknown as Entry;
  const wait = async (more: object = {}) => {
    const contactPhone = `+1202555${String((callers += 1)).padStart(4, '0')}`;
    const body = { service: 'plumbing', contactPhone, from: DAY, until: DAY, ...more };
    return (await ask('POST', '/v1/waiting-list', body)).body as unknown as Entry;
  };
  const entry = async ({ id }: Entry) =>
    (await ask('GET', `/v1/waiting-list/${id}`)).body as unknown as Entry;
  const cancel = ({ id }: Entry) => ask('DELETE', `/v1/bookings/${id}`);
  const confirm = (id: string | null) => ask('POST', `/v1/bookings/${id}/confirm`);
  const sent = () =>
    crm.sql<{ party: string; body: string }>(
      'SELECT party, body FROM messages WHERE tenant_id = $1 ORDER BY created_at',
      tenantId,
    );
  /** Waits for the sweep. */
  async function eventually(isSo: () => Promise<boolean>): Promise<void> {
    for (let tries = 0; tries < 600; tries += 1) {
      if (await isSo()) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new TypeError('It did not come to be so.');
  }
  const becomes = (one: Entry, status: string) =>
    eventually(async () => (await entry(one)).status === status);
  /** Waits until every freed time was looked at. */
  const settled = () =>
    eventually(
      async () => (await crm.sql('SELECT 1 FROM freed_times WHERE tenant_id = $1', tenantId)).length === 0,
    );

  it('offers a time that is cancelled to the one who waits longest, who takes it', async () => {
    const booked = await book();
    const [first, second] = [await wait({ partOfDay: 'morning' }), await wait()];
    await cancel(booked);
    await becomes(first, 'offered');
    const { bookingId } = await entry(first);
    expect((await ask('GET', `/v1/bookings/${bookingId}`)).body).toMatchObject({
      status: 'held',
      start: START,
      contact: { phone: '+12025550001' },
    });
    const events = await crm.sql<{ type: string; data: object }>(
      `SELECT type, data FROM outbox_events WHERE tenant_id = $1 AND subject_kind = 'waiting-list'`,
      tenantId,
    );
    expect(events).toMatchObject([
      { type: 'waiting-list.offered', data: { entryId: first.id, bookingId, service: { key: 'plumbing' } } },
    ]);
    const [message] = await sent();
    expect(message).toMatchObject({ party: '+12025550001' });
    expect(message?.body).toMatch(
      /^Spec: an appointment \(Plumbing\) is free on .+ at 09:00\. .+\+12025550177\.$/,
    );
    expect((await confirm(bookingId)).status).toBe(200);
    expect([(await entry(first)).status, (await entry(second)).status]).toEqual(['booked', 'waiting']);
  }, 60_000);

  it('passes an offer on that was not taken, and one that was given up', async () => {
    const booked = await book();
    const entries = [await wait(), await wait(), await wait()];
    await cancel(booked);
    await becomes(entries[0]!, 'offered');
    await crm.sql(
      `UPDATE bookings SET hold_expires_at = now() - interval '1 second'
       WHERE tenant_id = $1 AND status = 'held'`,
      tenantId,
    );
    expect((await entry(entries[0]!)).status).toBe('expired');
    await becomes(entries[1]!, 'offered');
    expect((await ask('DELETE', `/v1/waiting-list/${entries[1]!.id}`)).body.status).toBe('cancelled');
    await becomes(entries[2]!, 'offered');
    expect((await confirm((await entry(entries[2]!)).bookingId)).status).toBe(200);
    expect(await Promise.all(entries.map(async (one) => (await entry(one)).status))).toEqual([
      'expired',
      'cancelled',
      'booked',
    ]);
  }, 60_000);

  it('offers nothing that does not suit: another day, part of the day, service or resource', async () => {
    const booked = await book();
    const resources = await ask('POST', '/v1/resources', { name: 'Another', services: ['plumbing'] });
    const unsuited = [
      await wait({ from: nineOclock(4).slice(0, 10), until: nineOclock(9).slice(0, 10) }),
      await wait({ partOfDay: 'afternoon' }),
      await wait({ resource: resources.body.id }),
    ];
    const suited = await wait();
    await cancel(booked);
    await becomes(suited, 'offered');
    await settled();
    expect(await Promise.all(unsuited.map(async (one) => (await entry(one)).status))).toEqual([
      'waiting',
      'waiting',
      'waiting',
    ]);
  }, 60_000);

  it('offers the time a booking is moved away from; several people one long time', async () => {
    await crm.sql(`UPDATE services SET duration_minutes = 120 WHERE tenant_id = $1`, tenantId);
    const booked = await book();
    await crm.sql(`UPDATE services SET duration_minutes = 60 WHERE tenant_id = $1`, tenantId);
    const entries = [await wait(), await wait()];
    await ask('PATCH', `/v1/bookings/${booked.id}`, { start: nineOclock(5) });
    for (const one of entries) await becomes(one, 'offered');
  }, 60_000);

  it('writes to nobody who opted out or said no, and waits while it is quiet', async () => {
    const booked = await book();
    const one = await wait();
    await crm.sql(
      `INSERT INTO message_optouts (tenant_id, own_address, party, state, source)
       SELECT $1, $2, phone, 'out', 'message' FROM contacts WHERE tenant_id = $1`,
      tenantId,
      NUMBER,
    );
    await settings({ quietFrom: '00:00', quietUntil: '23:59' });
    await cancel(booked);
    expect((await crm.sql('SELECT 1 FROM freed_times WHERE tenant_id = $1', tenantId)).length).toBe(1);
    await settings({});
    await becomes(one, 'offered');
    expect(await sent()).toEqual([]);
  }, 60_000);

  it('has one entry for a request that a call repeats, and another for another person', async () => {
    const token = await serviceToken(tenantId, randomUUID() as CallId);
    const join = async (more: object = {}, as = token) => {
      const body = { service: 'plumbing', contactPhone: '+12025550188', from: DAY, until: DAY, ...more };
      const answer = await ask('POST', '/v1/waiting-list', body, as);
      return [answer.status, answer.body.id] as const;
    };
    const [[created, id], ...others] = [await join(), await join({ notes: 'Again.' }), await join()];
    expect([created, ...others]).toEqual([201, [200, id], [200, id]]);
    const other = [{ name: 'Jo' }, { contactPhone: '+12025550189' }, { partOfDay: 'morning' }];
    for (const more of other) expect((await join(more))[0]).toBe(201);
    expect((await join({}, await serviceToken(tenantId, randomUUID() as CallId)))[0]).toBe(201);
    expect((await join({}, apiKey))[0]).toBe(201);
    await ask('DELETE', `/v1/waiting-list/${String(id)}`);
    expect((await join())[0]).toBe(201);
  });

  describe('with a zone', () => {
    let engineer: string;
    beforeEach(async () => {
      for (const key of ['north', 'south', 'east']) await ask('POST', '/v1/zones', { key, name: key });
      const [found] = await crm.sql<{ id: string }>(
        'SELECT id FROM resources WHERE tenant_id = $1',
        tenantId,
      );
      engineer = found!.id;
      await serve(engineer, ['south']);
      const nora = await ask('POST', '/v1/resources', { name: 'Nora', services: ['plumbing'] });
      await serve(String(nora.body.id), ['north']);
    });
    const serve = (id: string, zones: string[]) => ask('PATCH', `/v1/resources/${id}`, { zones });
    const zoneOf = async (one: Entry) =>
      (await ask('GET', `/v1/bookings/${(await entry(one)).bookingId}`)).body.zone;

    it('offers times of resources that go there, and of those that go everywhere', async () => {
      const booked = await book();
      const [north, south] = [await wait({ zone: 'north' }), await wait({ zone: 'south' })];
      expect(north).toMatchObject({ zone: { key: 'north', name: 'north' } });
      await cancel(booked);
      await becomes(south, 'offered');
      await settled();
      expect((await entry(north)).status).toBe('waiting');
      expect(await zoneOf(south)).toEqual({ key: 'south', name: 'south' });
      const [event] = await crm.sql<{ data: object }>(
        `SELECT data FROM outbox_events WHERE tenant_id = $1 AND type = 'waiting-list.offered'`,
        tenantId,
      );
      expect(event?.data).toMatchObject({ zone: { key: 'south', name: 'south' } });
      expect(event?.data).not.toHaveProperty('zoneId');
      await serve(engineer, []);
      await ask('DELETE', `/v1/waiting-list/${south.id}`);
      await becomes(north, 'offered');
      expect(await zoneOf(north)).toEqual({ key: 'north', name: 'north' });
    }, 60_000);

    it('that was deleted meanwhile offers only times of resources that go everywhere', async () => {
      const booked = await book();
      await serve(engineer, ['south', 'east']);
      const east = await wait({ zone: 'east' });
      await serve(engineer, ['south']);
      const zones = (await ask('GET', '/v1/zones')).body.items as { id: string; key: string }[];
      const deleted = await ask('DELETE', `/v1/zones/${zones.find(({ key }) => key === 'east')!.id}`);
      expect(deleted.status).toBe(204);
      await cancel(booked);
      await settled();
      expect((await entry(east)).status).toBe('waiting');
      const again = await book();
      await serve(engineer, []);
      await cancel(again);
      await becomes(east, 'offered');
    }, 60_000);

    it('is changed, and refused where nobody who would do goes there', async () => {
      const code = async (more: object) => {
        const body = { service: 'plumbing', contactPhone: '+12025550123', from: DAY, until: DAY, ...more };
        const { status, body: answer } = await ask('POST', '/v1/waiting-list', body);
        return [status, answer.code];
      };
      expect(await code({ zone: 'moon' })).toEqual([422, 'unknown-zone']);
      expect(await code({ zone: 'east' })).toEqual([422, 'zone-not-served']);
      expect(await code({ zone: 'north', resource: engineer })).toEqual([422, 'zone-not-served']);
      expect(await code({ zone: 'south', resource: engineer })).toEqual([201, undefined]);
      const { id } = await wait({ zone: 'north' });
      const change = async (body: object) => (await ask('PATCH', `/v1/waiting-list/${id}`, body)).body;
      expect((await change({ zone: 'east' })).code).toBe('zone-not-served');
      expect((await change({ resource: engineer })).code).toBe('zone-not-served');
      expect(await change({ notes: 'x' })).toMatchObject({ notes: 'x', zone: { key: 'north' } });
      expect(await change({ zone: 'south', resource: engineer })).toMatchObject({ zone: { key: 'south' } });
      expect(await change({ zone: null })).toMatchObject({ zone: null, resource: { id: engineer } });
    });
  });

  describe('whose offer fails', () => {
    /** Has the database refuse every offer to the people of this business. */
    async function poison(): Promise<() => Promise<unknown>> {
      const name = `refuse_offers_${randomUUID().replaceAll('-', '')}`;
      await crm.sql(
        `CREATE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN RAISE EXCEPTION 'no offers' USING ERRCODE = '22000'; END $$`,
      );
      await crm.sql(
        `CREATE TRIGGER ${name} BEFORE UPDATE ON waiting_list FOR EACH ROW
         WHEN (NEW.tenant_id = '${tenantId}' AND NEW.status = 'offered') EXECUTE FUNCTION ${name}()`,
      );
      return () => crm.sql(`DROP FUNCTION ${name} CASCADE`);
    }
    const freed = async () =>
      (
        await crm.sql<{ attempts: number; due: string; pause: number | null }>(
          `SELECT attempts, next_attempt_at::text AS due, CASE WHEN isfinite(next_attempt_at)
             THEN extract(epoch FROM next_attempt_at - clock_timestamp())::float8 END AS pause
           FROM freed_times WHERE tenant_id = $1`,
          tenantId,
        )
      )[0];
    const failed = async (outcome: string) => {
      const { text } = await crm.ask('GET', '/metrics');
      const pattern = `tandem_waiting_list_offers_failed_total\\{[^}]*outcome="${outcome}"[^}]*\\} (\\d+)`;
      return Number(new RegExp(pattern).exec(text)?.[1] ?? 0);
    };
    const setFreed = (change: string) =>
      crm.sql(`UPDATE freed_times SET ${change} WHERE tenant_id = $1`, tenantId);

    it('a time makes way for those of others, and is offered when it can be', async () => {
      const one = await wait();
      const booked = await book();
      const mend = await poison();
      const before = await failed('postponed');
      await cancel(booked);
      await eventually(async () => ((await freed())?.attempts ?? 0) > 0);
      expect((await freed())?.pause).toBeGreaterThan(0);
      const others = await crm.business();
      const theirs = (method: string, path: string, body?: object) => ask(method, path, body, others.apiKey);
      await theirs('PUT', '/v1/booking-settings', { quietFrom: '00:00', quietUntil: '00:00' });
      const their = (await theirs('POST', '/v1/bookings', { service: 'plumbing', start: START })).body;
      const person = { service: 'plumbing', contactPhone: '+12025550191', from: DAY, until: DAY };
      const waits = (await theirs('POST', '/v1/waiting-list', person)).body;
      await theirs('DELETE', `/v1/bookings/${String(their.id)}`);
      await eventually(
        async () => (await theirs('GET', `/v1/waiting-list/${String(waits.id)}`)).body.status === 'offered',
      );
      expect(await failed('postponed')).toBeGreaterThan(before);
      expect((await entry(one)).status).toBe('waiting');
      await mend();
      await setFreed('next_attempt_at = now()');
      await becomes(one, 'offered');
      expect(await freed()).toBeUndefined();
    }, 60_000);

    it('a time is tried again after pauses that grow, and in the end given up until it is over', async () => {
      await wait();
      const booked = await book();
      const mend = await poison();
      const before = await failed('given-up');
      await cancel(booked);
      const pauses: number[] = [];
      for (const attempts of [4, 7, 11]) {
        await eventually(async () => (await freed()) !== undefined);
        await setFreed(`attempts = ${attempts - 1}, next_attempt_at = now()`);
        await eventually(async () => (await freed())?.attempts === attempts);
        pauses.push((await freed())!.pause!);
      }
      expect([...pauses].sort((a, b) => a - b)).toEqual(pauses);
      expect(pauses.at(-1)).toBeLessThanOrEqual(3_600);
      await setFreed('next_attempt_at = now()');
      await eventually(async () => (await freed())?.due === 'infinity');
      expect(await freed()).toMatchObject({ attempts: 12 });
      expect(await failed('given-up')).toBe(before + 1);
      await setFreed(`starts_at = now() - interval '2 hours', ends_at = now() - interval '1 hour'`);
      await eventually(async () => (await freed()) === undefined);
      await mend();
    }, 60_000);
  });

  it('is changed and listed, and hidden from other tenants', async () => {
    const one = await wait();
    const other = await crm.business();
    expect((await ask('PATCH', `/v1/waiting-list/${one.id}`, { partOfDay: 'morning' })).body).toMatchObject({
      partOfDay: 'morning',
      from: DAY,
      status: 'waiting',
    });
    const listed = async (query: string, as = apiKey) =>
      (await ask('GET', `/v1/waiting-list?${query}`, undefined, as)).body.items as Entry[];
    expect((await listed('status=waiting&service=plumbing')).map(({ id }) => id)).toEqual([one.id]);
    expect(await listed('status=offered')).toEqual([]);
    expect(await listed('', other.apiKey)).toEqual([]);
    expect((await ask('GET', `/v1/waiting-list/${one.id}`, undefined, other.apiKey)).status).toBe(404);
    const theirs = await ask(
      'POST',
      '/v1/waiting-list',
      {
        service: 'plumbing',
        contactPhone: '+12025550123',
        from: DAY,
        until: DAY,
        resource: (
          await crm.sql<{ id: string }>('SELECT id FROM resources WHERE tenant_id = $1', tenantId)
        )[0]?.id,
      },
      other.apiKey,
    );
    expect(theirs).toMatchObject({ status: 422, body: { code: 'unknown-resource' } });
    await ask('DELETE', `/v1/waiting-list/${one.id}`);
    expect((await ask('PATCH', `/v1/waiting-list/${one.id}`, { notes: 'x' })).body.code).toBe('not-waiting');
    expect((await ask('DELETE', `/v1/waiting-list/${one.id}`)).body.status).toBe('cancelled');
  });

  it('refuses days that are over or in the wrong order', async () => {
    const body = { service: 'plumbing', contactPhone: '+12025550123' };
    const over = { ...body, from: '2020-01-01', until: '2020-01-02' };
    expect((await ask('POST', '/v1/waiting-list', over)).body.code).toBe('in-the-past');
    const wrong = { ...body, from: '2027-03-02', until: '2027-03-01' };
    expect((await ask('POST', '/v1/waiting-list', wrong)).status).toBe(400);
  });
});
