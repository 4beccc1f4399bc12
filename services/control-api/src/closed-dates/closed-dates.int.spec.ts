import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { localDate } from '@tandem/contracts';
import { AgentDirectory } from '@tandem/database';
import { RunningControl, type Operator } from '../test/running-control.ts';

let control: RunningControl;
let own: Operator;
beforeAll(async () => {
  control = await RunningControl.start();
});
afterAll(() => control.stop());
beforeEach(async () => {
  own = await control.operator();
});

const close = (body: object, once = randomUUID()) =>
  control.ask('POST', '/v1/closed-dates', own.apiKey, body, once);
const listed = async (query = '', as = own.apiKey) =>
  (await control.ask('GET', `/v1/closed-dates${query}`, as)).body;

describe('closed dates', () => {
  it('are listed by year, for calls and appointments or for one of them', async () => {
    const christmas = { date: '2027-12-25', name: 'Christmas Day' };
    const once = randomUUID();
    const made = await close(christmas, once);
    const whole = { ...christmas, closedFor: ['calls', 'bookings'] };
    expect([made.status, made.body]).toEqual([201, whole]);
    expect((await close(christmas, once)).status).toBe(201);
    const training = { date: '2027-03-05', name: 'Training', closedFor: ['bookings'] };
    expect((await close(training)).status).toBe(201);
    await close({ ...christmas, date: '2028-12-25' });
    expect(await listed('?year=2027')).toEqual({ year: 2027, items: [training, whole] });
    expect(await listed('?year=2026')).toEqual({ year: 2026, items: [] });
    expect(await listed('?year=2027', (await control.operator()).apiKey)).toEqual({ year: 2027, items: [] });
  });

  it('close every number from the next call on, until they are deleted', async () => {
    const date = localDate(new Date(), 'America/New_York');
    const dates = async () =>
      (await new AgentDirectory(control.dataSource).findByNumber(own.e164))?.opening.closedDates;
    await close({ date, name: 'Storm' });
    expect(await dates()).toEqual([date]);
    expect(await listed()).toMatchObject({
      year: Number(date.slice(0, 4)),
      items: [{ date, name: 'Storm' }],
    });
    const stranger = await control.operator();
    await control.ask('DELETE', `/v1/closed-dates/${date}`, stranger.apiKey);
    expect(await dates()).toEqual([date]);
    for (const _again of [1, 2])
      expect((await control.ask('DELETE', `/v1/closed-dates/${date}`, own.apiKey)).status).toBe(204);
    expect(await dates()).toEqual([]);
  });

  it('are refused where the day is closed already, and nothing of them is kept', async () => {
    const date = '2027-07-04';
    await close({ date, name: 'Training', closedFor: ['bookings'] });
    expect(await close({ date, name: 'Independence Day' })).toMatchObject({
      status: 409,
      body: { code: 'date-exists' },
    });
    expect((await listed('?year=2027'))['items']).toMatchObject([{ closedFor: ['bookings'] }]);
    expect((await close({ date, name: 'Independence Day', closedFor: ['calls'] })).status).toBe(201);
  });

  it.each([
    { date: '2027-02-30', name: 'x' },
    { date: '1999-12-31', name: 'x' },
    { date: '25.12.2027', name: 'x' },
    { date: '2027-12-25' },
    { date: '2027-12-25', name: 'x', closedFor: [] },
    { date: '2027-12-25', name: 'x', closedFor: ['calls', 'calls'] },
  ])('are refused as %j', async (body) => {
    expect(await close(body)).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
  });

  it('are asked for in years that there are', async () => {
    for (const year of ['1999', '2101', 'next', '20.5'])
      expect((await control.ask('GET', `/v1/closed-dates?year=${year}`, own.apiKey)).status).toBe(400);
  });
});
