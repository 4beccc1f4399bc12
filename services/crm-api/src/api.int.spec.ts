import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { serviceTokenSchema, type CallId, type TenantId } from '@tandem/contracts';
import { SignedTokens } from '@tandem/platform';
import { exampleFaults } from '@tandem/platform/conformance';
import { ACTS } from './audit/acts.ts';
import { RULES, type Owned } from './test/route-rules.ts';
import { nineOclock, RunningCrm, serviceToken, serviceTokens, type Ask } from './test/running-crm.ts';

const OPEN_ROUTES = ['GET /healthz', 'GET /readyz', 'GET /metrics', 'GET /v1/calendars/{token}.ics'];

describe('the API', () => {
  let crm: RunningCrm;
  let owner: { tenantId: TenantId; apiKey: string };
  let stranger: { tenantId: TenantId; apiKey: string };
  let own: Owned;

  beforeAll(async () => {
    crm = await RunningCrm.start();
    owner = await crm.business();
    stranger = await crm.business();
    const booking = await crm.ask('POST', '/v1/bookings', {
      as: owner.apiKey,
      body: { service: 'plumbing', start: nineOclock(3), contactPhone: '+12025550123', name: 'Alex Morgan' },
    });
    const services = await crm.ask('GET', '/v1/services', { as: owner.apiKey });
    const contactPhone = '+12025550123';
    const [lead, message, location, zone, waiting] = await Promise.all(
      [
        ['/v1/leads', { contactPhone, summary: 'Alex wants a boiler.' }] as const,
        ['/v1/staff-messages', { contactPhone, body: 'Alex asks for Maria.' }] as const,
        ['/v1/locations', { name: 'Workshop of Alex Morgan' }] as const,
        ['/v1/zones', { key: 'east', name: 'East of Alex', places: ['Albany'] }] as const,
        [
          '/v1/waiting-list',
          { contactPhone, service: 'plumbing', from: '2027-03-01', until: '9998-12-31' },
        ] as const,
      ].map(([path, body]) => crm.ask('POST', path, { as: owner.apiKey, body })),
    );
    own = {
      leadId: String(lead?.body.id),
      staffMessageId: String(message?.body.id),
      locationId: String(location?.body.id),
      zoneId: String(zone?.body.id),
      waitingId: String(waiting?.body.id),
      bookingId: String(booking.body.id),
      contactId: String((booking.body.contact as { id: string }).id),
      serviceId: (services.body.items as { id: string }[])[0]!.id,
      resourceId: (booking.body.resource as { id: string }).id,
    };
  });
  afterAll(() => crm.stop());

  const routes = Object.entries(RULES).map(([route, rule]) => ({
    route,
    method: route.split(' ')[0] ?? '',
    rule,
  }));

  it('has a rule here for every route it serves, and a name in the audit log for every change', async () => {
    const document = (await crm.ask('GET', '/openapi.json')).body as {
      openapi: string;
      paths: Record<string, Record<string, unknown>>;
    };
    expect(document.openapi).toBe('3.1.0');
    const served = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(served.sort()).toEqual([...Object.keys(RULES), ...OPEN_ROUTES].sort());
    const named = Object.keys(ACTS).map((route) => route.replace(/:(\w+)/g, '{$1}'));
    expect(served).toEqual(expect.arrayContaining(named));
    expect(served.filter((route) => !route.startsWith('GET ') && !named.includes(route))).toEqual([]);
    expect((await crm.ask('GET', '/docs')).status).toBe(200);
  });

  it('shows an example of everything it takes and answers', async () => {
    expect(exampleFaults((await crm.ask('GET', '/openapi.json')).body)).toEqual([]);
  });

  describe.each(routes)('$route', ({ method, rule }) => {
    const ask = ({ headers, ...change }: Ask) =>
      crm.ask(method, rule.path(own), {
        body: rule.body,
        headers: { ...rule.headers, ...headers },
        ...change,
      });

    it('needs a valid credential', async () => {
      const claims = { tenantId: owner.tenantId };
      const elsewhere = new SignedTokens(
        ['another secret of another deployment'],
        'service-call',
        serviceTokenSchema,
      );
      const otherPurpose = new SignedTokens(
        ['a secret for specs only and long enough for one'],
        'stream-ticket',
        serviceTokenSchema,
      );
      const credentials = [
        undefined,
        '',
        'tk_short',
        `tk_${'x'.repeat(43)}`,
        'eyJhbGciOiJub25lIn0.eyJjIjp7fX0.',
        await serviceTokens.sign(claims, { audience: 'media-relay', lifetimeS: 60 }),
        await serviceTokens.sign(claims, { audience: 'crm-api', lifetimeS: -60 }),
        await elsewhere.sign(claims, { audience: 'crm-api', lifetimeS: 60 }),
        await otherPurpose.sign(claims, { audience: 'crm-api', lifetimeS: 60 }),
      ];
      for (const credential of credentials) {
        const answer = await ask(credential === undefined ? {} : { as: credential });
        expect([credential, answer.status, answer.body.code]).toEqual([credential, 401, 'not-authenticated']);
        expect(answer.headers.get('www-authenticate')).toBe('Bearer');
        expect(answer.headers.get('content-type')).toContain('application/problem+json');
      }
    });

    it('needs the scope of its method', async () => {
      const [needed, other] =
        method === 'GET' ? (['crm:read', 'crm:write'] as const) : (['crm:write', 'crm:read'] as const);
      const answer = await ask({ as: await crm.apiKey(owner.tenantId, [other]) });
      expect([answer.status, answer.body.code]).toEqual([403, 'scope-missing']);
      expect(answer.body.detail).toContain(needed);
    });

    it('hides the data of other tenants, for keys and service tokens', async () => {
      for (const credential of [stranger.apiKey, await serviceToken(stranger.tenantId)]) {
        const answer = await ask({ as: credential });
        if (rule.stranger === 404) expect(answer.status).toBe(404);
        else expect([200, 201, 409]).toContain(answer.status);
        expect(answer.text).not.toContain(own.bookingId);
        const ids = [
          own.contactId,
          own.serviceId,
          own.resourceId,
          own.leadId,
          own.staffMessageId,
          own.waitingId,
        ];
        for (const id of ids) expect(answer.text).not.toContain(id);
        expect(answer.text).not.toContain('Alex');
      }
      const untouched = await crm.ask('GET', `/v1/bookings/${own.bookingId}`, { as: owner.apiKey });
      expect(untouched.body).toMatchObject({ status: 'booked', contact: { name: 'Alex Morgan' } });
    });

    if (method !== 'GET') {
      it('needs a well-formed Idempotency-Key', async () => {
        const missing = await ask({ as: owner.apiKey, key: null });
        expect([missing.status, missing.body.code]).toEqual([400, 'idempotency-key-missing']);
        for (const key of ['', ' ', 'a b', 'ü', 'x'.repeat(201)]) {
          const malformed = await ask({ as: owner.apiKey, key: null, headers: { 'idempotency-key': key } });
          expect([key, malformed.status, malformed.body.code]).toEqual([
            key,
            400,
            'idempotency-key-malformed',
          ]);
        }
      });
    }
  });

  it('refuses values that are too long, too large, unknown or malformed', async () => {
    const bad: [string, string, unknown?][] = [
      ['POST', '/v1/bookings', { service: 'x'.repeat(64), start: nineOclock(3) }],
      ['POST', '/v1/bookings', { service: 'plumbing', start: '2027-03-01T09:00:00' }],
      ['POST', '/v1/bookings', { service: 'plumbing', start: '2027-03-01T09:00:30Z' }],
      ['POST', '/v1/bookings', { service: 'plumbing', start: nineOclock(3), name: 'x'.repeat(121) }],
      ['POST', '/v1/bookings', { service: 'plumbing', start: nineOclock(3), notes: 'x'.repeat(2001) }],
      ['POST', '/v1/bookings', { service: 'plumbing', start: nineOclock(3), contactPhone: '5550123' }],
      ['POST', '/v1/bookings', { service: 'plumbing', start: nineOclock(3), tenantId: stranger.tenantId }],
      ['POST', '/v1/bookings', '{"service": '],
      ['POST', '/v1/bookings', '[]'],
      ['POST', '/v1/contacts', { phone: '+12025550123', email: 'not mail' }],
      ['PATCH', `/v1/contacts/${randomUUID()}`, {}],
      ['PATCH', '/v1/contacts/1', { name: 'x' }],
      ['GET', '/v1/contacts?limit=101'],
      ['GET', '/v1/contacts?limit=0'],
      ['GET', '/v1/contacts?cursor=zzzz'],
      ['GET', '/v1/contacts?phone=a&phone=b'],
      ['GET', `/v1/bookings?contactPhone=${'1'.repeat(40)}`],
      ['GET', '/v1/bookings?from=yesterday'],
      ['GET', '/v1/availability?service=plumbing&date=2027-02-30'],
      ['GET', '/v1/availability?service=plumbing&date=2027-03-01&partOfDay=night'],
      ['GET', '/v1/availability?service=plumbing&date=2027-03-01&days=15'],
      ['GET', '/v1/availability?service=plumbing&date=2027-03-01&days=2&to=2027-03-02'],
      ['GET', '/v1/availability?service=plumbing&date=2027-03-01&to=2027-02-28'],
      ['GET', '/v1/availability?service=plumbing&date=2027-03-01&to=2027-03-15'],
      ['GET', '/v1/availability?service=plumbing&date=2027-03-01&resource=maria'],
      ['GET', '/v1/bookings/%00'],
    ];
    for (const [method, path, body] of bad) {
      const answer = await crm.ask(method, path, { as: owner.apiKey, body });
      expect([method, path, body, answer.status]).toEqual([method, path, body, 400]);
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
    }
    expect(
      (
        await crm.ask('POST', '/v1/contacts', {
          as: owner.apiKey,
          body: { phone: '+12025550123', notes: 'x'.repeat(300_000) },
        })
      ).status,
    ).toBe(413);
  });

  it('finds a contact by any spelling of its number, stores one per number, and changes it', async () => {
    const { apiKey } = await crm.business();
    const made = await crm.ask('POST', '/v1/contacts', {
      as: apiKey,
      body: { phone: '+1 (202) 555-0123', name: 'Alex', email: 'alex@example.com' },
    });
    expect([made.status, made.body.phone]).toEqual([201, '+12025550123']);
    for (const phone of ['+12025550123', '%2B12025550123', '%2B1-202-555-0123']) {
      expect((await crm.ask('GET', `/v1/contacts?phone=${phone}`, { as: apiKey })).body.items).toEqual([
        made.body,
      ]);
    }
    const again = await crm.ask('POST', '/v1/contacts', { as: apiKey, body: { phone: '+12025550123' } });
    expect([again.status, again.body.code]).toEqual([409, 'phone-taken']);
    const other = await crm.ask('POST', '/v1/contacts', { as: apiKey, body: { phone: '+12025550124' } });
    const clash = await crm.ask('PATCH', `/v1/contacts/${String(other.body.id)}`, {
      as: apiKey,
      body: { phone: '+12025550123' },
    });
    expect([clash.status, clash.body.code]).toEqual([409, 'phone-taken']);
    const changed = await crm.ask('PATCH', `/v1/contacts/${String(made.body.id)}`, {
      as: apiKey,
      body: { email: null, notes: 'Dog.' },
    });
    expect(changed.body).toMatchObject({ name: 'Alex', email: null, notes: 'Dog.', phone: '+12025550123' });
  });

  it('returns lists page by page', async () => {
    const { apiKey } = await crm.business();
    for (let index = 0; index < 5; index++)
      await crm.ask('POST', '/v1/contacts', { as: apiKey, body: { phone: `+1202555013${index}` } });
    const seen: unknown[] = [];
    let cursor = '';
    do {
      const page = (
        await crm.ask('GET', `/v1/contacts?limit=2${cursor && `&cursor=${cursor}`}`, { as: apiKey })
      ).body as { items: { phone: string }[]; nextCursor: string | null };
      seen.push(...page.items.map((contact) => contact.phone));
      cursor = page.nextCursor ?? '';
    } while (cursor);
    expect(seen).toEqual([4, 3, 2, 1, 0].map((index) => `+1202555013${index}`));
  });

  it('stores which call and which tool call booked', async () => {
    const { tenantId } = await crm.business();
    const callId = randomUUID() as CallId;
    const key = `tc_${callId}_1_call1`;
    const answer = await crm.ask('POST', '/v1/bookings', {
      as: await serviceToken(tenantId, callId),
      key,
      body: { service: 'plumbing', start: nineOclock(4), contactPhone: '+12025550123' },
    });
    expect(answer.body.callId).toBe(callId);
    expect(
      await crm.sql('SELECT call_id, tool_call_id FROM bookings WHERE tenant_id = $1', tenantId),
    ).toEqual([{ call_id: callId, tool_call_id: key }]);
  });

  it('refuses a credential of a deleted tenant', async () => {
    const answer = await crm.ask(
      'GET',
      `/v1/availability?service=plumbing&date=${nineOclock(3).slice(0, 10)}`,
      { as: await serviceToken(randomUUID() as TenantId) },
    );
    expect([answer.status, answer.body.code]).toEqual([403, 'tenant-gone']);
    const write = await crm.ask('POST', '/v1/contacts', {
      as: await serviceToken(randomUUID() as TenantId),
      body: { phone: '+12025550123' },
    });
    expect([write.status, write.body.code]).toEqual([403, 'tenant-gone']);
  });

  it('counts refused requests', async () => {
    const metrics = (await crm.ask('GET', '/metrics')).text;
    expect(metrics).toMatch(/tandem_refused_callers_total\{reason="expired",service="crm-api"\} [1-9]/);
  });
});
