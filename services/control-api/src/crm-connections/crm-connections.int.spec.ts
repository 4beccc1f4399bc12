import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Sealer } from '@tandem/call-state';
import { CRM_SECRETS_PURPOSE, crmCredentialsPlace } from '@tandem/contracts';
import { deriveKeys } from '@tandem/platform';
import { CONTROL_SECRET, RunningControl, type Operator } from '../test/running-control.ts';

const TOKEN = 'pat-na1-very-secret-token';
const SETTINGS = {
  headers: { authorization: 'Bearer {secret:CRM_TOKEN}' },
  events: {
    'contact.updated': {
      search: { url: 'https://crm.example.com/people?phone={data.phone}', idPath: 'items.0.id' },
      send: {
        url: 'https://crm.example.com/people',
        body: { key: '{data.contactId}', label: '{data.name} ({data.phone})', mail: '{data.email}' },
      },
      update: { method: 'PATCH', url: 'https://crm.example.com/people/{found.id}' },
    },
    'call.ended': { send: { url: 'https://crm.example.com/calls' } },
  },
};

describe('CRM connections', () => {
  let control: RunningControl;
  let own: Operator;
  beforeAll(async () => {
    control = await RunningControl.start();
  });
  afterAll(() => control.stop());
  beforeEach(async () => {
    own = await control.operator();
  });

  const ask = (method: string, path: string, body?: unknown, as = own) =>
    control.ask(method, `/v1/crm-connections${path}`, as.apiKey, body, randomUUID());
  const vendor = (more: object = {}) => ({
    kind: 'hubspot',
    name: 'Ours',
    settings: {},
    credentials: { kind: 'private-app', token: TOKEN },
    ...more,
  });

  it('are made, listed, changed and deleted, without their credentials', async () => {
    const made = await ask('POST', '', vendor());
    expect(made).toMatchObject({
      status: 201,
      body: {
        kind: 'hubspot',
        events: expect.arrayContaining(['call.ended', 'contact.updated', 'booking.moved']),
        settings: { baseUrl: 'https://api.hubapi.com', idProperty: 'tandem_id', leadAs: 'contact' },
        hasCredentials: true,
        state: 'ok',
        lastError: null,
        counts: { pending: 0, delivered: 0, dead: 0 },
      },
    });
    const id = String(made.body['id']);
    const listed = await ask('GET', '');
    const changed = await ask('PATCH', `/${id}`, { events: ['call.ended'], isEnabled: false });
    expect(changed.body).toMatchObject({ events: ['call.ended'], isEnabled: false, state: 'disabled' });
    for (const { text } of [made, listed, changed]) expect(text).not.toContain(TOKEN);
    const [stored] = await control.sql<{ sealed: string }>(
      'SELECT sealed_credentials AS sealed FROM crm_connections WHERE id = $1',
      id,
    );
    expect(stored?.sealed).not.toContain(TOKEN);
    const sealer = new Sealer(deriveKeys([CONTROL_SECRET], CRM_SECRETS_PURPOSE));
    expect(sealer.open(stored?.sealed ?? '', crmCredentialsPlace(id))).toMatchObject({ token: TOKEN });
    expect((await ask('DELETE', `/${id}`)).status).toBe(204);
    expect((await ask('GET', `/${id}`)).body['code']).toBe('connection-not-found');
  });

  it('belong to one tenant', async () => {
    const id = String((await ask('POST', '', vendor())).body['id']);
    const stranger = await control.operator();
    expect((await ask('GET', '', undefined, stranger)).body).toMatchObject({ items: [] });
    for (const [method, path, body] of [
      ['GET', `/${id}`, undefined],
      ['PATCH', `/${id}`, { isEnabled: false }],
      ['POST', `/${id}/test`, undefined],
      ['GET', `/${id}/deliveries`, undefined],
      ['POST', `/${id}/replay`, {}],
      ['POST', `/${id}/preview`, { event: 'call.ended' }],
    ] as const)
      expect((await ask(method, path, body, stranger)).status).toBe(404);
    await ask('DELETE', `/${id}`, undefined, stranger);
    expect((await ask('GET', `/${id}`)).body).toMatchObject({ isEnabled: true });
  });

  it('with a mapping are refused at the place that is wrong', async () => {
    const refused = async (change: (settings: typeof SETTINGS) => void) => {
      const settings = structuredClone(SETTINGS);
      change(settings);
      const { status, body } = await ask('POST', '', { kind: 'generic', name: 'CRM', settings });
      return [status, (body['errors'] as { field: string }[] | undefined)?.map(({ field }) => field)];
    };
    const contact = 'settings.events.contact.updated';
    expect(
      await refused(({ events }) => (events['contact.updated'].send.body.mail = '{data.emial}')),
    ).toEqual([400, [`${contact}.send.body.mail`]]);
    expect(
      await refused(({ events }) => (events['contact.updated'].send.url = 'https://a.example/{found.id}')),
    ).toEqual([400, [`${contact}.send.url`]]);
    expect(
      await refused(({ events }) => (events['contact.updated'].search.url = 'ftp://a.example/')),
    ).toEqual([400, [`${contact}.search.url`]]);
    expect(await refused(({ headers }) => (headers.authorization = 'Bearer {data.name}'))).toEqual([
      400,
      ['settings.headers.authorization'],
    ]);
    const events = { kind: 'generic', name: 'CRM', settings: SETTINGS, events: ['lead.created'] };
    expect((await ask('POST', '', events)).body).toMatchObject({ errors: [{ field: 'events' }] });
    expect((await ask('POST', '', vendor({ settings: { stage: 'x' } }))).body).toMatchObject({
      errors: [{ field: 'settings.stage' }],
    });
    expect((await ask('POST', '', vendor({ credentials: undefined }))).body).toMatchObject({
      errors: [{ field: 'credentials' }],
    });
  });

  it('show the requests for a sample event without sending them', async () => {
    const made = await ask('POST', '', { kind: 'generic', name: 'CRM', settings: SETTINGS });
    expect(made.body).toMatchObject({ events: ['contact.updated', 'call.ended'] });
    const shown = await ask('POST', `/${String(made.body['id'])}/preview`, { event: 'contact.updated' });
    expect(shown).toMatchObject({
      status: 200,
      body: {
        search: { method: 'GET', url: 'https://crm.example.com/people?phone=%2B12025550123', body: null },
        send: {
          method: 'POST',
          headers: { authorization: 'Bearer {secret:CRM_TOKEN}' },
          body: { label: 'Ada Lovelace (+12025550123)', mail: 'ada@example.com' },
        },
        update: { method: 'PATCH', url: 'https://crm.example.com/people/found-id' },
      },
    });
    const unsaved = await ask('POST', '/preview', { event: 'call.ended', settings: SETTINGS });
    expect(unsaved.body).toMatchObject({ send: { body: { type: 'call.ended' } } });
    const unmapped = await ask('POST', '/preview', { event: 'lead.created', settings: SETTINGS });
    expect(unmapped.body['code']).toBe('preview-not-available');
  });

  it.each(['http://93.184.216.34/', 'https://127.0.0.1/', 'https://169.254.169.254/'])(
    'are not made at %s',
    async (url) => {
      const settings = { events: { 'call.ended': { send: { url } } } };
      for (const body of [
        { kind: 'generic', name: 'CRM', settings },
        vendor({ settings: { baseUrl: url } }),
        {
          kind: 'salesforce',
          name: 'CRM',
          settings: { loginUrl: url },
          credentials: { kind: 'client-credentials', clientId: 'a', clientSecret: 'b' },
        },
      ])
        expect((await ask('POST', '', body)).body['code']).toBe('url-refused');
    },
  );

  it('do not take their credentials to another host', async () => {
    const path = `/${String((await ask('POST', '', vendor())).body['id'])}`;
    const settings = { baseUrl: 'https://93.184.216.34' };
    expect((await ask('PATCH', path, { settings })).body['code']).toBe('credentials-needed');
    const again = { settings, credentials: { kind: 'private-app', token: 'another' } };
    expect((await ask('PATCH', path, again)).status).toBe(200);
    expect((await ask('PATCH', path, { settings: { ...settings, leadAs: 'deal' } })).status).toBe(200);
  });

  it('can be tested, list their events and replay those that were given up', async () => {
    const path = `/${String((await ask('POST', '', vendor())).body['id'])}`;
    expect((await ask('POST', `${path}/test`)).status).toBe(202);
    expect((await ask('GET', `${path}/deliveries`)).body['items']).toMatchObject([
      { type: 'webhook.test', state: 'pending', lastDetail: null },
    ]);
    await control.sql(
      `UPDATE crm_deliveries SET state = 'dead', settled_at = now(), last_fault = 'http-400',
         last_detail = 'Unknown property' WHERE tenant_id = $1`,
      own.tenantId,
    );
    expect((await ask('GET', path)).body).toMatchObject({ counts: { pending: 0, dead: 1 } });
    expect((await ask('GET', `${path}/deliveries?state=dead`)).body['items']).toMatchObject([
      { lastFault: 'http-400', lastDetail: 'Unknown property' },
    ]);
    expect((await ask('POST', `${path}/replay`, {})).body).toMatchObject({ replayed: 1, reason: null });
    await ask('PATCH', path, { isEnabled: false });
    expect((await ask('POST', `${path}/test`)).body['code']).toBe('connection-disabled');
  });
});
