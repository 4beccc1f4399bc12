import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { nineOclock, RunningCrm } from '../test/running-crm.ts';

const START = nineOclock(3);

describe('text that cannot be stored or seen', () => {
  let crm: RunningCrm;
  let apiKey: string;
  beforeAll(async () => {
    crm = await RunningCrm.start();
    ({ apiKey } = await crm.business());
  });
  afterAll(() => crm.stop());

  const refused = async (method: string, path: string, body?: object) => {
    const answer = await crm.ask(method, path, { as: apiKey, ...(body ? { body } : {}) });
    return [
      answer.status,
      answer.body.code,
      [...new Set((answer.body.errors as { field: string }[] | undefined)?.map(({ field }) => field))],
    ];
  };

  it.each([
    ['service', '/v1/availability?service=x%00y&date=2027-03-01'],
    ['contactPhone', '/v1/bookings?contactPhone=%2B1202555%00'],
    ['cursor', '/v1/bookings?cursor=a%00'],
    ['phone', '/v1/contacts?phone=%00'],
  ])('is refused in the filter %s', async (field, path) => {
    expect(await refused('GET', path)).toEqual([400, 'invalid-request', [field]]);
  });

  it.each([
    ['service', '/v1/bookings', { service: 'x\0y', start: START }],
    ['name', '/v1/bookings', { service: 'plumbing', start: START, name: 'a\0' }],
    ['notes', '/v1/bookings', { service: 'plumbing', start: START, notes: '\ud800' }],
    ['name', '/v1/bookings', { service: 'plumbing', start: START, name: '\u200b' }],
    ['name', '/v1/contacts', { phone: '+12025550111', name: '\0' }],
    ['name', '/v1/contacts', { phone: '+12025550111', name: '\u2060\ufeff' }],
    ['notes', '/v1/contacts', { phone: '+12025550111', notes: 'x\0' }],
  ])('is refused in the body: %s of %s', async (field, path, body) => {
    expect(await refused('POST', path, body)).toEqual([400, 'invalid-request', [field]]);
  });
});
