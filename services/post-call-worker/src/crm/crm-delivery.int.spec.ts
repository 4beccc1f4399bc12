import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { CRM_EVENTS, sampleEvent, type CrmEventType, type CrmKind } from '@tandem/contracts';
import { HubspotSimulator, SalesforceSimulator } from '@tandem/simulators';
import { BusinessReceiver } from './test/business-receiver.ts';
import { RunningCrm, type Connected } from './test/running-crm.ts';

const OAUTH = { clientId: 'client', clientSecret: 'word', refreshToken: 'refresh' };
const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const JWT = { publicKey, username: 'tandem@example.com', audience: 'https://login.salesforce.com' };

let crm: RunningCrm;
let hubspot: HubspotSimulator;
let salesforce: SalesforceSimulator;
let generic: BusinessReceiver;
beforeAll(async () => {
  crm = await RunningCrm.start();
});
afterAll(() => crm.stop());
beforeEach(async () => {
  hubspot = new HubspotSimulator({ token: 'pat', oauth: OAUTH });
  salesforce = new SalesforceSimulator({ ...OAUTH, jwt: JWT, hasDuplicateRule: true });
  generic = new BusinessReceiver('Bearer word');
  for (const system of [hubspot, salesforce, generic]) await system.start();
  await crm.begin();
  await crm.putSecret('CRM_TOKEN', 'word');
});
afterEach(async () => {
  await crm.end();
  for (const system of [hubspot, salesforce, generic]) await system.stop();
});

/** A connection to the simulator of a kind. */
function to(kind: CrmKind): Connected {
  if (kind === 'hubspot')
    return {
      kind,
      settings: { baseUrl: hubspot.url },
      credentials: { kind: 'private-app', token: 'pat' },
    };
  if (kind === 'salesforce') {
    const { clientId, clientSecret } = OAUTH;
    const credentials = { kind: 'client-credentials', clientId, clientSecret };
    return { kind, settings: { loginUrl: salesforce.url }, credentials };
  }
  return { kind, settings: mapping() };
}

const ID_FIELDS: Readonly<Record<CrmEventType, string>> = {
  'contact.updated': 'contactId',
  'lead.created': 'leadId',
  'call.ended': 'callId',
  'booking.created': 'bookingId',
  'booking.moved': 'bookingId',
  'booking.cancelled': 'bookingId',
  'staff-message.created': 'staffMessageId',
};

/** Upserts a record under its key: a search, then a new one or a change of the old one. */
function mapping() {
  const operation = (type: CrmEventType) => {
    const key = `{data.${ID_FIELDS[type]}}`;
    return {
      search: { url: `${generic.url}/records?key=${key}`, idPath: 'items.0.id' },
      send: {
        url: `${generic.url}/records`,
        body: { key, type: '{event.type}', data: { start: startOf(type) } },
      },
      update: {
        method: 'PATCH',
        url: `${generic.url}/records/{found.id}`,
        body: { type: '{event.type}', data: { start: startOf(type) } },
      },
    };
  };
  return {
    headers: { authorization: 'Bearer {secret:CRM_TOKEN}' },
    events: Object.fromEntries(CRM_EVENTS.map((type) => [type, operation(type)])),
    test: { url: `${generic.url}/records?key=none` },
  };
}
const startOf = (type: CrmEventType) => (type.startsWith('booking') ? '{data.start}' : '{event.timestamp}');

/** How many records there are in the business system, whatever their kind. */
const recordsIn = (kind: CrmKind): number => {
  if (kind === 'generic') return generic.records.length;
  const { records } = kind === 'hubspot' ? hubspot : salesforce;
  return Object.values(records).flat().length;
};
const idOf = (type: CrmEventType) => String(sampleEvent(type).data[ID_FIELDS[type]]);

