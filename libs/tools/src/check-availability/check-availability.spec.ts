import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ToolOutcome } from '@tandem/contracts';
import { contextFor, problem, ScriptedCrm, slot } from '../test/scripted-crm.ts';
import { checkAvailabilityHandler } from './handler.ts';

const DATE = '2027-03-02';
const hour = (of: number) =>
  slot(
    `${DATE}T${String(of).padStart(2, '0')}:00:00-05:00`,
    `${DATE}T${String(of + 1).padStart(2, '0')}:00:00-05:00`,
  );
const day = (slots: object[], unavailable: object | null = null) => ({
  status: 200,
  body: {
    service: { key: 'plumbing', name: 'Plumbing visit', durationMinutes: 60 },
    date: DATE,
    timeZone: 'America/New_York',
    slots,
    unavailable,
  },
});
const valueOf = (outcome: ToolOutcome) =>
  outcome.status === 'ok' ? (outcome.value as Record<string, unknown>) : {};

describe('check_availability', () => {
  const crm = new ScriptedCrm();
  let url: string;
  beforeAll(async () => void (url = await crm.start()));
  afterAll(() => crm.stop());
  beforeEach(() => crm.forget());

  const check = (input: object = { service: 'plumbing', date: DATE }, change = {}) =>
    checkAvailabilityHandler(input, contextFor(url, change));

  it('gives what is free, in words to be spoken', async () => {
    crm.on(
      'GET /v1/availability',
      day([hour(9), slot(`${DATE}T13:30:00-05:00`, `${DATE}T14:30:00-05:00`, 'Priya Nair')]),
    );
    expect(await check({ service: ' Plumbing ', date: DATE, partOfDay: 'any' })).toEqual({
      status: 'ok',
      value: {
        service: 'plumbing',
        date: DATE,
        slots: [
          {
            start: `${DATE}T09:00:00-05:00`,
            end: `${DATE}T10:00:00-05:00`,
            resource: 'Maria Alvarez',
            spoken: 'Tuesday, March 2 at 9 AM',
          },
          {
            start: `${DATE}T13:30:00-05:00`,
            end: `${DATE}T14:30:00-05:00`,
            resource: 'Priya Nair',
            spoken: 'Tuesday, March 2 at 1:30 PM',
          },
        ],
      },
    });
    expect(crm.seen[0]?.query.toString()).toBe(`service=plumbing&date=${DATE}&partOfDay=any`);
  });

  it('offers six of many, spread over the day, and says that there are more', async () => {
    crm.on('GET /v1/availability', day(Array.from({ length: 14 }, (_, index) => hour(index + 6))));
    const value = valueOf(await check());
    expect((value['slots'] as { start: string }[]).map(({ start }) => Number(start.slice(11, 13)))).toEqual([
      6, 9, 11, 14, 16, 19,
    ]);
    expect(value['note']).toContain('14 times are free');
  });

  it('explains a closed day and names the next one', async () => {
    crm.on(
      'GET /v1/availability',
      day([], { code: 'closed', detail: 'No appointments that day: Inventory.', nextDate: '2027-03-04' }),
    );
    expect(valueOf(await check())).toEqual({
      service: 'plumbing',
      date: DATE,
      slots: [],
      explanation:
        'No appointments that day: Inventory. The next day with free times is Thursday, March 4 ' +
        '(2027-03-04).',
    });
  });

  it('reminds the model of today when it asks for the past, or too far ahead', async () => {
    crm.on(
      'GET /v1/availability',
      day([], { code: 'in-the-past', detail: 'That day is over.', nextDate: null }),
    );
    expect(valueOf(await check())['explanation']).toMatch(
      /^That day is over\. Today is \w+, \w+ \d+ \(\d{4}-\d{2}-\d{2}\)\. No free day/,
    );
    crm.on(
      'GET /v1/availability',
      day([], { code: 'too-far-ahead', detail: 'Up to 60 days ahead.', nextDate: null }),
    );
    expect(valueOf(await check())['explanation']).toMatch(/^Up to 60 days ahead\. Today is [^.]*\.$/);
  });

  it('names the services there are when asked for another', async () => {
    crm.on('GET /v1/availability', problem(404, 'unknown-service', { services: ['heating', 'plumbing'] }));
    expect(await check()).toMatchObject({
      status: 'refused',
      reason: 'unknown-service',
      detail: expect.stringContaining('heating, plumbing'),
    });
  });

  it('asks for the zone it is given, and names no other when there is none such', async () => {
    crm.on(
      'GET /v1/availability',
      day([], { code: 'zone-not-served', detail: 'Nobody who does this goes there.', nextDate: null }),
    );
    expect(valueOf(await check({ service: 'plumbing', date: DATE, zone: ' North ' }))['explanation']).toBe(
      'Nobody who does this goes there.',
    );
    expect(crm.seen[0]?.query.get('zone')).toBe('north');
    crm.on(
      'GET /v1/availability',
      problem(404, 'unknown-zone', { detail: 'The zones are: south.', zones: ['south'] }),
    );
    const refusal = await check({ service: 'plumbing', date: DATE, zone: 'east' });
    expect(refusal).toMatchObject({ reason: 'unknown-zone', detail: expect.stringContaining('find_zone') });
    expect(JSON.stringify(refusal)).not.toContain('south');
  });

  it('refuses arguments that make no sense, without asking anyone', async () => {
    for (const input of [
      {},
      { service: 'plumbing' },
      { service: '', date: DATE },
      { service: 'plumbing', date: 'tomorrow' },
      { service: 'plumbing', date: '2027-02-30' },
      { service: 'plumbing', date: DATE, partOfDay: 'night' },
      'x',
      null,
    ]) {
      expect(await checkAvailabilityHandler(input, contextFor(url))).toMatchObject({
        status: 'refused',
        reason: 'bad-arguments',
      });
    }
    expect(crm.seen).toHaveLength(0);
  });

  it('does nothing for nobody', async () => {
    expect(await check(undefined, { signal: AbortSignal.abort() })).toEqual({ status: 'cancelled' });
    expect(await check(undefined, { remainingMs: () => 0 })).toEqual({ status: 'timed-out' });
    expect(crm.seen).toHaveLength(0);
  });
});
