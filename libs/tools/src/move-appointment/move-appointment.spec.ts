import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { contextFor, ownBooking, problem, ScriptedCrm, slot } from '../test/scripted-crm.ts';
import { moveAppointmentHandler } from './handler.ts';

const VOUCHED = { attestation: 'TN-Validation-Passed-A' };
const START = '2027-03-04T11:00:00-05:00';
const MINE = ownBooking('K48215', '2027-03-02T09:00:00-05:00');
const moved = { status: 200, body: { ...MINE, ...slot(START, '2027-03-04T12:00:00-05:00', 'Priya Nair') } };

describe('move_appointment', () => {
  const crm = new ScriptedCrm();
  let url: string;
  beforeAll(async () => void (url = await crm.start()));
  afterAll(() => crm.stop());
  beforeEach(() => {
    crm.forget();
    crm.on('GET /v1/bookings', { status: 200, body: { items: [MINE] } });
    crm.on(`PATCH /v1/bookings/${MINE.id}`, moved);
  });

  const move = (change: object = {}, context: Parameters<typeof contextFor>[1] = VOUCHED) =>
    moveAppointmentHandler({ start: START, ...change }, contextFor(url, context));

  it('moves the one appointment of the number that calls, under the tool call’s id', async () => {
    expect(await move()).toEqual({
      status: 'ok',
      value: {
        reference: 'K48215',
        start: START,
        end: '2027-03-04T12:00:00-05:00',
        resource: 'Priya Nair',
        spoken: 'Thursday, March 4 at 11 AM',
      },
    });
    const [asked, sent] = crm.seen;
    expect(asked?.query.get('contactPhone')).toBe('+12025550123');
    expect([asked?.query.get('status'), asked?.query.has('from')]).toEqual(['booked', true]);
    expect(sent?.body).toEqual({ start: START });
    expect(sent?.headers['idempotency-key']).toBe(contextFor(url).toolCallId);
  });

  it.each([{}, { attestation: 'No-TN-Validation' }])(
    'tells no reference to a caller nobody vouches for, unless they have said it: %j',
    async (context) => {
      const silent = await move({}, context);
      expect(silent).toMatchObject({ status: 'ok', value: { appointment: START, start: START } });
      expect(JSON.stringify(silent)).not.toContain('K48215');
      expect(await move({ reference: 'k48215' }, context)).toMatchObject({ value: { reference: 'K48215' } });
    },
  );

  it('moves nothing that is at that time already', async () => {
    expect(await move({ start: MINE.start })).toMatchObject({ status: 'ok', value: { reference: 'K48215' } });
    expect(crm.seen.map(({ method }) => method)).toEqual(['GET']);
  });

  it('names other times when the time is taken, and what stays as it is', async () => {
    const alternatives = [slot('2027-03-04T13:00:00-05:00', '2027-03-04T14:00:00-05:00')];
    crm.on(`PATCH /v1/bookings/${MINE.id}`, problem(409, 'slot-taken', { alternatives }));
    expect(await move()).toEqual({
      status: 'refused',
      reason: 'slot-taken',
      detail:
        'That time has just been taken. Nothing was moved. Free instead: Thursday, March 4 at 1 PM with ' +
        'Maria Alvarez (start 2027-03-04T13:00:00-05:00). Offer these; move to one only after the caller ' +
        'agrees.',
    });
    crm.on(`PATCH /v1/bookings/${MINE.id}`, problem(409, 'booking-cancelled'));
    expect(await move()).toMatchObject({
      reason: 'booking-cancelled',
      detail: 'Detail of booking-cancelled.',
    });
  });

  it('takes only a start on the business’ own clock', async () => {
    expect(await move({ start: '2027-03-04T11:00:00Z' })).toMatchObject({ reason: 'unclear-time' });
    expect(crm.seen).toHaveLength(0);
  });

  it('fails as a value', async () => {
    crm.on('GET /v1/bookings', problem(403, 'scope-missing'));
    expect(await move()).toEqual({ status: 'failed', code: 'crm-scope-missing', retryable: false });
  });
});
