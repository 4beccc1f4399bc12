import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { findOwnBooking } from './own-booking.ts';
import { contextFor, ownBooking, ScriptedCrm } from './test/scripted-crm.ts';

const VOUCHED = { attestation: 'TN-Validation-Passed-A' };
const MINE = ownBooking('K48215', '2027-03-02T09:00:00-05:00');
const ALSO_MINE = ownBooking('M11111', '2027-03-09T09:00:00-05:00');
const JOSES = ownBooking('Q77777', '2027-03-02T09:00:00-05:00', 'José  Ibáñez-Ruiz');

describe('the appointment a caller means', () => {
  const crm = new ScriptedCrm();
  let url: string;
  beforeAll(async () => void (url = await crm.start()));
  afterAll(() => crm.stop());
  beforeEach(() => crm.forget());

  const bookings = (...answers: object[][]) =>
    crm.on('GET /v1/bookings', ...answers.map((items) => ({ status: 200, body: { items } })));
  type Said = Parameters<typeof findOwnBooking>[1];
  const find = (named: Said = {}, change: Parameters<typeof contextFor>[1] = VOUCHED) =>
    findOwnBooking(contextFor(url, change), named, 'Nothing was done.');
  const withheld = (named: Said = {}) => find(named, { callerNumber: 'anonymous' });

  it('is the only one of the number that calls, or the one of theirs with the reference', async () => {
    bookings([MINE]);
    expect(await find()).toMatchObject({ id: MINE.id });
    bookings([MINE, ALSO_MINE]);
    expect(await find({ reference: ' m 11-111' })).toMatchObject({ id: ALSO_MINE.id });
    expect(crm.seen.every(({ query }) => query.get('contactPhone') === '+12025550123')).toBe(true);
  });

  it('is asked for when there are several', async () => {
    bookings([MINE, ALSO_MINE]);
    expect(await find()).toEqual({
      status: 'refused',
      reason: 'which-appointment',
      detail:
        'The caller has several appointments. Nothing was done. Ask which one they mean, and call again ' +
        'with its reference: Plumbing visit, Tuesday, March 2 at 9 AM (reference K48215); Plumbing visit, ' +
        'Tuesday, March 9 at 9 AM (reference M11111).',
    });
  });

  it('is named by its start where nobody vouches for the number, unless booked in this call', async () => {
    const { callId } = contextFor(url);
    bookings([MINE, { ...ALSO_MINE, callId }]);
    expect(await find({}, {})).toMatchObject({
      reason: 'which-appointment',
      detail:
        'The caller has several appointments. Nothing was done. Ask which one they mean, and call again ' +
        `with its appointment or reference: Plumbing visit, Tuesday, March 2 at 9 AM (appointment ` +
        `${MINE.start}); Plumbing visit, Tuesday, March 9 at 9 AM (reference M11111).`,
    });
    expect(await find({ appointment: MINE.start }, {})).toMatchObject({ id: MINE.id });
    expect(await find({ reference: 'M11111' }, {})).toMatchObject({ id: ALSO_MINE.id });
    const wrong = await find({ appointment: '2027-03-03T09:00:00-05:00' }, {});
    expect(wrong).toMatchObject({ reason: 'which-appointment' });
    expect(JSON.stringify(wrong)).not.toContain(MINE.reference);
  });

  it.each([{}, { reference: 'Q77777' }, { name: 'Jose Ibanez Ruiz' }])(
    'of another number needs reference and name: %j is not enough',
    async (named) => {
      bookings([]);
      for (const answer of [await find(named), await withheld(named)])
        expect(answer).toMatchObject({ status: 'refused', reason: 'reference-needed' });
      expect(crm.seen.some(({ query }) => query.has('reference'))).toBe(false);
    },
  );

  it('of another number is found by its reference in its name, however the name is spelled', async () => {
    bookings([JOSES]);
    for (const name of ['Jose Ibanez Ruiz', ' JOSÉ  IBÁÑEZ-RUIZ ', 'José Ibáñez-Ruiz'])
      expect(await withheld({ reference: 'q77777', name })).toMatchObject({ id: JOSES.id });
    expect(crm.seen[0]?.query.get('reference')).toBe('q77777');
    expect(crm.seen[0]?.query.has('contactPhone')).toBe(false);
  });

  it('is none when the name is another, or the reference: which of them is not said', async () => {
    bookings([JOSES]);
    const otherName = await withheld({ reference: 'Q77777', name: 'Alex Morgan' });
    bookings([]);
    const otherReference = await withheld({ reference: 'Q77778', name: 'José Ibáñez-Ruiz' });
    expect(otherName).toMatchObject({ status: 'refused', reason: 'no-such-appointment' });
    expect(otherReference).toEqual(otherName);
    bookings([{ ...JOSES, name: null, contact: null }]);
    expect(await withheld({ reference: 'Q77777', name: 'null' })).toEqual(otherName);
  });
});
