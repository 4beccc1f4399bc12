import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { describeOutcome } from '@tandem/contracts';
import { contextFor, problem, ScriptedCrm, slot } from '../test/scripted-crm.ts';
import { joinWaitingList } from './declaration.ts';
import { joinWaitingListHandler } from './handler.ts';

const service = { key: 'plumbing', name: 'Plumbing visit' };
const DAYS = { from: '2027-03-01', until: '2027-03-05' };
const day = (slots: object[] = []) => ({
  status: 200,
  body: { service, date: DAYS.from, slots, unavailable: null },
});
const joined = (days: object = DAYS) => ({ status: 201, body: { id: 'x', service, ...days } });

describe('join_waiting_list', () => {
  const crm = new ScriptedCrm();
  let url: string;
  beforeAll(async () => void (url = await crm.start()));
  afterAll(() => crm.stop());
  beforeEach(() => {
    crm.forget();
    crm.on('GET /v1/availability', day());
    crm.on('POST /v1/waiting-list', joined());
  });

  const join = (change: object = {}, context: Parameters<typeof contextFor>[1] = {}) =>
    joinWaitingListHandler({ service: 'plumbing', ...DAYS, ...change }, contextFor(url, context));
  const entries = () => crm.seen.filter(({ method }) => method === 'POST');

  it('puts the number that calls on the list, under the tool call’s id', async () => {
    const given = { partOfDay: 'morning', zone: 'North', name: 'Alex', notes: 'Sink' };
    expect(
      await join({ ...given, phone: '+19995550100', contactPhone: '+19995550100', resource: 'x' }),
    ).toEqual({
      status: 'ok',
      value: {
        waiting: true,
        service: 'Plumbing visit',
        ...DAYS,
        spoken: 'Monday, March 1 – Friday, March 5',
      },
    });
    const [asked, sent] = crm.seen;
    expect(asked?.query.toString()).toBe(
      'service=plumbing&date=2027-03-01&to=2027-03-05&partOfDay=morning&zone=north',
    );
    expect(sent?.body).toEqual({
      service: 'plumbing',
      ...DAYS,
      ...given,
      zone: 'north',
      contactPhone: '+12025550123',
    });
    expect(sent?.headers['idempotency-key']).toBe(contextFor(url).toolCallId);
  });

  it('names times that are free in place of having somebody wait for them', async () => {
    const free = [9, 10, 11, 12].map((hour) => `2027-03-20T${String(hour).padStart(2, '0')}:00:00-05:00`);
    crm.on('GET /v1/availability', day(), day(free.map((start) => slot(start, start))));
    const refusal = await join({ until: '2027-04-20' });
    expect(refusal).toMatchObject({ status: 'refused', reason: 'times-free' });
    expect(JSON.stringify(refusal)).toContain('Saturday, March 20 at 11 AM with Maria Alvarez');
    expect(JSON.stringify(refusal)).not.toContain(free[3]);
    expect(crm.seen.map(({ query }) => [query.get('date'), query.get('to')])).toEqual([
      ['2027-03-01', '2027-03-14'],
      ['2027-03-15', '2027-03-28'],
    ]);
    expect(entries()).toHaveLength(0);
  });

  it('looks at all days wanted, and takes no more than twelve weeks of them', async () => {
    crm.on('POST /v1/waiting-list', joined({ from: '2027-03-01', until: '2027-03-01' }));
    expect(await join({ until: '2027-03-01' })).toMatchObject({ value: { spoken: 'Monday, March 1' } });
    crm.forget();
    crm.on('GET /v1/availability', day());
    crm.on('POST /v1/waiting-list', joined());
    expect(await join({ until: '2027-05-23' })).toMatchObject({ status: 'ok' });
    expect(crm.seen.map(({ query }) => query.get('to')).slice(0, 6)).toEqual([
      ...['2027-03-14', '2027-03-28', '2027-04-11', '2027-04-25', '2027-05-09', '2027-05-23'],
    ]);
    expect(crm.seen).toHaveLength(7);
    expect(await join({ until: '2027-05-24' })).toMatchObject({ reason: 'too-many-days' });
    expect(await join({ until: '2027-02-28' })).toMatchObject({ reason: 'bad-arguments' });
    expect(await join({ from: '2027-02-30' })).toMatchObject({ reason: 'bad-arguments' });
    expect(crm.seen).toHaveLength(7);
  });

  it('needs a number that can be told of a time', async () => {
    const callerNumber = 'anonymous';
    expect(await join({}, { callerNumber })).toMatchObject({ reason: 'phone-needed' });
    expect(await join({ phone: '911' }, { callerNumber })).toMatchObject({ reason: 'bad-phone' });
    expect(crm.seen).toHaveLength(0);
    expect(await join({ phone: '(202) 555-0147' }, { callerNumber })).toMatchObject({ status: 'ok' });
    expect(entries()[0]?.body).toMatchObject({ contactPhone: '+12025550147' });
  });

  it.each(['in-the-past', 'zone-not-served', 'waiting-list-full', 'unknown-service', 'unknown-zone'])(
    'says that the caller is not on the list: %s',
    async (code) => {
      crm.on('POST /v1/waiting-list', problem(422, code, { services: ['heating'], zones: ['south'] }));
      const refusal = await join();
      expect(refusal).toMatchObject({ status: 'refused', reason: code });
      expect(JSON.stringify(refusal)).not.toMatch(/south|Detail of/);
    },
  );

  it('never lets the model say on the list or not when it is not known', async () => {
    crm.on('POST /v1/waiting-list', problem(403, 'scope-missing'));
    const unknown = await join();
    expect(unknown).toEqual({ status: 'failed', code: 'crm-scope-missing', retryable: false });
    expect(describeOutcome(unknown, joinWaitingList)).toContain('Do not say that they are');
  });
});
