import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TenantId } from '@tandem/contracts';
import { RunningCrm } from '../test/running-crm.ts';

const REMINDER = { minutesBefore: 1_440, channel: 'sms' };
const DEFAULTS = {
  confirmation: null,
  reminders: [],
  quietFrom: '20:00',
  quietUntil: '08:00',
  offerMinutes: 60,
  smsNumber: null,
  texts: {},
};

describe('the settings for bookings', () => {
  let crm: RunningCrm;
  let tenantId: TenantId;
  let apiKey: string;

  beforeAll(async () => {
    crm = await RunningCrm.start();
  });
  afterAll(() => crm.stop());
  beforeEach(async () => void ({ tenantId, apiKey } = await crm.business()));

  const ask = (method: string, path: string, body?: object) =>
    crm.ask(method, `/v1/booking-settings${path}`, { as: apiKey, ...(body ? { body } : {}) });
  const since = async () =>
    (
      await crm.sql<{ since: Date }>('SELECT since FROM booking_settings WHERE tenant_id = $1', tenantId)
    )[0]?.since.getTime();

  it('have defaults, and are replaced whole', async () => {
    expect((await ask('GET', '')).body).toEqual(DEFAULTS);
    const settings = { ...DEFAULTS, reminders: [REMINDER], texts: { reminder: 'See you {date}, {time}!' } };
    expect((await ask('PUT', '', settings)).body).toEqual(settings);
    expect((await ask('GET', '')).body).toEqual(settings);
    expect((await ask('PUT', '', {})).body).toEqual(DEFAULTS);
  });

  it('begin anew where the notices change, and only there', async () => {
    await ask('PUT', '', { reminders: [REMINDER] });
    await crm.sql(`UPDATE booking_settings SET since = '2020-01-01' WHERE tenant_id = $1`, tenantId);
    await ask('PUT', '', { reminders: [REMINDER], quietFrom: '21:00' });
    expect(await since()).toBe(Date.parse('2020-01-01T00:00:00Z'));
    await ask('PUT', '', { reminders: [REMINDER], confirmation: 'sms' });
    expect(await since()).toBeGreaterThan(Date.parse('2020-01-02T00:00:00Z'));
  });

  it('refuse what cannot be: numbers of others, unknown places, one reminder twice', async () => {
    expect((await ask('PUT', '', { smsNumber: '+12025550100' })).body.code).toBe('unknown-number');
    const bad = [
      { texts: { reminder: 'At {hour}' } },
      { reminders: [REMINDER, REMINDER] },
      { reminders: [{ minutesBefore: 5, channel: 'sms' }] },
      { reminders: [{ minutesBefore: 60, channel: 'fax' }] },
      { quietFrom: '24:00' },
      { offerMinutes: 1 },
    ];
    for (const body of bad) expect((await ask('PUT', '', body)).status).toBe(400);
  });

  it('of a service stand in place of those of the business until they are taken away', async () => {
    const [service] = await crm.sql<{ id: string }>('SELECT id FROM services WHERE tenant_id = $1', tenantId);
    const path = `/services/${service!.id}`;
    expect((await ask('GET', path)).body).toEqual({ own: null });
    const own = { confirmation: 'email', reminders: [] };
    expect((await ask('PUT', path, own)).body).toEqual({ own });
    expect((await ask('GET', path)).body).toEqual({ own });
    expect((await ask('DELETE', path)).body).toEqual({ own: null });
    expect((await ask('GET', path)).body).toEqual({ own: null });
  });
});