describe.each(['generic', 'hubspot', 'salesforce'] as const)('pushing into %s', (kind) => {
  it.each(CRM_EVENTS)('writes %s once, when the worker dies between sending and storing', async (type) => {
    const id = await crm.connect(to(kind));
    await crm.happen(type);
    crm.work({ lostResults: 2 });
    for (const lost of [1, 2]) {
      await crm.eventually(() => crm.lost === lost);
      await crm.letTimePass();
    }
    const records = recordsIn(kind);
    expect(records).toBeGreaterThan(0);
    const [pushed] = await crm.settled(id);
    expect(pushed).toMatchObject({ type, state: 'delivered', lastFault: null });
    expect(recordsIn(kind)).toBe(records);
    await crm.deliveries.replay(crm.tenantId, id, { eventIds: [pushed!.eventId] });
    expect(await crm.settled(id)).toMatchObject([{ state: 'delivered' }]);
    expect(recordsIn(kind)).toBe(records);
  });

  it('writes once when the answer is lost on the way', async () => {
    const system = { generic, hubspot, salesforce }[kind];
    const id = await crm.connect(to(kind));
    system.plan(...Array.from({ length: 3 }, () => 'reset-after' as const));
    await crm.happen('booking.created');
    crm.work();
    expect(await crm.settled(id)).toMatchObject([{ state: 'delivered' }]);
    expect(recordsIn(kind)).toBe(kind === 'generic' ? 1 : 2);
  });

  it('keeps everything through an outage, in order, and uses up no attempts', async () => {
    const system = { generic, hubspot, salesforce }[kind];
    const id = await crm.connect(to(kind));
    const subject = { kind: 'booking', id: idOf('booking.created') } as const;
    const starts = ['2027-03-02T15:00:00.000Z', '2027-03-03T15:00:00.000Z', '2027-03-04T15:00:00.000Z'];
    system.plan({ status: 503 }, 'reset', { status: 502 });
    await crm.happen('booking.created', { start: starts[0], end: starts[0] }, { subject });
    await crm.happen('booking.moved', { start: starts[1], end: starts[1] }, { subject });
    await crm.happen('booking.moved', { start: starts[2], end: starts[2] }, { subject });
    crm.work();
    crm.work();
    const pushed = await crm.settled(id);
    expect(pushed.map(({ state, attempts }) => [state, attempts])).toEqual([
      ['delivered', 1],
      ['delivered', 1],
      ['delivered', 1],
    ]);
    const written = system.requests
      .filter(
        ({ method, text, status }) => method !== 'GET' && Number(status) < 300 && text.includes('2027-03-0'),
      )
      .map(({ text }) => starts.findIndex((start) => text.includes(start)));
    expect(written).toEqual([0, 1, 2]);
    expect(await crm.connections.find(crm.tenantId, id)).toMatchObject({
      failures: 0,
      lastFault: expect.stringMatching(/^http-50[23]$|^[a-z_-]+$/),
    });
  });

  it('does not undo a later event with an earlier one that is replayed', async () => {
    const system = { generic, hubspot, salesforce }[kind];
    const id = await crm.connect(to(kind));
    crm.work();
    await crm.happen('booking.created');
    await crm.happen('booking.cancelled');
    const [, first] = await crm.settled(id);
    expect(first).toMatchObject({ type: 'booking.created' });
    const before = system.requests.length;
    await crm.deliveries.replay(crm.tenantId, id, { eventIds: [first!.eventId] });
    expect(await crm.settled(id)).toMatchObject([{}, { state: 'delivered', lastFault: 'superseded' }]);
    expect(system.requests).toHaveLength(before);
  });

  it('pushes what happened at one tenant into its own CRM only', async () => {
    const id = await crm.connect(to(kind));
    const stranger = await crm.tenant();
    crm.work();
    await crm.happen('lead.created', {}, { tenant: stranger });
    await crm.happen('staff-message.created');
    expect(await crm.settled(id)).toMatchObject([{ type: 'staff-message.created', state: 'delivered' }]);
    expect(await crm.pushed(id, stranger)).toEqual([]);
  });

  it('sends nothing to an address that is not public', async () => {
    const id = await crm.connect(to(kind));
    await crm.happen('lead.created');
    crm.work({ networks: [] });
    await crm.eventually(
      async () => (await crm.connections.find(crm.tenantId, id))?.lastFault === 'destination-refused',
    );
    const system = { generic, hubspot, salesforce }[kind];
    expect(system.requests).toEqual([]);
    expect(await crm.pushed(id)).toMatchObject([{ state: 'pending', lastFault: 'destination-refused' }]);
  });

  it('finds out whether a connection works, and changes nothing', async () => {
    const id = await crm.connect(to(kind));
    crm.work();
    await crm.connections.test(crm.tenantId, id);
    expect(await crm.settled(id)).toMatchObject([{ type: 'webhook.test', state: 'delivered' }]);
    expect(recordsIn(kind)).toBe(0);
  });
});

