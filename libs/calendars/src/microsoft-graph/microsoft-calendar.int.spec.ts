import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { MicrosoftGraphSimulator } from '@tandem/simulators';
import { CalendarHttp } from '../http/calendar-http.ts';
import { OAuthAuthorization } from '../oauth/oauth-client.ts';
import { fetchClient } from '../testing/fetch-client.ts';
import { DAY_MS, EVENT, MARCH, NOWHERE, RANGE, times } from '../testing/given-event.ts';
import { renewalOf } from '../testing/renewal.ts';
import { MicrosoftCalendar, microsoftCalendarApp } from './microsoft-calendar.ts';

let simulator: MicrosoftGraphSimulator;
let stored: { refreshToken: string }[];

function open(): MicrosoftCalendar {
  const { clientId, clientSecret } = simulator.authority.options;
  const app = microsoftCalendarApp({
    microsoftCalendarClientId: clientId,
    microsoftCalendarClientSecret: clientSecret,
    microsoftCalendarApiUrl: simulator.apiUrl,
    microsoftCalendarLoginUrl: simulator.loginUrl,
  })!;
  const limits = { timeoutMs: 5_000, deadlineMs: Date.now() + 60_000 };
  const given = simulator.authority.grant();
  const access = new OAuthAuthorization(fetchClient, app, given, renewalOf(given, stored), limits);
  const http = new CalendarHttp(fetchClient, access, limits);
  return new MicrosoftCalendar(http, simulator.apiUrl, 'primary', 'America/New_York');
}

beforeEach(async () => {
  simulator = new MicrosoftGraphSimulator();
  stored = [];
  await simulator.start();
});
afterEach(() => simulator.stop());

describe('a calendar of Microsoft 365', () => {
  it('is busy in events over all pages, and free in those that say so', async () => {
    simulator.pageSize = 2;
    simulator.addEvent('one', '2027-03-02T10:00:00.0000000', '2027-03-02T11:00:00.0000000');
    simulator.addEvent('day', '2027-03-03T00:00:00', '2027-03-04T00:00:00', { isAllDay: true });
    simulator.addEvent('free', '2027-03-04T10:00:00', '2027-03-04T11:00:00', { showAs: 'free' });
    simulator.addEvent('off', '2027-03-04T10:00:00', '2027-03-04T11:00:00', { isCancelled: true });
    simulator.addEvent('away', '2027-03-05T10:00:00', '2027-03-05T11:00:00', { showAs: 'oof' });
    expect(times(await open().busy(RANGE))).toEqual([
      '2027-03-02T10:00,2027-03-02T11:00',
      '2027-03-03T05:00,2027-03-04T05:00',
      '2027-03-05T10:00,2027-03-05T11:00',
    ]);
    expect(simulator.requests).toHaveLength(3);
  });

  it('sends its token to no other address', async () => {
    const elsewhere = JSON.stringify({ value: [], '@odata.nextLink': 'https://example.com/next' });
    simulator.plan({ status: 200, body: elsewhere });
    await expect(open().busy(RANGE)).rejects.toMatchObject({ code: 'unreadable-answer' });
  });

  it('has an event once, however often it is written, also after it was deleted', async () => {
    const calendar = open();
    simulator.plan({ status: 200, body: '{"value":[]}' }, 'reset-after');
    await expect(calendar.put(EVENT, NOWHERE)).rejects.toMatchObject({ kind: 'unavailable' });
    const written = await calendar.put(EVENT, NOWHERE);
    expect(written.remoteId).toBe([...simulator.events.keys()][0]);
    const [own] = await calendar.busy(RANGE);
    expect(own).toEqual({ bookingId: EVENT.bookingId, startMs: EVENT.startMs, endMs: EVENT.endMs });
    const moved = { ...EVENT, startMs: MARCH + 2 * DAY_MS, endMs: MARCH + 2 * DAY_MS + 3_600_000 };
    await calendar.put({ ...moved, revision: 1 }, written);
    expect([...simulator.events.values()]).toMatchObject([{ start: { dateTime: '2027-03-03T00:00:00' } }]);
    await calendar.remove(EVENT.bookingId, written);
    await calendar.remove(EVENT.bookingId, written);
    await calendar.remove(EVENT.bookingId, NOWHERE);
    expect(simulator.events.size).toBe(0);
    await calendar.put({ ...EVENT, revision: 2 }, written);
    expect(simulator.events.size).toBe(1);
  });

  it('takes an earlier event of the same transaction for its own', async () => {
    const calendar = open();
    await calendar.put(EVENT, NOWHERE);
    simulator.plan({ status: 200, body: '{"value":[]}' });
    await calendar.put(EVENT, NOWHERE);
    expect(simulator.events.size).toBe(1);
  });

  it('keeps the refresh token that replaces the one it used', async () => {
    const calendar = open();
    for (let time = 0; time < 2; time += 1) {
      simulator.authority.expire();
      await calendar.busy(RANGE);
    }
    expect(new Set(stored.map(({ refreshToken }) => refreshToken)).size).toBe(2);
    simulator.authority.revoke();
    await expect(calendar.busy(RANGE)).rejects.toMatchObject({ kind: 'needs-authorization' });
    simulator.plan({ status: 429, headers: { 'retry-after': '10' } });
    await expect(open().busy(RANGE)).rejects.toMatchObject({ kind: 'unavailable', retryAfterMs: 10_000 });
  });
});
