import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TenantId } from '@tandem/contracts';
import { readCalendarObject } from '@tandem/simulators';
import { nineOclock, RunningCrm, type Answer } from '../test/running-crm.ts';

let crm: RunningCrm;
beforeAll(async () => {
  crm = await RunningCrm.start();
});
afterAll(() => crm.stop());

/** A business with one engineer, whose feed has this detail. */
async function feedOf(detail: string): Promise<{
  tenantId: TenantId;
  apiKey: string;
  at: string;
  path: () => Promise<string>;
  book: (days: number) => Promise<Answer>;
}> {
  const { apiKey, tenantId } = await crm.business();
  const [engineer] = await crm.sql<{ id: string }>('SELECT id FROM resources WHERE tenant_id = $1', tenantId);
  const at = `/v1/resources/${engineer!.id}/calendar-feed`;
  expect((await crm.ask('PUT', at, { as: apiKey, body: { detail } })).status).toBe(200);
  const book = (days: number) =>
    crm.ask('POST', '/v1/bookings', {
      as: apiKey,
      body: { service: 'plumbing', start: nineOclock(days), contactPhone: '+12025550123', name: 'Alex' },
    });
  const path = async () => String((await crm.ask('GET', at, { as: apiKey })).body.path);
  return { tenantId, apiKey, at, path, book };
}

const read = (path: string, headers: Record<string, string> = {}) => crm.ask('GET', path, { headers });

describe('the calendar feed of a resource', () => {
  it('shows a booking, its move and its cancellation under one UID', async () => {
    const { apiKey, path, book } = await feedOf('service');
    const { body: booking } = await book(3);
    const address = await path();
    const first = await read(address);
    expect([first.status, first.headers.get('content-type')]).toEqual([200, 'text/calendar; charset=utf-8']);
    const [event] = readCalendarObject(first.text).events;
    expect(event).toMatchObject({
      uid: `${String(booking.id)}@bookings.tandem`,
      summary: `Busy: Plumbing, ${String(booking.reference)}`,
      start: new Date(nineOclock(3)),
      sequence: 0,
      status: 'CONFIRMED',
    });
    expect(first.text).not.toMatch(/Alex|2025550123/);
    await crm.ask('PATCH', `/v1/bookings/${String(booking.id)}`, {
      as: apiKey,
      body: { start: nineOclock(4) },
    });
    const [moved] = readCalendarObject((await read(address)).text).events;
    expect(moved).toMatchObject({ uid: event!.uid, start: new Date(nineOclock(4)), sequence: 1 });
    await crm.ask('DELETE', `/v1/bookings/${String(booking.id)}`, { as: apiKey });
    const [cancelled] = readCalendarObject((await read(address)).text).events;
    expect(cancelled).toMatchObject({ uid: event!.uid, sequence: 2, status: 'CANCELLED' });
  });

  it('answers 304 while nothing has changed', async () => {
    const { path, book } = await feedOf('busy');
    const address = await path();
    const tag = (await read(address)).headers.get('etag') ?? '';
    const again = await read(address, { 'if-none-match': `W/${tag}` });
    expect([again.status, again.text, again.headers.get('etag')]).toEqual([304, '', tag]);
    await book(5);
    expect((await read(address, { 'if-none-match': tag })).status).toBe(200);
  });

  it('tells name and number in full detail alone', async () => {
    const { path, book } = await feedOf('full');
    await book(3);
    expect((await read(await path())).text).toMatch(/Alex.*\r\n(?:.*\r\n)*.*2025550123/);
  });

  it('has an address that is void once it is rotated or deleted, and is stored as a hash', async () => {
    const { tenantId, apiKey, at, path } = await feedOf('service');
    const before = await path();
    const stored = await crm.sql('SELECT * FROM calendar_feeds WHERE tenant_id = $1', tenantId);
    expect(JSON.stringify(stored)).not.toContain(before.slice(14, -4));
    expect((await crm.ask('POST', `${at}/rotate`, { as: apiKey })).status).toBe(204);
    const after = await path();
    expect([(await read(before)).body.code, (await read(after)).status]).toEqual(['no-such-calendar', 200]);
    expect((await crm.ask('DELETE', at, { as: apiKey })).status).toBe(204);
    expect((await read(after)).status).toBe(404);
    expect((await crm.ask('GET', at, { as: apiKey })).body.code).toBe('calendar-feed-not-found');
    expect((await read('/v1/calendars/short.ics')).status).toBe(400);
  });

  it('is refused when it is read too often', async () => {
    const address = await (await feedOf('busy')).path();
    for (let count = 0; count < 60; count += 1) expect((await read(address)).status).toBe(200);
    const answer = await read(address);
    expect([answer.status, answer.body.code]).toEqual([429, 'too-many-requests']);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  });
});