describe('pushing into hubspot', () => {
  const CONTACT = { id: randomUUID(), phone: '+12025550177', name: 'Grace Hopper' };

  it('links the contact the business has, and writes the call with it', async () => {
    const known = hubspot.add('contacts', { phone: CONTACT.phone, firstname: 'G.', lastname: 'Hopper' });
    const contactId = await crm.person(CONTACT.phone, CONTACT.name);
    const id = await crm.connect(to('hubspot'));
    crm.work();
    await crm.happen('call.ended', { from: CONTACT.phone });
    await crm.settled(id);
    expect(hubspot.records.contacts).toEqual([
      { id: known.id, properties: expect.objectContaining({ firstname: 'G.', tandem_id: contactId }) },
    ]);
    const [call] = hubspot.records.calls;
    expect(call?.properties).toMatchObject({
      hs_call_direction: 'INBOUND',
      hs_call_duration: '180000',
      hs_call_status: 'COMPLETED',
      hs_timestamp: '2027-03-01T14:00:02.000Z',
    });
    expect(hubspot.associations).toEqual(new Set([`calls/${call!.id} contacts/${known.id}`]));
  });

  it('takes the contact that has the address, when a search does not find it yet', async () => {
    const known = hubspot.add('contacts', { email: 'ada@example.com' });
    hubspot.isSearchBehind = true;
    const id = await crm.connect(to('hubspot'));
    crm.work();
    await crm.happen('contact.updated');
    expect(await crm.settled(id)).toMatchObject([{ state: 'delivered' }]);
    expect(hubspot.records.contacts).toMatchObject([{ id: known.id }]);
  });

  it('waits as long as it is told when there are too many requests', async () => {
    const id = await crm.connect(to('hubspot'));
    hubspot.plan({ status: 429, headers: { 'retry-after': '600' }, body: { message: 'Too many.' } });
    await crm.happen('lead.created');
    crm.work();
    await crm.eventually(async () => (await crm.pushed(id))[0]?.lastFault === 'http-429');
    const paused = await crm.sql<{ s: number }>(
      'SELECT extract(epoch FROM paused_until - now())::float8 AS s FROM crm_connections',
    );
    expect(paused[0]!.s).toBeGreaterThan(500);
    expect(hubspot.requests).toHaveLength(1);
    expect(await crm.settled(id)).toMatchObject([{ state: 'delivered', attempts: 1 }]);
  });

  it('gives up an event with an unknown property, in the words of the CRM, until it is replayed', async () => {
    const settings = { baseUrl: hubspot.url, fields: { call: { mood: '{data.disposition.outcome}' } } };
    const id = await crm.connect({ ...to('hubspot'), settings });
    crm.work();
    await crm.happen('call.ended');
    const [dead] = await crm.settled(id);
    expect(dead).toMatchObject({
      state: 'dead',
      lastFault: 'http-400',
      lastDetail: expect.stringContaining('Property \\"mood\\" does not exist'),
    });
    hubspot.addProperty('calls', 'mood');
    await crm.deliveries.replay(crm.tenantId, id, {});
    expect(await crm.settled(id)).toMatchObject([{ state: 'delivered' }]);
    expect(hubspot.records.calls[0]?.properties).toMatchObject({ mood: 'booked' });
  });

  it('renews a token that has expired, and waits while access is refused', async () => {
    const id = await crm.connect({ ...to('hubspot'), credentials: { kind: 'oauth', ...OAUTH } });
    crm.work();
    await crm.happen('lead.created');
    await crm.settled(id);
    hubspot.expireTokens();
    await crm.happen('staff-message.created');
    expect(await crm.settled(id)).toMatchObject([{ state: 'delivered' }, { state: 'delivered' }]);
    const tokens = hubspot.requests.filter(({ path }) => path === '/oauth/v1/token');
    expect(tokens).toHaveLength(2);
    const wrong = { kind: 'oauth', ...OAUTH, refreshToken: 'wrong' };
    const refused = await crm.connect({ ...to('hubspot'), credentials: wrong });
    await crm.happen('lead.created');
    await crm.eventually(async () => (await crm.pushed(refused))[0]?.lastFault === 'token-refused');
    expect(await crm.pushed(refused)).toMatchObject([{ state: 'pending', attempts: 0 }]);
  });

  it('makes a deal of a lead where that is wanted', async () => {
    const id = await crm.connect({ ...to('hubspot'), settings: { baseUrl: hubspot.url, leadAs: 'deal' } });
    crm.work();
    await crm.happen('lead.created');
    expect(await crm.settled(id)).toMatchObject([{ state: 'delivered' }]);
    expect(hubspot.records.deals).toMatchObject([{ properties: { dealstage: 'appointmentscheduled' } }]);
    expect(hubspot.records.contacts).toMatchObject([{ properties: { lifecyclestage: 'lead' } }]);
  });
});

