import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { GoogleCalendarSimulator } from '@tandem/simulators';
import { CalendarHttp } from '../http/calendar-http.ts';
import { OAuthAuthorization } from '../oauth/oauth-client.ts';
import { fetchClient } from '../testing/fetch-client.ts';
import { renewalOf } from '../testing/renewal.ts';
import { DAY_MS, EVENT, MARCH, NOWHERE, RANGE, times } from '../testing/given-event.ts';
import { GoogleCalendar, googleCalendarApp } from './google-calendar.ts';

let simulator: GoogleCalendarSimulator;
let stored: { refreshToken: string }[];

function open(calendarId = 'primary'): GoogleCalendar {
  const { clientId, clientSecret } = simulator.authority.options;
  const app = googleCalendarApp({
    googleCalendarClientId: clientId,
    googleCalendarClientSecret: clientSecret,
    googleCalendarApiUrl: simulator.apiUrl,
    googleCalendarTokenUrl: simulator.tokenUrl,
  })!;
  const limits = { timeoutMs: 5_000, deadlineMs: Date.now() + 60_000 };
  const given = simulator.authority.grant();
  const access = new OAuthAuthorization(fetchClient, app, given, renewalOf(given, stored), limits);
  const http = new CalendarHttp(fetchClient, access, limits);
  return new GoogleCalendar(http, simulator.apiUrl, calendarId, 'America/New_York');
}

beforeEach(async () => {
  simulator = new GoogleCalendarSimulator();
  stored = [];
  await simulator.start();
});
afterEach(() => simulator.stop());

const at = (start: string, end: string) => ({ start: { dateTime: start }, end: { dateTime: end } });

describe('a Google calendar', () => {
  it('is busy in events over all pages, and free in those that are declined or say so', async () => {
    simulator.pageSize = 2;
    const two = at('2027-03-02T05:00:00-05:00', '2027-03-02T06:00:00-05:00');
    simulator.addEvent('zoned', two);
    simulator.addEvent('day', { start: { date: '2027-03-03' }, end: { date: '2027-03-04' } });
    simulator.addEvent('free', { ...two, transparency: 'transparent' });
    simulator.addEvent('no', { ...two, attendees: [{ self: true, responseStatus: 'declined' }] });
    simulator.addEvent('late', at('2027-04-02T10:00:00Z', '2027-04-02T11:00:00Z'));
    simulator.addEvent('last', at('2027-03-05T10:00:00Z', '2027-03-05T11:00:00Z'));
    expect(times(await open().busy(RANGE))).toEqual([
      '2027-03-02T10:00,2027-03-02T11:00',
      '2027-03-03T05:00,2027-03-04T05:00',
      '2027-03-05T10:00,2027-03-05T11:00',
    ]);
    expect(simulator.requests).toHaveLength(3);
  });

  it('has an event once, however often it is written, also after it was deleted', async () => {
    const calendar = open();
    simulator.plan('reset-after');
    await expect(calendar.put(EVENT, NOWHERE)).rejects.toMatchObject({ kind: 'unavailable' });
    const written = await calendar.put(EVENT, NOWHERE);
    const [own] = await calendar.busy(RANGE);
    expect(own).toEqual({ bookingId: EVENT.bookingId, startMs: EVENT.startMs, endMs: EVENT.endMs });
    const moved = { ...EVENT, startMs: MARCH + 2 * DAY_MS, endMs: MARCH + 2 * DAY_MS + 3_600_000 };
    await calendar.put(moved, written);
    expect(simulator.standing).toMatchObject([{ start: { dateTime: '2027-03-03T00:00:00.000Z' } }]);
    await calendar.remove(EVENT.bookingId);
    await calendar.remove(EVENT.bookingId);
    expect(simulator.standing).toEqual([]);
    await calendar.put(EVENT, NOWHERE);
    expect(simulator.standing).toMatchObject([{ status: 'confirmed', summary: 'Busy' }]);
    expect(simulator.events.size).toBe(1);
  });

  it('renews an access token that has ended, and asks for its owner once the grant has', async () => {
    const calendar = open();
    simulator.authority.expire();
    await calendar.busy(RANGE);
    expect(simulator.authority.refreshes).toBe(1);
    expect(stored).toEqual([expect.objectContaining({ refreshToken: expect.any(String) })]);
    simulator.authority.revoke();
    await expect(calendar.busy(RANGE)).rejects.toMatchObject({
      kind: 'needs-authorization',
      code: 'authorization-ended',
    });
  });

  it('tells a limit, a calendar that is not there and a refused time apart', async () => {
    const limit = { error: { errors: [{ reason: 'userRateLimitExceeded' }], code: 403 } };
    simulator.plan({ status: 403, body: JSON.stringify(limit), headers: { 'retry-after': '3' } });
    await expect(open().busy(RANGE)).rejects.toMatchObject({
      kind: 'unavailable',
      code: 'rate-limited',
      retryAfterMs: 3_000,
    });
    await expect(open('other@example.com').busy(RANGE)).rejects.toMatchObject({
      kind: 'refused',
      code: 'calendar-not-found',
    });
    const backwards = { ...EVENT, endMs: EVENT.startMs - 1 };
    await expect(open().put(backwards, NOWHERE)).rejects.toMatchObject({ kind: 'refused', code: 'http-400' });
  });
});
