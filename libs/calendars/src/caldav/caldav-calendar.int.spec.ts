import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CaldavSimulator, type CaldavOptions } from '@tandem/simulators';
import { CalendarHttp } from '../http/calendar-http.ts';
import { fetchClient } from '../testing/fetch-client.ts';
import { DAY_MS, EVENT, NOWHERE, RANGE, times } from '../testing/given-event.ts';
import { BasicAuthorization, CaldavCalendar } from './caldav-calendar.ts';

let simulator: CaldavSimulator;
const start = async (options: CaldavOptions = {}): Promise<CaldavCalendar> => {
  simulator = new CaldavSimulator(options);
  await simulator.start();
  return calendarWith(simulator.password);
};
const calendarWith = (password: string): CaldavCalendar => {
  const limits = { timeoutMs: 5_000, deadlineMs: Date.now() + 60_000 };
  const authorization = new BasicAuthorization(simulator.username, password);
  const http = new CalendarHttp(fetchClient, authorization, limits);
  return new CaldavCalendar(http, simulator.collection, 'America/New_York');
};
describe('a calendar over CalDAV', () => {
  let calendar: CaldavCalendar;
  beforeEach(async () => {
    calendar = await start();
  });
  afterEach(() => simulator.stop());

  it('is busy in events of any form, and free in those that say so', async () => {
    simulator.addEvent('utc', 'DTSTART:20270302T100000Z', 'DTEND:20270302T110000Z');
    simulator.addEvent('day', 'DTSTART;VALUE=DATE:20270303', 'DTEND;VALUE=DATE:20270304');
    simulator.addEvent('long', 'DTSTART:20270304T100000Z', 'DURATION:PT90M');
    simulator.addEvent('free', 'DTSTART:20270305T100000Z', 'DURATION:PT1H', 'TRANSP:TRANSPARENT');
    simulator.addEvent('off', 'DTSTART:20270305T100000Z', 'DURATION:PT1H', 'STATUS:CANCELLED');
    simulator.addEvent('late', 'DTSTART:20270405T100000Z', 'DURATION:PT1H');
    simulator.addEvent('daily', 'DTSTART:20270306T080000Z', 'DURATION:PT1H', 'RRULE:FREQ=DAILY;COUNT=2');
    expect(times(await calendar.busy(RANGE))).toEqual([
      '2027-03-02T10:00,2027-03-02T11:00',
      '2027-03-03T05:00,2027-03-04T05:00',
      '2027-03-04T10:00,2027-03-04T11:30',
      '2027-03-06T08:00,2027-03-06T09:00',
      '2027-03-07T08:00,2027-03-07T09:00',
    ]);
  });

  it('is busy in repeated events also where the server does not work them out', async () => {
    await simulator.stop();
    calendar = await start({ doesExpand: false });
    simulator.addEvent('daily', 'DTSTART:20270306T080000Z', 'DURATION:PT1H', 'RRULE:FREQ=DAILY;COUNT=2');
    await calendar.put(EVENT, NOWHERE);
    const busy = await calendar.busy(RANGE);
    expect(times(busy.filter(({ bookingId }) => bookingId === null))).toEqual([
      '2027-03-06T08:00,2027-03-06T09:00',
      '2027-03-07T08:00,2027-03-07T09:00',
    ]);
    expect(busy.flatMap(({ bookingId }) => bookingId ?? [])).toEqual([EVENT.bookingId]);
  });

  it('is read in parts where it has too many events for one answer', async () => {
    await simulator.stop();
    calendar = await start({ maxMatches: 2 });
    for (const day of [2, 3, 4, 6, 8])
      simulator.addEvent(`day-${day}`, `DTSTART:2027030${day}T100000Z`, 'DURATION:PT1H');
    expect(await calendar.busy(RANGE)).toHaveLength(5);
  });

  it('has an event once, however often it is written, and the last version of it', async () => {
    simulator.plan('reset-after');
    await expect(calendar.put(EVENT, NOWHERE)).rejects.toMatchObject({ kind: 'unavailable' });
    const written = await calendar.put({ ...EVENT, revision: 1 }, NOWHERE);
    expect(simulator.events).toMatchObject([{ sequence: 1, start: new Date(EVENT.startMs) }]);
    const moved = { ...EVENT, revision: 2, startMs: EVENT.startMs - DAY_MS, endMs: EVENT.endMs - DAY_MS };
    const again = await calendar.put(moved, written);
    expect(simulator.events).toMatchObject([{ sequence: 2, start: new Date(moved.startMs) }]);
    // Somebody has changed it there: what is booked counts.
    simulator.objects.set([...simulator.objects.keys()][0]!, [...simulator.objects.values()][0] + '\r\n');
    await calendar.put({ ...moved, revision: 3 }, again);
    expect(simulator.events).toMatchObject([{ sequence: 3 }]);
    await calendar.remove(EVENT.bookingId);
    await calendar.remove(EVENT.bookingId);
    expect(simulator.events).toEqual([]);
    await calendar.put({ ...EVENT, revision: 4 }, again);
    expect(simulator.events).toMatchObject([{ sequence: 4 }]);
  });

  it('tells a refused password, a busy server and a refused event apart', async () => {
    await expect(calendarWith('wrong').busy(RANGE)).rejects.toMatchObject({
      kind: 'needs-authorization',
      code: 'http-401',
    });
    expect(simulator.requests).toHaveLength(1);
    simulator.plan({ status: 429, headers: { 'retry-after': '7' } });
    await expect(calendar.busy(RANGE)).rejects.toMatchObject({ kind: 'unavailable', retryAfterMs: 7_000 });
    const backwards = { ...EVENT, endMs: EVENT.startMs - 1_000 };
    await expect(calendar.put(backwards, NOWHERE)).rejects.toMatchObject({
      kind: 'refused',
      code: 'http-403',
    });
    simulator.plan({ status: 207, body: '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>' });
    await expect(calendar.busy(RANGE)).rejects.toMatchObject({ code: 'unreadable-answer' });
  });
});
