import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { CallId, TenantId } from '@tandem/contracts';
import { nineOclock, RunningCrm, serviceToken, type Answer } from '../test/running-crm.ts';

const PHONE = '+12025550123';
const OTHER = '+12025550124';

describe('contacts', () => {
  let crm: RunningCrm;
  let apiKey: string;
  let tenantId: TenantId;

  beforeAll(async () => {
    crm = await RunningCrm.start();
  });
  beforeEach(async () => void ({ apiKey, tenantId } = await crm.business()));
  afterAll(() => crm.stop());

  const add = (body: object): Promise<Answer> => crm.ask('POST', '/v1/contacts', { as: apiKey, body });
  const idOf = async (body: object) => String((await add(body)).body.id);
  const change = (id: string, body: object) => crm.ask('PATCH', `/v1/contacts/${id}`, { as: apiKey, body });
  const get = (id: string, rest = '') => crm.ask('GET', `/v1/contacts/${id}${rest}`, { as: apiKey });
  const find = async (query: string) =>
    ((await crm.ask('GET', `/v1/contacts?${query}`, { as: apiKey })).body.items as { id: string }[]).map(
      ({ id }) => id,
    );
  const findPhone = (phone: string) => find(`phone=${encodeURIComponent(phone)}`);
  const merge = (id: string, into: string) =>
    crm.ask('POST', `/v1/contacts/${id}/merge`, { as: apiKey, body: { into } });
  const points = () =>
    crm.sql<{ value: string; is_primary: boolean }>(
      'SELECT value, is_primary FROM contact_points WHERE tenant_id = $1 ORDER BY value',
      tenantId,
    );

  it('have several numbers and addresses, each with a label, and are found by any of them', async () => {
    const made = await add({
      name: 'Alex Morgan',
      phones: [
        { number: PHONE, label: 'mobile' },
        { number: OTHER, label: 'work', isPrimary: true },
      ],
      emails: [{ address: 'Alex@Example.com' }, { address: 'office@example.com', label: 'office' }],
    });
    expect([made.status, made.body]).toMatchObject([
      201,
      {
        phone: OTHER,
        phones: [
          { number: OTHER, label: 'work', isPrimary: true },
          { number: PHONE, label: 'mobile', isPrimary: false },
        ],
        email: 'alex@example.com',
        emails: [
          { address: 'alex@example.com', label: '', isPrimary: true },
          { address: 'office@example.com', label: 'office', isPrimary: false },
        ],
      },
    ]);
    const id = String(made.body.id);
    expect((await get(id)).body).toEqual(made.body);
    for (const query of ['phone=%2B12025550123', 'phone=%2B12025550124', 'email=OFFICE@example.com'])
      expect([query, await find(query)]).toEqual([query, [id]]);
    for (const name of ['alex', 'Alex M', 'ALEX MORGAN']) expect(await find(`name=${name}`)).toEqual([id]);
    for (const name of ['morgan', 'al%25', 'a_ex']) expect(await find(`name=${name}`)).toEqual([]);
  });

  it('keep the primary number of older releases in step, both ways', async () => {
    const id = await idOf({ phones: [{ number: PHONE }, { number: OTHER }], email: 'a@example.com' });
    expect(await points()).toEqual([
      { value: PHONE, is_primary: true },
      { value: OTHER, is_primary: false },
      { value: 'a@example.com', is_primary: true },
    ]);
    await crm.sql("UPDATE contacts SET phone = '+12025550177', email = 'B@example.com' WHERE id = $1", id);
    expect(await points()).toEqual([
      { value: OTHER, is_primary: false },
      { value: '+12025550177', is_primary: true },
      { value: 'b@example.com', is_primary: true },
    ]);
    await change(id, { phone: OTHER, email: null });
    expect(await points()).toEqual([{ value: OTHER, is_primary: true }]);
    const [row] = await crm.sql('SELECT phone, email FROM contacts WHERE id = $1', id);
    expect(row).toEqual({ phone: OTHER, email: null });
    await change(id, {
      phones: [
        { number: PHONE, isPrimary: true },
        { number: OTHER, label: 'old' },
      ],
    });
    expect((await get(id)).body).toMatchObject({
      phone: PHONE,
      phones: [{ number: PHONE }, { number: OTHER, label: 'old' }],
    });
    await crm.sql('INSERT INTO contacts (tenant_id, phone) VALUES ($1, $2)', tenantId, '+12025550188');
    expect(await findPhone('+12025550188')).toHaveLength(1);
  });

  it('share no number and no address, but with other tenants', async () => {
    await add({ phones: [{ number: PHONE }, { number: OTHER }], email: 'a@example.com' });
    const third = await idOf({ phone: '+12025550125' });
    const clashes = [
      await add({ phone: OTHER }),
      await add({ phone: '+12025550126', email: 'A@example.com' }),
      await change(third, { phones: [{ number: '+12025550125' }, { number: PHONE }] }),
      await change(third, { emails: [{ address: 'a@example.com' }] }),
    ];
    expect(clashes.map(({ status, body }) => [status, body.code])).toEqual([
      [409, 'phone-taken'],
      [409, 'email-taken'],
      [409, 'phone-taken'],
      [409, 'email-taken'],
    ]);
    const { apiKey: stranger } = await crm.business();
    const body = { phone: OTHER, email: 'a@example.com' };
    expect((await crm.ask('POST', '/v1/contacts', { as: stranger, body })).status).toBe(201);
  });

  it.each([
    ['Mexico', '+525512345678', '+5215512345678'],
    ['Argentina', '+5491123456789', '+541123456789'],
    ['Brazil', '+5511987654321', '+551187654321'],
  ])('of %s are one person however their number is written', async (_country, one, other) => {
    const id = await idOf({ name: 'Ana', phones: [{ number: PHONE }, { number: one, label: 'mobile' }] });
    for (const phone of [one, other]) {
      expect(await findPhone(phone)).toEqual([id]);
      expect((await add({ phone })).body.code).toBe('phone-taken');
      const lead = await crm.ask('POST', '/v1/leads', {
        as: apiKey,
        body: { contactPhone: phone, summary: 'A boiler.' },
      });
      expect(lead.body.contact).toEqual({ id, phone: PHONE, name: 'Ana' });
    }
    const second = await idOf({ phone: other.replace(/\d$/, '0') });
    expect((await findPhone(one.replace(/\d$/, '0')))[0]).toBe(second);
  });

  it('are refused when numbers or addresses contradict each other', async () => {
    for (const body of [
      {},
      { phone: PHONE, phones: [{ number: OTHER }] },
      { phones: [] },
      {
        phones: [
          { number: PHONE, isPrimary: true },
          { number: OTHER, isPrimary: true },
        ],
      },
      { phones: [{ number: PHONE }, { number: '+1 (202) 555-0123' }] },
      { phone: PHONE, email: 'a@example.com', emails: [] },
      { phone: PHONE, emails: [{ address: 'a@example.com' }, { address: 'A@example.com' }] },
    ])
      expect([body, (await add(body)).status]).toEqual([body, 400]);
  });

  it('are told to business systems when they change', async () => {
    const id = await idOf({ phone: PHONE });
    await change(id, { name: 'Alex' });
    const events = await crm.sql(
      `SELECT subject_kind, subject_id, sequence, data->>'name' AS name FROM outbox_events
       WHERE tenant_id = $1 AND type = 'contact.updated' ORDER BY sequence`,
      tenantId,
    );
    const subject = { subject_kind: 'contact', subject_id: id };
    expect(events).toEqual([
      { ...subject, sequence: 1, name: null },
      { ...subject, sequence: 2, name: 'Alex' },
    ]);
  });

  it('allow and forbid by purpose, and nothing they stated is lost', async () => {
    const id = await idOf({ phone: PHONE });
    const path = `/v1/contacts/${id}/consents`;
    const put = (purpose: string, body: object, as = apiKey) =>
      crm.ask('PUT', `${path}/${purpose}`, { as, body });
    expect((await get(id, '/consents/sms')).body).toEqual({
      purpose: 'sms',
      state: null,
      source: null,
      at: null,
      history: [],
    });
    const callId = randomUUID() as CallId;
    await put('sms', { state: 'granted', source: 'web form', at: '2026-01-05T10:00:00Z' });
    await put('sms', { state: 'denied', source: 'call' }, await serviceToken(tenantId, callId));
    const late = await put('sms', { state: 'granted', source: 'import', at: '2026-01-04T10:00:00Z' });
    expect(late.body).toMatchObject({
      state: 'denied',
      source: 'call',
      history: [
        { state: 'denied', source: 'call', callId },
        { state: 'granted', source: 'web form', at: '2026-01-05T10:00:00.000Z', callId: null },
        { state: 'granted', source: 'import' },
      ],
    });
    expect((await get(id, '/consents/sms')).body).toEqual(late.body);
    expect((await get(id, '/consents/email')).body.state).toBeNull();
    const future = await put('email', { state: 'granted', source: 'x', at: '2099-01-01T00:00:00Z' });
    expect([future.status, future.body.code]).toEqual([422, 'in-the-future']);
    expect((await put('fax', { state: 'granted', source: 'x' })).status).toBe(400);
  });

  it('have a history, newest first, page by page', async () => {
    const id = await idOf({ phones: [{ number: PHONE }, { number: '+525512345678' }] });
    const { contactPhone } = { contactPhone: PHONE };
    await crm.ask('POST', '/v1/bookings', {
      as: apiKey,
      body: { service: 'plumbing', start: nineOclock(3), contactPhone },
    });
    await crm.ask('POST', '/v1/leads', { as: apiKey, body: { contactPhone, summary: 'A boiler.' } });
    await crm.ask('POST', '/v1/staff-messages', { as: apiKey, body: { contactPhone, body: 'Call me.' } });
    const call = (from: string, day: number) =>
      crm.sql(
        'INSERT INTO calls (id, tenant_id, status, direction, channel, from_number, to_number, ' +
          "admitted_at, duration_ms) VALUES (gen_random_uuid(), $1, 'completed', 'inbound', 'pstn', $2, " +
          "'+12025550100', now() - $3 * interval '1 day', 61000)",
        tenantId,
        from,
        day,
      );
    await call('+5215512345678', 1);
    await call('+12025559999', 2);
    await call(PHONE, 3);
    const { body } = await get(id, '/history');
    const items = body.items as { kind: string; id: string; at: string }[];
    expect(items.map(({ kind }) => kind)).toEqual(['staff-message', 'lead', 'booking', 'call', 'call']);
    expect(items[2]).toMatchObject({ start: nineOclock(3), service: 'Plumbing', status: 'booked' });
    expect(items[4]).toMatchObject({ direction: 'inbound', durationMs: 61_000, outcome: null });
    expect(items[4]?.at).toMatch(/-0[45]:00$/);
    const paged: string[] = [];
    for (let cursor = '', left = true; left; left = cursor !== '') {
      const page = (await get(id, `/history?limit=2${cursor && `&cursor=${cursor}`}`)).body;
      paged.push(...(page.items as { id: string }[]).map((item) => item.id));
      cursor = (page.nextCursor as string | null) ?? '';
    }
    expect(paged).toEqual(items.map((item) => item.id));
  });

  describe('merged into another one', () => {
    const owned = async (id: string) =>
      (
        await crm.sql<{ n: number }>(
          `SELECT (SELECT count(*) FROM bookings WHERE contact_id = $1)
           + (SELECT count(*) FROM leads WHERE contact_id = $1)
           + (SELECT count(*) FROM staff_messages WHERE contact_id = $1)
           + (SELECT count(*) FROM contact_consents WHERE contact_id = $1) AS n`,
          id,
        )
      )[0]?.n;
    /** A contact with a booking, a lead, a message and a consent. */
    async function full(phone: string, fields: object = {}, start = nineOclock(3)) {
      const id = await idOf({ phone, ...fields });
      const post = async (path: string, body: object) =>
        expect((await crm.ask('POST', path, { as: apiKey, body })).status).toBe(201);
      await post('/v1/bookings', { service: 'plumbing', start, contactPhone: phone });
      await post('/v1/leads', { contactId: id, summary: 'A boiler.' });
      await post('/v1/staff-messages', { contactId: id, body: 'Call me.' });
      await crm.ask('PUT', `/v1/contacts/${id}/consents/sms`, {
        as: apiKey,
        body: { state: 'granted', source: 'x' },
      });
      return id;
    }

    it('give it all they have, and their id leads there, over several merges', async () => {
      const first = await full(PHONE, { name: 'Alex', email: 'a@example.com', notes: 'Dog.' });
      const second = await full(OTHER, { notes: 'Gate.' }, nineOclock(4));
      const merged = await merge(first, second);
      expect([merged.status, merged.body]).toMatchObject([
        200,
        {
          id: second,
          phone: OTHER,
          phones: [
            { number: OTHER, isPrimary: true },
            { number: PHONE, isPrimary: false },
          ],
          name: 'Alex',
          email: 'a@example.com',
          emails: [{ address: 'a@example.com', isPrimary: true }],
          notes: 'Gate.\nDog.',
        },
      ]);
      expect([await owned(first), await owned(second)].map(Number)).toEqual([0, 8]);
      expect(await findPhone(PHONE)).toEqual([second]);
      const again = await merge(first, second);
      expect([again.status, again.body]).toEqual([200, merged.body]);
      const third = await idOf({ phone: '+12025550125' });
      await merge(second, third);
      for (const gone of [first, second])
        for (const answer of [
          await get(gone),
          await get(gone, '/history'),
          await get(gone, '/consents/sms'),
          await change(gone, { name: 'X' }),
        ])
          expect([answer.status, answer.body.code, answer.body.contactId]).toEqual([
            410,
            'contact-merged',
            third,
          ]);
      const told = await crm.sql<{ id: string }>(
        `SELECT data->>'mergedFrom' AS id FROM outbox_events WHERE tenant_id = $1 AND data ? 'mergedFrom'
         ORDER BY created_at`,
        tenantId,
      );
      expect(told.map(({ id }) => id)).toEqual([first, second]);
    });

    it('leave everything as it is when one of the two is not there, or another tenant’s', async () => {
      const id = await full(PHONE);
      const { apiKey: stranger } = await crm.business();
      const theirs = await crm.ask('POST', '/v1/contacts', { as: stranger, body: { phone: PHONE } });
      const codes = [
        await merge(id, id),
        await merge(id, randomUUID()),
        await merge(id, String(theirs.body.id)),
        await merge(String(theirs.body.id), id),
      ].map(({ status, body }) => [status, body.code]);
      expect(codes).toEqual([
        [422, 'same-contact'],
        [422, 'unknown-contact'],
        [422, 'unknown-contact'],
        [404, 'contact-not-found'],
      ]);
      expect(Number(await owned(id))).toBe(4);
    });

    it('lose nothing while bookings, leads and merges of both ways come at the same moment', async () => {
      const [one, two] = [await idOf({ phone: PHONE }), await idOf({ phone: OTHER })];
      const lead = (contactPhone: string) =>
        crm.ask('POST', '/v1/leads', { as: apiKey, body: { contactPhone, summary: 'A boiler.' } });
      const book = (contactPhone: string, day: number) =>
        crm.ask('POST', '/v1/bookings', {
          as: apiKey,
          body: { service: 'plumbing', start: nineOclock(day), contactPhone },
        });
      const answers = await Promise.all([
        ...Array.from({ length: 6 }, (_, index) => lead(index % 2 === 0 ? PHONE : OTHER)),
        merge(one, two),
        merge(two, one),
        ...Array.from({ length: 6 }, (_, index) => book(index % 2 === 0 ? PHONE : OTHER, index + 3)),
      ]);
      const written = answers.filter((_, index) => index !== 6 && index !== 7);
      expect(written.map(({ status }) => status)).toEqual(Array<number>(12).fill(201));
      expect([answers[6]?.status, answers[7]?.status].sort()).toEqual([200, 410]);
      const left = await crm.sql<{ id: string }>('SELECT id FROM contacts WHERE tenant_id = $1', tenantId);
      expect(left).toHaveLength(1);
      expect(Number(await owned(left[0]?.id ?? ''))).toBe(12);
      expect(await findPhone(PHONE)).toEqual(await findPhone(OTHER));
    });
  });
});
