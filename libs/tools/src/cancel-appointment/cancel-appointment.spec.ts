import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { describeOutcome } from '@tandem/contracts';
import { contextFor, ownBooking, problem, ScriptedCrm } from '../test/scripted-crm.ts';
import { cancelAppointment } from './declaration.ts';
import { cancelAppointmentHandler } from './handler.ts';

const VOUCHED = { attestation: 'TN-Validation-Passed-A' };
const MINE = ownBooking('K48215', '2027-03-02T09:00:00-05:00');
const ROUTE = `DELETE /v1/bookings/${MINE.id}`;

describe('cancel_appointment', () => {
  const crm = new ScriptedCrm();
  let url: string;
  beforeAll(async () => void (url = await crm.start()));
  afterAll(() => crm.stop());
  beforeEach(() => {
    crm.forget();
    crm.on('GET /v1/bookings', { status: 200, body: { items: [MINE] } });
    crm.on(ROUTE, { status: 200, body: MINE });
  });

  const cancel = (input: object, context: Parameters<typeof contextFor>[1] = VOUCHED) =>
    cancelAppointmentHandler(input, contextFor(url, context));

  it.each([{}, { confirmed: false }, { confirmed: null }])(
    'cancels nothing until the caller has confirmed: %j',
    async (input) => {
      expect(await cancel(input)).toEqual({
        status: 'refused',
        reason: 'not-confirmed',
        detail:
          'Nothing was cancelled. The appointment is: Plumbing visit, Tuesday, March 2 at 9 AM (reference ' +
          'K48215). Repeat it to the caller and ask whether to cancel it. After a clear yes call again ' +
          'with this reference and confirmed true.',
        confirms: { reference: 'K48215', confirmed: true },
      });
      expect(crm.seen.map(({ method }) => method)).toEqual(['GET']);
    },
  );

  it('names an appointment by its start to a caller nobody vouches for, and cancels it by that', async () => {
    const named = { appointment: MINE.start, confirmed: true };
    const asked = await cancel({}, {});
    expect(asked).toMatchObject({ reason: 'not-confirmed', confirms: named });
    const done = await cancel(named, {});
    expect(done).toMatchObject({ status: 'ok', value: { appointment: MINE.start } });
    expect(JSON.stringify([asked, done])).not.toContain('K48215');
  });

  it('takes no other word for a confirmation', async () => {
    for (const confirmed of ['true', 1, 'yes'])
      expect(await cancel({ confirmed })).toMatchObject({ status: 'refused', reason: 'bad-arguments' });
    expect(crm.seen).toHaveLength(0);
  });

  it('cancels what the caller has confirmed, under the tool call’s id', async () => {
    expect(await cancel({ reference: 'K48215', confirmed: true })).toEqual({
      status: 'ok',
      value: { reference: 'K48215', cancelled: 'Plumbing visit, Tuesday, March 2 at 9 AM' },
    });
    expect(crm.seen[1]).toMatchObject({ method: 'DELETE', body: undefined });
    expect(crm.seen[1]?.headers['idempotency-key']).toBe(contextFor(url).toolCallId);
  });

  it('cancels nothing of anybody else, whatever the model says', async () => {
    crm.on('GET /v1/bookings', { status: 200, body: { items: [] } });
    expect(await cancel({ reference: 'K48215', confirmed: true })).toMatchObject({
      reason: 'reference-needed',
    });
    expect(crm.seen.map(({ method }) => method)).toEqual(['GET']);
  });

  it('never lets the model say cancelled or not cancelled when it is not known', async () => {
    crm.on(ROUTE, problem(403, 'scope-missing'));
    const unknown = await cancel({ confirmed: true });
    expect(unknown).toEqual({ status: 'failed', code: 'crm-scope-missing', retryable: false });
    expect(describeOutcome(unknown, cancelAppointment)).toContain(
      'Do not say that it is, nor that it is not.',
    );
  });
});
