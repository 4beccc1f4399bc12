import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SERVICE_TOKEN_PURPOSE, serviceTokenSchema } from '@tandem/contracts';
import { AgentDirectory, TENANT_SCOPES } from '@tandem/database';
import { SignedTokens } from '@tandem/platform';
import { CONTROL_SECRET, RunningControl } from '../test/running-control.ts';

let control: RunningControl;
beforeAll(async () => {
  control = await RunningControl.start();
});
afterAll(() => control.stop());

describe('a business', () => {
  it('is shown and changed by its own keys, for the next call on', async () => {
    const { apiKey, tenantId, e164, numberId } = await control.operator();
    expect((await control.ask('GET', '/v1/tenant', apiKey)).body).toEqual({
      id: tenantId,
      name: 'Spec',
      timeZone: 'America/New_York',
      language: null,
      bookingHorizonDays: 60,
      createdAt: expect.any(String),
    });
    const changed = await control.ask('PATCH', '/v1/tenant', apiKey, {
      name: ' Bright Smile Dental ',
      timeZone: 'America/Chicago',
      language: 'es-us',
      bookingHorizonDays: 90,
    });
    expect(changed).toMatchObject({
      status: 200,
      body: {
        name: 'Bright Smile Dental',
        timeZone: 'America/Chicago',
        language: 'es-US',
        bookingHorizonDays: 90,
      },
    });
    const dialled = () => new AgentDirectory(control.dataSource).findByNumber(e164);
    expect(await dialled()).toMatchObject({
      tenant: { companyName: 'Bright Smile Dental' },
      opening: { timeZone: 'America/Chicago' },
      language: 'es-US',
    });
    await control.ask('PATCH', `/v1/numbers/${numberId}`, apiKey, { language: 'fr' });
    expect((await dialled())?.language).toBe('fr');
    expect((await control.ask('PATCH', '/v1/tenant', apiKey, { language: null })).body).toMatchObject({
      language: null,
      name: 'Bright Smile Dental',
    });
  });

  it('is changed only by those who have seen what it is', async () => {
    const { apiKey } = await control.operator();
    const tag = (await control.ask('GET', '/v1/tenant', apiKey)).headers.get('etag');
    const rename = (name: string) => control.ask('PATCH', '/v1/tenant', apiKey, { name }, null, tag);
    expect((await rename('First')).status).toBe(200);
    expect(await rename('Second')).toMatchObject({ status: 412, body: { code: 'changed-meanwhile' } });
    expect((await control.ask('GET', '/v1/tenant', apiKey)).body['name']).toBe('First');
  });

  it.each([
    [{}],
    [{ name: '' }],
    [{ timeZone: 'America/Springfield' }],
    [{ timeZone: '+02:00' }],
    [{ language: 'not a language' }],
    [{ bookingHorizonDays: 0 }],
    [{ id: randomUUID() }],
  ])('is not changed to %j', async (body) => {
    const { apiKey } = await control.operator();
    expect(await control.ask('PATCH', '/v1/tenant', apiKey, body)).toMatchObject({
      status: 400,
      body: { code: 'invalid-request' },
    });
  });
});

describe('the businesses of an installation', () => {
  const asked = { name: 'Bright Smile Dental', timeZone: 'America/Chicago', language: 'en-US' };

  it('are made by a key of the platform, once per request, with a first key that works', async () => {
    const platform = await control.apiKey((await control.operator()).tenantId, ['platform:admin']);
    const key = randomUUID();
    const made = await control.ask('POST', '/v1/tenants', platform, asked, key);
    expect(made).toMatchObject({
      status: 201,
      body: {
        tenant: { ...asked, bookingHorizonDays: 60 },
        apiKey: { key: expect.stringMatching(/^tk_/), scopes: TENANT_SCOPES },
      },
    });
    const again = await control.ask('POST', '/v1/tenants', platform, asked, key);
    expect([again.status, again.body]).toEqual([201, made.body]);
    const { tenant, apiKey } = made.body as { tenant: { id: string }; apiKey: { key: string } };
    const own = await control.ask('GET', '/v1/tenant', apiKey.key);
    expect(own.body).toEqual(tenant);
    expect((await control.ask('GET', '/v1/numbers', apiKey.key)).body).toEqual({ items: [] });
    expect((await control.ask('POST', '/v1/tenants', apiKey.key, asked)).status).toBe(403);
    const listed = await control.ask('GET', '/v1/tenants?limit=1', platform);
    expect(listed.body).toMatchObject({ items: [tenant], nextCursor: expect.any(String) });
    const [kept] = await control.sql<{ answers: string }>(
      `SELECT string_agg(response_body::text, ' ') AS answers FROM idempotency_keys WHERE key = $1`,
      key,
    );
    expect(kept?.answers).toContain(tenant.id);
    expect(kept?.answers).not.toContain(apiKey.key.slice(9));
  });

  it('may have the same name', async () => {
    const platform = await control.apiKey((await control.operator()).tenantId, ['platform:admin']);
    for (const name of ['Zahnarzt Müller', 'Zahnarzt Müller', '歯科'])
      expect((await control.ask('POST', '/v1/tenants', platform, { ...asked, name })).status).toBe(201);
  });

  it('are not shown to services', async () => {
    const { tenantId } = await control.operator();
    const tokens = new SignedTokens([CONTROL_SECRET], SERVICE_TOKEN_PURPOSE, serviceTokenSchema);
    const token = await tokens.sign({ tenantId }, { audience: 'control-api', lifetimeS: 60 });
    expect((await control.ask('GET', '/v1/tenant', token)).status).toBe(200);
    for (const path of ['/v1/tenants', '/v1/api-keys'])
      expect(await control.ask('GET', path, token)).toMatchObject({
        status: 403,
        body: { code: 'api-key-needed' },
      });
  });
});
