import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { SalesforceSimulator } from '@tandem/simulators';
import { RunningCrm } from '../test/running-crm.ts';
import { idOf, JWT, OAUTH, pem, RunningSystems } from '../test/running-systems.ts';

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

describe('pushing into salesforce', () => {
  it('links the contact the business has and changes it later', async () => {
    const known = systems.salesforce.add('Contact', { LastName: 'Lovelace', Email: 'ada@example.com' });
    const id = await crm.connect(systems.to('salesforce'));
    crm.work();
    await crm.happen('contact.updated');
    await crm.happen('contact.updated', { name: 'Ada King' });
    await crm.settled(id);
    expect(systems.salesforce.records.Contact).toMatchObject([
      { Id: known.Id, LastName: 'King', Tandem_Id__c: idOf('contact.updated') },
    ]);
  });

  it('takes the one record that a duplicate rule names', async () => {
    const linked = { LastName: 'Lovelace', Email: 'ada@example.com', Tandem_Id__c: 'of another system' };
    const known = systems.salesforce.add('Contact', linked);
    const id = await crm.connect(systems.to('salesforce'));
    crm.work();
    await crm.happen('contact.updated');
    expect(await crm.settled(id)).toMatchObject([{ state: 'delivered' }]);
    expect(systems.salesforce.records.Contact).toMatchObject([
      { Id: known.Id, Tandem_Id__c: idOf('contact.updated') },
    ]);
  });

  it('logs a call as a task and a booking as an event', async () => {
    const id = await crm.connect(systems.to('salesforce'));
    crm.work();
    await crm.happen('call.ended');
    await crm.happen('booking.cancelled');
    await crm.settled(id);
    expect(systems.salesforce.records.Task).toMatchObject([
      { TaskSubtype: 'Call', CallType: 'Inbound', CallDurationInSeconds: 180, CallDisposition: 'booked' },
    ]);
    expect(systems.salesforce.records.Event).toMatchObject([
      {
        Subject: 'Cancelled: Visit (K48213)',
        ShowAs: 'Free',
        WhoId: systems.salesforce.records.Contact[0]?.Id,
      },
    ]);
  });

  it('does not take a token to an address that is not public', async () => {
    const elsewhere = 'http://169.254.169.254';
    const led = new SalesforceSimulator({ ...OAUTH, instanceUrl: elsewhere });
    await led.start();
    const id = await crm.connect({ ...systems.to('salesforce'), settings: { loginUrl: led.url } });
    crm.work();
    await crm.happen('lead.created');
    await crm.eventually(async () => (await crm.pushed(id))[0]?.lastFault === 'destination-refused');
    await led.stop();
  });

  it.each([
    ['jwt', () => ({ kind: 'jwt', clientId: 'client', username: JWT.username, privateKey: pem() })],
    ['refresh-token', () => ({ kind: 'refresh-token', clientId: 'client', refreshToken: 'refresh' })],
  ])('is let in by %s, and again after its session has ended', async (_flow, credentials) => {
    const settings = { loginUrl: systems.salesforce.url };
    const parsed = { audience: JWT.audience, ...credentials() };
    const id = await crm.connect({ kind: 'salesforce', settings, credentials: parsed });
    crm.work();
    await crm.happen('lead.created');
    await crm.settled(id);
    systems.salesforce.expireTokens();
    await crm.happen('staff-message.created');
    expect(await crm.settled(id)).toMatchObject([{ state: 'delivered' }, { state: 'delivered' }]);
    expect(systems.salesforce.requests.filter(({ status }) => status === 401)).toHaveLength(1);
  });

  it('gives up an event with an unknown field, naming it', async () => {
    const settings = { loginUrl: systems.salesforce.url, fields: { booking: { Mood__c: '{data.notes}' } } };
    const id = await crm.connect({ ...systems.to('salesforce'), settings });
    crm.work();
    await crm.happen('booking.created');
    expect(await crm.settled(id)).toMatchObject([
      { state: 'dead', lastDetail: "INVALID_FIELD: No such column 'Mood__c' on sobject of type Event" },
    ]);
  });
});
