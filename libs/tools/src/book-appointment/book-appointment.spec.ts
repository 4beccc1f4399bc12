import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { describeOutcome } from '@tandem/contracts';
import { contextFor, problem, ScriptedCrm, slot } from '../test/scripted-crm.ts';
import { bookAppointment } from './declaration.ts';
import { bookAppointmentHandler } from './handler.ts';

const START = '2027-03-02T09:00:00-05:00';
const booked = {
  status: 201,
  body: {
    ...slot(START, '2027-03-02T10:00:00-05:00'),
    id: 'x',
    reference: 'K48215',
    service: { key: 'plumbing', name: 'Plumbing visit' },
  },
};

describe('book_appointment', () => {
  const crm = new ScriptedCrm();
  let url: string;
  beforeAll(async () => void (url = await crm.start()));
  afterAll(() => crm.stop());
  beforeEach(() => crm.forget());

  const book = (change: object = {}, context: Parameters<typeof contextFor>[1] = {}) =>
    bookAppointmentHandler({ service: 'plumbing', start: START, ...change }, contextFor(url, context));

  it('books for the number that calls, under the tool call’s id', async () => {
    crm.on('POST /v1/bookings', booked);
    expect(await book({ name: 'Alex Morgan', notes: 'Kitchen', contactPhone: '+19995550100' })).toEqual({
      status: 'ok',
      value: {
        reference: 'K48215',
        start: START,
        end: '2027-03-02T10:00:00-05:00',
        resource: 'Maria Alvarez',
        spoken: 'Tuesday, March 2 at 9 AM',
      },
    });
    expect(crm.seen[0]?.body).toEqual({
      service: 'plumbing',
      start: START,
      name: 'Alex Morgan',
      notes: 'Kitchen',
      contactPhone: '+12025550123',
    });
    expect(crm.seen[0]?.headers['idempotency-key']).toBe(contextFor(url).toolCallId);
  });

  it('holds a time until the caller has confirmed it, and names what they are asked about', async () => {
    crm.on('POST /v1/bookings', { status: 201, body: { ...booked.body, status: 'held' } });
    const terms = { service: 'plumbing', start: START, name: 'Alex Morgan' };
    expect(await book({ ...terms, notes: 'Kitchen', confirmed: false })).toEqual({
      status: 'refused',
      reason: 'not-confirmed',
      detail:
        'It is not booked yet, but held for the caller for a few minutes: Plumbing visit, Tuesday, March 2 ' +
        'at 9 AM, with Maria Alvarez. Repeat it and ask whether to book it. After a clear yes call again ' +
        'with exactly the same arguments and confirmed true.',
      confirms: { ...terms, zone: null, phone: null, confirmed: true },
    });
    expect(crm.seen[0]?.body).toMatchObject({ hold: {}, notes: 'Kitchen' });
    crm.on('POST /v1/bookings', { status: 200, body: { ...booked.body, status: 'booked' } });
    expect(await book({ ...terms, confirmed: true })).toMatchObject({ value: { reference: 'K48215' } });
    expect(crm.seen[1]?.body).not.toHaveProperty('hold');
    expect(crm.seen[1]?.body).not.toHaveProperty('confirmed');
  });

  it('says that a time is booked already when it is held once more', async () => {
    crm.on('POST /v1/bookings', { status: 200, body: { ...booked.body, status: 'booked' } });
    expect(await book({ confirmed: false })).toMatchObject({ status: 'ok', value: { reference: 'K48215' } });
  });

  it('books for a caller who withholds the number', async () => {
    crm.on('POST /v1/bookings', booked);
    expect((await book({}, { callerNumber: 'anonymous' })).status).toBe('ok');
    expect(crm.seen[0]?.body).toEqual({ service: 'plumbing', start: START });
  });

  it.each([
    ['(202) 555-0147', '+12025550147'],
    ['2025550147', '+12025550147'],
    ['+49 30 1234567', '+49301234567'],
    ['+52 1 55 0000 0000', '+525500000000'],
  ])('books for the number %s that a caller without one gives', async (phone, contactPhone) => {
    crm.on('POST /v1/bookings', booked);
    expect((await book({ phone, name: 'Alex Morgan' }, { callerNumber: 'anonymous' })).status).toBe('ok');
    expect(crm.seen[0]?.body).toEqual({
      service: 'plumbing',
      start: START,
      name: 'Alex Morgan',
      contactPhone,
    });
  });

  it('books for the number that calls, whatever number is given', async () => {
    crm.on('POST /v1/bookings', booked);
    await book({ phone: '+12025550199' });
    expect(crm.seen[0]?.body).toMatchObject({ contactPhone: '+12025550123' });
    expect(crm.seen[0]?.body).not.toHaveProperty('phone');
  });

  it.each(['call me', '911', '555', '0'.repeat(40)])(
    'asks again for a number that is none: %s',
    async (phone) => {
      expect(await book({ phone }, { callerNumber: 'anonymous' })).toMatchObject({
        status: 'refused',
        reason: 'bad-phone',
        detail: expect.stringContaining('Nothing was booked.'),
      });
      expect(crm.seen).toHaveLength(0);
    },
  );

  it('names alternatives, ready to be booked, when the slot is taken', async () => {
    crm.on(
      'POST /v1/bookings',
      problem(409, 'slot-taken', {
        alternatives: [
          slot('2027-03-02T11:00:00-05:00', '2027-03-02T12:00:00-05:00'),
          slot('2027-03-03T09:30:00-05:00', '2027-03-03T10:30:00-05:00', 'Priya Nair'),
        ],
      }),
    );
    expect(await book()).toEqual({
      status: 'refused',
      reason: 'slot-taken',
      detail:
        'That time has just been taken. Nothing was booked. Free instead: Tuesday, March 2 at 11 AM ' +
        'with Maria Alvarez (start 2027-03-02T11:00:00-05:00); Wednesday, March 3 at 9:30 AM with Priya ' +
        'Nair (start 2027-03-03T09:30:00-05:00). Offer these; book one only after the caller agrees.',
    });
  });

  it.each(['outside-hours', 'in-the-past', 'too-far-ahead', 'slot-taken'])(
    'says no to %s without alternatives too',
    async (code) => {
      crm.on('POST /v1/bookings', problem(422, code, { alternatives: [] }));
      expect(await book()).toMatchObject({
        status: 'refused',
        reason: code,
        detail: expect.stringContaining('Nothing was booked.'),
      });
    },
  );

  it('books in the zone it is given, and says when nobody goes there', async () => {
    crm.on('POST /v1/bookings', booked);
    await book({ zone: 'North' });
    expect(crm.seen[0]?.body).toMatchObject({ zone: 'north' });
    crm.on('POST /v1/bookings', problem(422, 'zone-not-served', { alternatives: [] }));
    expect(await book({ zone: 'north' })).toEqual({
      status: 'refused',
      reason: 'zone-not-served',
      detail:
        'Nothing was booked. Nobody who does this goes to that zone. Tell the caller, and offer to take a ' +
        'message.',
    });
    crm.on('POST /v1/bookings', problem(422, 'unknown-zone', { zones: ['south'] }));
    expect(await book({ zone: 'east' })).toMatchObject({ detail: expect.stringContaining('find_zone') });
  });

  it('passes on a refusal it does not know, and the services where one is unknown', async () => {
    crm.on('POST /v1/bookings', problem(422, 'unknown-service', { services: ['heating'] }));
    expect(await book()).toMatchObject({
      status: 'refused',
      reason: 'unknown-service',
      detail: expect.stringContaining('heating'),
    });
    crm.on('POST /v1/bookings', problem(422, 'something-new'));
    expect(await book()).toEqual({
      status: 'refused',
      reason: 'something-new',
      detail: 'Detail of something-new.',
    });
  });

  it('takes only a start on the business’ own clock, by season', async () => {
    crm.on('POST /v1/bookings', booked);
    for (const start of ['2027-03-02T09:00:00Z', '2027-03-02T09:00:00-04:00', '2027-07-06T09:00:00-05:00']) {
      expect(await book({ start })).toMatchObject({ status: 'refused', reason: 'unclear-time' });
    }
    for (const start of ['2027-03-02T09:00:00', 'tomorrow at nine', '2027-02-30T09:00:00-05:00', '']) {
      expect(await book({ start })).toMatchObject({ status: 'refused', reason: 'bad-arguments' });
    }
    expect(crm.seen).toHaveLength(0);
    expect((await book({ start: '2027-07-06T09:00:00-04:00' })).status).toBe('ok');
  });

  it('never lets the model say booked or not booked when it is not known', async () => {
    crm.on('POST /v1/bookings', () => undefined);
    const unknown = await book({}, { remainingMs: () => 40 });
    expect(unknown).toEqual({ status: 'failed', code: 'crm-timeout', retryable: true });
    expect(describeOutcome(unknown, bookAppointment)).toContain(
      'Do not say that it is booked, nor that it is not.',
    );
    expect(describeOutcome({ status: 'timed-out' }, bookAppointment)).toContain(
      'Do not say that it is booked, nor that it is not.',
    );
  });

  it('turns a fault of its own into an outcome, and tells of it', async () => {
    const faults: unknown[] = [];
    const outcome = await book(
      {},
      {
        crm: { ask: () => Promise.reject(new RangeError('broken')) },
        onFault: (error) => faults.push(error),
      },
    );
    expect(outcome).toEqual({ status: 'failed', code: 'handler-fault', retryable: false });
    expect(faults).toEqual([new RangeError('broken')]);
  });
});
