import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { RunningCrm } from '../test/running-crm.ts';
import { OAUTH, RunningSystems } from '../test/running-systems.ts';

let crm: RunningCrm;
let systems: RunningSystems;
beforeAll(async () => {
  crm = await RunningCrm.start();
});
afterAll(() => crm.stop());
beforeEach(async () => {
  systems = await new RunningSystems().start();
  await crm.begin();
  await crm.putSecret('CRM_TOKEN', 'word');
});
afterEach(async () => {
  await crm.end();
  await systems.stop();
});

describe('pushing into hubspot', () => {
  const CONTACT = { id: randomUUID(), phone: '+12025550177', name: 'Grace Hopper' };

  it('links the contact the business has, and writes the call with it', async () => {
    const known = systems.hubspot.add('contacts', {
      phone: CONTACT.phone,
      firstname: 'G.',
      lastname: 'Hopper',
    });
    const contactId = await crm.person(CONTACT.phone, CONTACT.name);
    const id = await crm.connect(systems.to('hubspot'));
    crm.work();
    await crm.happen('call.ended', { from: CONTACT.phone });
    await crm.settled(id);
    expect(systems.hubspot.records.contacts).toEqual([
      { id: known.id, properties: expect.objectContaining({ firstname: 'G.', tandem_id: contactId }) },
    ]);
    const [call] = systems.hubspot.records.calls;
    expect(call?.properties).toMatchObject({
      hs_call_direction: 'INBOUND',
      hs_call_duration: '180000',
      hs_call_status: 'COMPLETED',
      hs_timestamp: '2027-03-01T14:00:02.000Z',
    });
    expect(systems.hubspot.associations).toEqual(new Set([`calls/${call!.id} contacts/${known.id}`]));
  });

  it('takes the contact that has the address, when a search does not find it yet', async () => {
    const known = systems.hubspot.add('contacts', { email: 'ada@example.com' });
    systems.hubspot.isSearchBehind = true;
    const id = await crm.connect(systems.to('hubspot'));
    crm.work();
    await crm.happen('contact.updated');
    expect(await crm.settled(id)).toMatchObject([{ state: 'delivered' }]);
    expect(systems.hubspot.records.contacts).toMatchObject([{ id: known.id }]);
  });

  it('waits as long as it is told when there are too many requests', async () => {
    const id = await crm.connect(systems.to('hubspot'));
    systems.hubspot.plan({ status: 429, headers: { 'retry-after': '600' }, body: { message: 'Too many.' } });
    await crm.happen('lead.created');
    crm.work();
    await crm.eventually(async () => (await crm.pushed(id))[0]?.lastFault === 'http-429');
    const paused = await crm.sql<{ s: number }>(
      'SELECT extract(epoch FROM paused_until - now())::float8 AS s FROM crm_connections',
    );
    expect(paused[0]!.s).toBeGreaterThan(500);
    expect(systems.hubspot.requests).toHaveLength(1);
    expect(await crm.settled(id)).toMatchObject([{ state: 'delivered', attempts: 1 }]);
  });

  it('gives up an event with an unknown property, until it is replayed', async () => {
    const settings = {
      baseUrl: systems.hubspot.url,
      fields: { call: { mood: '{data.disposition.outcome}' } },
    };
    const id = await crm.connect({ ...systems.to('hubspot'), settings });
    crm.work();
    await crm.happen('call.ended');
    const [dead] = await crm.settled(id);
    expect(dead).toMatchObject({
      state: 'dead',
      lastFault: 'http-400',
      lastDetail: expect.stringContaining('Property \\"mood\\" does not exist'),
    });
    systems.hubspot.addProperty('calls', 'mood');
    await crm.deliveries.replay(crm.tenantId, id, {});
    expect(await crm.settled(id)).toMatchObject([{ state: 'delivered' }]);
    expect(systems.hubspot.records.calls[0]?.properties).toMatchObject({ mood: 'booked' });
  });

  it('renews a token that has expired, and waits while access is refused', async () => {
    const id = await crm.connect({ ...systems.to('hubspot'), credentials: { kind: 'oauth', ...OAUTH } });
    crm.work();
    await crm.happen('lead.created');
    await crm.settled(id);
    systems.hubspot.expireTokens();
    await crm.happen('staff-message.created');
    expect(await crm.settled(id)).toMatchObject([{ state: 'delivered' }, { state: 'delivered' }]);
    const tokens = systems.hubspot.requests.filter(({ path }) => path === '/oauth/v1/token');
    expect(tokens).toHaveLength(2);
    const wrong = { kind: 'oauth', ...OAUTH, refreshToken: 'wrong' };
    const refused = await crm.connect({ ...systems.to('hubspot'), credentials: wrong });
    await crm.happen('lead.created');
    await crm.eventually(async () => (await crm.pushed(refused))[0]?.lastFault === 'token-refused');
    expect(await crm.pushed(refused)).toMatchObject([{ state: 'pending', attempts: 0 }]);
  });

  it('makes a deal of a lead where that is wanted', async () => {
    const id = await crm.connect({
      ...systems.to('hubspot'),
      settings: { baseUrl: systems.hubspot.url, leadAs: 'deal' },
    });
    crm.work();
    await crm.happen('lead.created');
    expect(await crm.settled(id)).toMatchObject([{ state: 'delivered' }]);
    expect(systems.hubspot.records.deals).toMatchObject([
      { properties: { dealstage: 'appointmentscheduled' } },
    ]);
    expect(systems.hubspot.records.contacts).toMatchObject([{ properties: { lifecyclestage: 'lead' } }]);
  });
});