describe('pushing into salesforce', () => {
  it('links the contact the business has and changes it later', async () => {
    const known = salesforce.add('Contact', { LastName: 'Lovelace', Email: 'ada@example.com' });
    const id = await crm.connect(to('salesforce'));
    crm.work();
    await crm.happen('contact.updated');
    await crm.happen('contact.updated', { name: 'Ada King' });
    await crm.settled(id);
    expect(salesforce.records.Contact).toMatchObject([
      { Id: known.Id, LastName: 'King', Tandem_Id__c: idOf('contact.updated') },
    ]);
  });

  it('takes the one record that a duplicate rule names', async () => {
    const linked = { LastName: 'Lovelace', Email: 'ada@example.com', Tandem_Id__c: 'of another system' };
    const known = salesforce.add('Contact', linked);
    const id = await crm.connect(to('salesforce'));
    crm.work();
    await crm.happen('contact.updated');
    expect(await crm.settled(id)).toMatchObject([{ state: 'delivered' }]);
    expect(salesforce.records.Contact).toMatchObject([
      { Id: known.Id, Tandem_Id__c: idOf('contact.updated') },
    ]);
  });

  it('logs a call as a task and a booking as an event', async () => {
    const id = await crm.connect(to('salesforce'));
    crm.work();
    await crm.happen('call.ended');
    await crm.happen('booking.cancelled');
    await crm.settled(id);
    expect(salesforce.records.Task).toMatchObject([
      { TaskSubtype: 'Call', CallType: 'Inbound', CallDurationInSeconds: 180, CallDisposition: 'booked' },
    ]);
    expect(salesforce.records.Event).toMatchObject([
      { Subject: 'Cancelled: Visit (K48213)', ShowAs: 'Free', WhoId: salesforce.records.Contact[0]?.Id },
    ]);
  });

  it.each([
    ['jwt', () => ({ kind: 'jwt', clientId: 'client', username: JWT.username, privateKey: pem() })],
    ['refresh-token', () => ({ kind: 'refresh-token', clientId: 'client', refreshToken: 'refresh' })],
  ])('is let in by %s, and again after its session has ended', async (_flow, credentials) => {
    const settings = { loginUrl: salesforce.url };
    const parsed = { audience: JWT.audience, ...credentials() };
    const id = await crm.connect({ kind: 'salesforce', settings, credentials: parsed });
    crm.work();
    await crm.happen('lead.created');
    await crm.settled(id);
    salesforce.expireTokens();
    await crm.happen('staff-message.created');
    expect(await crm.settled(id)).toMatchObject([{ state: 'delivered' }, { state: 'delivered' }]);
    expect(salesforce.requests.filter(({ status }) => status === 401)).toHaveLength(1);
  });

  it('gives up an event with an unknown field, naming it', async () => {
    const settings = { loginUrl: salesforce.url, fields: { booking: { Mood__c: '{data.notes}' } } };
    const id = await crm.connect({ ...to('salesforce'), settings });
    crm.work();
    await crm.happen('booking.created');
    expect(await crm.settled(id)).toMatchObject([
      { state: 'dead', lastDetail: "INVALID_FIELD: No such column 'Mood__c' on sobject of type Event" },
    ]);
  });
});

const pem = () => privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

describe('pushing into a generic CRM', () => {
  it('gives up what it refuses, and tries again what it breaks on until the attempts are used up', async () => {
    const id = await crm.connect(to('generic'));
    generic.plan(
      { status: 200, body: { items: [] } },
      { status: 422, body: { message: 'No. ada@example.com' } },
    );
    crm.work({ delaysS: [0.01, 0.01] });
    await crm.happen('lead.created');
    expect(await crm.settled(id)).toMatchObject([
      { state: 'dead', attempts: 1, lastStatus: 422, lastDetail: 'No. [e-mail]' },
    ]);
    generic.plan(...Array.from({ length: 3 }, () => ({ status: 500 })));
    await crm.happen('staff-message.created');
    const [broken] = await crm.settled(id);
    expect(broken).toMatchObject({ state: 'dead', attempts: 3, lastStatus: 500 });
    await crm.deliveries.replay(crm.tenantId, id, {});
    expect(await crm.settled(id)).toMatchObject([{ state: 'delivered' }, { state: 'delivered' }]);
  });

  it('lets an event that waits hold up only those about the same things', async () => {
    const id = await crm.connect(to('generic'));
    const [waiting, other] = [randomUUID(), randomUUID()];
    generic.plan({ status: 500 });
    await crm.happen(
      'contact.updated',
      { contactId: waiting },
      { subject: { kind: 'contact', id: waiting } },
    );
    crm.work({ delaysS: [600] });
    await crm.eventually(async () => (await crm.pushed(id))[0]?.lastStatus === 500);
    // In a call: another subject, the same contact.
    await crm.happen('contact.updated', { contactId: waiting });
    await crm.happen('booking.created', { contact: { id: waiting, phone: '+12025550101', name: null } });
    await crm.happen('contact.updated', { contactId: other });
    await crm.eventually(async () => (await crm.pushed(id))[0]?.state === 'delivered');
    expect((await crm.pushed(id)).map(({ state }) => state)).toEqual([
      'delivered',
      'pending',
      'pending',
      'pending',
    ]);
    await crm.letTimePass();
    await crm.settled(id);
    const keys = generic.requests.filter(({ method }) => method === 'POST').map(({ text }) => text);
    expect(keys.findIndex((text) => text.includes(other))).toBeLessThan(
      keys.findLastIndex((text) => text.includes(waiting)),
    );
  });
});
