import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { contextFor, problem, ScriptedCrm } from '../test/scripted-crm.ts';
import { scheduleCallbackHandler } from './handler.ts';

const ROUTE = 'POST /v1/staff-messages';
const callbackAt = { from: '2027-03-02T14:00:00-05:00', until: '2027-03-02T15:00:00-05:00' };
const planned = { status: 201, body: { id: '0193b0f0-0000-4000-8000-000000000009', callbackAt } };

describe('schedule_callback', () => {
  const crm = new ScriptedCrm();
  let url: string;
  beforeAll(async () => void (url = await crm.start()));
  afterAll(() => crm.stop());
  beforeEach(() => {
    crm.forget();
    crm.on(ROUTE, planned);
  });

  const schedule = (input: object = {}, context: Parameters<typeof contextFor>[1] = {}) =>
    scheduleCallbackHandler(
      { date: '2027-03-02', from: '14:00', about: 'The invoice.', ...input },
      contextFor(url, context),
    );

  it('asks for a callback to the number that calls, in the hours of the number that was called', async () => {
    expect(await schedule({ forWhom: 'billing', name: 'Alex', phone: '+19995550100' })).toEqual({
      status: 'ok',
      value: { ...callbackAt, spoken: 'Tuesday, March 2 at 2 PM' },
    });
    expect(crm.seen[0]?.body).toEqual({
      body: 'The invoice.',
      forWhom: 'billing',
      name: 'Alex',
      contactPhone: '+12025550123',
      callbackAt: { date: '2027-03-02', from: '14:00' },
      calledNumber: '+12025550100',
    });
    expect(crm.seen[0]?.headers['idempotency-key']).toBe(contextFor(url).toolCallId);
  });

  it('names no number where none was dialled', async () => {
    await schedule({ until: '16:00' }, { dialledNumber: 'demo@pbx.example.com' });
    expect(crm.seen[0]?.body).not.toHaveProperty('calledNumber');
    expect(crm.seen[0]?.body).toMatchObject({ callbackAt: { until: '16:00' } });
  });

  it('needs a number to call', async () => {
    const callerNumber = 'anonymous';
    expect(await schedule({}, { callerNumber })).toMatchObject({ reason: 'phone-needed' });
    expect(await schedule({ phone: '555' }, { callerNumber })).toMatchObject({ reason: 'bad-phone' });
    expect((await schedule({ phone: '(202) 555-0147' }, { callerNumber })).status).toBe('ok');
  });

  it.each([
    [
      'outside-hours',
      { hours: [{ opens: '09:00', closes: '17:00' }] },
      'somebody is there from 09:00 to 17:00',
    ],
    ['outside-hours', { hours: [] }, 'That day it is closed. Ask for another day.'],
    ['in-the-past', {}, 'That time is over. No callback is planned. It is '],
    ['too-far-ahead', {}, 'Ask for an earlier day.'],
    ['something-new', {}, 'Detail of something-new.'],
  ])('says what to ask for when it is refused: %s %j', async (code, extra, words) => {
    crm.on(ROUTE, problem(422, code, extra));
    expect(await schedule()).toMatchObject({
      status: 'refused',
      reason: code,
      detail: expect.stringContaining(words),
    });
  });

  it.each([
    { from: '2 pm' },
    { from: '24:00' },
    { date: 'tomorrow' },
    { until: '13:00' },
    { until: '14:00' },
  ])('takes only local days and times: %j', async (input) => {
    expect(await schedule(input)).toMatchObject({ status: 'refused', reason: 'bad-arguments' });
    expect(crm.seen).toHaveLength(0);
  });
});
