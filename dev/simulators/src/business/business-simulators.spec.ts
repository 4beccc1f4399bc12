import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { HubspotSimulator } from './hubspot/hubspot-simulator.ts';
import { SalesforceSimulator } from './salesforce/salesforce-simulator.ts';

const hubspot = new HubspotSimulator({ token: 'pat', tenSecondLimit: 12 });
const salesforce = new SalesforceSimulator({ clientId: 'client', clientSecret: 'word' });
beforeAll(async () => {
  await hubspot.start();
  await salesforce.start();
});
afterAll(async () => {
  await hubspot.stop();
  await salesforce.stop();
});

async function ask(
  base: string,
  method: string,
  path: string,
  { body, token = 'pat', type = 'application/json' }: { body?: object; token?: string; type?: string } = {},
) {
  const response = await fetch(base + path, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': type },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

describe('the simulated HubSpot', () => {
  const contacts = '/crm/v3/objects/contacts';
  const upsert = (id: string, idProperty: string, properties: object) =>
    ask(hubspot.url, 'POST', `${contacts}/batch/upsert`, {
      body: { inputs: [{ id, idProperty, properties }] },
    });

  it('refuses what the real one refuses, in its form', async () => {
    expect(await ask(hubspot.url, 'GET', `${contacts}/1`, { token: 'x' })).toMatchObject({
      status: 401,
      body: { status: 'error', category: 'INVALID_AUTHENTICATION' },
    });
    expect(await upsert('a', 'tandem_id', { mood: 'x' })).toMatchObject({
      status: 400,
      body: { category: 'VALIDATION_ERROR', message: expect.stringContaining('PROPERTY_DOESNT_EXIST') },
    });
    expect((await upsert('a', 'phone', {})).status).toBe(400);
    expect((await ask(hubspot.url, 'POST', contacts, { body: {}, type: 'text/plain' })).status).toBe(415);
    const call = { properties: { hs_call_status: 'COMPLETED' } };
    expect((await ask(hubspot.url, 'POST', '/crm/v3/objects/calls', { body: call })).status).toBe(400);
  });

  it('makes a contact once, and names the one that has the address', async () => {
    expect((await upsert('a', 'tandem_id', { email: 'ada@example.com' })).status).toBe(201);
    expect((await upsert('a', 'tandem_id', { firstname: 'Ada' })).status).toBe(200);
    expect(await upsert('b', 'tandem_id', { email: 'ada@example.com' })).toMatchObject({
      status: 409,
      body: {
        category: 'CONFLICT',
        message: `Contact already exists. Existing ID: ${hubspot.records.contacts[0]?.id}`,
      },
    });
    expect(hubspot.records.contacts).toHaveLength(1);
    const path = '/crm/v4/objects/calls/1/associations/default/contacts/1';
    expect((await ask(hubspot.url, 'PUT', path)).status).toBe(404);
  });

  it('limits requests', async () => {
    for (let count = 0; count < 12; count += 1) await ask(hubspot.url, 'GET', `${contacts}/1`);
    expect(await ask(hubspot.url, 'GET', `${contacts}/1`)).toMatchObject({
      status: 429,
      body: { errorType: 'RATE_LIMIT', policyName: 'TEN_SECONDLY_ROLLING' },
    });
  });
});

describe('the simulated Salesforce', () => {
  const contact = '/services/data/v62.0/sobjects/Contact/Tandem_Id__c/a';
  let token = '';
  beforeAll(async () => {
    const form = { grant_type: 'client_credentials', client_id: 'client', client_secret: 'word' };
    const response = await fetch(`${salesforce.url}/services/oauth2/token`, {
      method: 'POST',
      body: new URLSearchParams(form),
    });
    token = String(((await response.json()) as Record<string, unknown>)['access_token']);
  });

  it('refuses what the real one refuses, in its form', async () => {
    expect(await ask(salesforce.url, 'GET', contact)).toMatchObject({
      status: 401,
      body: [{ errorCode: 'INVALID_SESSION_ID', message: 'Session expired or invalid' }],
    });
    const patch = (body: object) => ask(salesforce.url, 'PATCH', contact, { body, token });
    expect(await patch({ Phone: '1' })).toMatchObject({
      status: 400,
      body: [{ errorCode: 'REQUIRED_FIELD_MISSING', fields: ['LastName'] }],
    });
    expect(await patch({ LastName: 'A', Mood__c: 'x' })).toMatchObject({
      status: 400,
      body: [{ errorCode: 'INVALID_FIELD', message: "No such column 'Mood__c' on sobject of type Contact" }],
    });
    const other = contact.replace('Tandem_Id__c', 'Other__c');
    expect(await ask(salesforce.url, 'GET', other, { token })).toMatchObject({ status: 404 });
  });

  it('makes a record once under its external id', async () => {
    const patch = () => ask(salesforce.url, 'PATCH', contact, { body: { LastName: 'A' }, token });
    expect(await patch()).toMatchObject({ status: 201, body: { success: true, created: true } });
    expect(await patch()).toMatchObject({ status: 200, body: { success: true, created: false } });
    expect(salesforce.records.Contact).toHaveLength(1);
  });
});
