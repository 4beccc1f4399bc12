import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { contextFor, ownBooking, problem, ScriptedCrm } from '../test/scripted-crm.ts';
import { getCallerHistoryHandler } from './handler.ts';

const ID = '0193b0f0-0000-4000-8000-000000000009';
const MINE = ownBooking('K48215', '2027-03-02T09:00:00-05:00');
const VOUCHED = { attestation: 'TN-Validation-Passed-A' };
const PASSED = 'TN-Validation-Passed-A';
const by = (attestation: string | null, number = '+12025550123') => ({ number, attestation });
const at = '2027-02-26T15:00:00-05:00';
const history = [
  { kind: 'call', id: contextFor('').callId, at, outcome: null },
  { kind: 'call', id: ID, at, outcome: 'booked' },
  { kind: 'sms', id: ID, at, text: 'Not known here.' },
  { kind: 'lead', id: ID, at, summary: 'A new boiler.', stage: 'contacted' },
  { kind: 'lead', id: ID, at, summary: 'An old one.', stage: 'won' },
  { kind: 'staff-message', id: ID, at, body: 'Call me.', state: 'open' },
  { kind: 'staff-message', id: ID, at, body: 'Done.', state: 'done' },
  { kind: 'booking', id: ID, at, reference: 'K48215' },
];

describe('get_caller_history', () => {
  const crm = new ScriptedCrm();
  let url: string;
  beforeAll(async () => void (url = await crm.start()));
  afterAll(() => crm.stop());
  beforeEach(() => {
    crm.forget();
    crm.on('GET /v1/contacts', { status: 200, body: { items: [{ id: ID, name: 'Alex', notes: 'Rude.' }] } });
    crm.on('GET /v1/bookings', { status: 200, body: { items: [MINE] } });
    crm.on(`GET /v1/contacts/${ID}/history`, { status: 200, body: { items: history } });
  });

  const ask = (input: object = {}, context: Parameters<typeof contextFor>[1] = {}) =>
    getCallerHistoryHandler(input, contextFor(url, context));

  it('tells what is open of the number that calls, where the carrier vouches for it', async () => {
    expect(await ask({ phone: '+19995550100', contactId: 'x' }, VOUCHED)).toEqual({
      status: 'ok',
      value: {
        known: true,
        name: 'Alex',
        upcomingBookings: [
          {
            service: 'Plumbing visit',
            start: MINE.start,
            resource: 'Maria Alvarez',
            reference: 'K48215',
            spoken: 'Tuesday, March 2 at 9 AM',
          },
        ],
        calls: [{ spoken: 'Friday, February 26 at 3 PM', outcome: 'booked' }],
        openRequests: [{ spoken: 'Friday, February 26 at 3 PM', summary: 'A new boiler.' }],
        openMessages: [{ spoken: 'Friday, February 26 at 3 PM', message: 'Call me.' }],
      },
    });
    const numbers = crm.seen.flatMap(({ query }) => [query.get('phone'), query.get('contactPhone')]);
    expect(new Set(numbers.filter((number) => number !== null))).toEqual(new Set(['+12025550123']));
  });

  it.each([{}, { attestation: 'No-TN-Validation' }, { attestation: 'TN-Validation-Failed-C' }])(
    'tells nothing where nobody vouches for the number, but to one who knows a reference of it: %j',
    async (context) => {
      expect(await ask({}, context)).toMatchObject({ status: 'refused', reason: 'not-verified' });
      expect(crm.seen).toHaveLength(0);
      expect(await ask({ reference: 'K48215' }, context)).toMatchObject({ status: 'ok' });
      expect(crm.seen[0]?.query.get('contactPhone')).toBe('+12025550123');
      expect(crm.seen[0]?.query.get('reference')).toBe('K48215');
      crm.on('GET /v1/bookings', { status: 200, body: { items: [] } });
      expect(await ask({ reference: 'K99999' }, context)).toMatchObject({ reason: 'not-verified' });
    },
  );

  it.each<[string, object]>([
    ['it was booked in this call', { callId: contextFor('').callId, caller: by(PASSED) }],
    ['the call it was booked in is not on record yet', { callId: ID, caller: null }],
    ['nobody vouched for the caller who booked it', { callId: ID, caller: by('No-TN-Validation') }],
    ['nothing was found of the caller who booked it', { callId: ID, caller: by(null) }],
    ['its caller was not entitled to the number', { callId: ID, caller: by('TN-Validation-Failed-A') }],
    ['it was booked from another number', { callId: ID, caller: by(PASSED, '+12025550199') }],
    ['it was booked without a number', { callId: ID, caller: by(PASSED, 'anonymous') }],
  ])('does not take a reference for a proof when %s', async (_why, made) => {
    crm.on('GET /v1/bookings', { status: 200, body: { items: [{ ...MINE, ...made }] } });
    const outcome = await ask({ reference: 'K48215' });
    expect(outcome).toMatchObject({ status: 'refused', reason: 'not-verified' });
    expect(crm.seen.map(({ path }) => path)).toEqual(['/v1/bookings']);
    expect(JSON.stringify(outcome)).not.toMatch(/K48215|Alex/);
  });

  it('takes the reference of a vouched caller’s earlier booking for a proof, also an old one', async () => {
    const made = { ...MINE, callId: ID, caller: by(PASSED) };
    crm.on('GET /v1/bookings', { status: 200, body: { items: [made] } });
    expect(await ask({ reference: 'K48215' })).toMatchObject({ status: 'ok', value: { known: true } });
    expect(crm.seen[0]?.query.has('status')).toBe(false);
  });

  it('tells nothing to a caller without a number, whatever they know', async () => {
    expect(await ask({ reference: 'K48215' }, { ...VOUCHED, callerNumber: 'anonymous' })).toMatchObject({
      status: 'refused',
      reason: 'no-number',
    });
    expect(crm.seen).toHaveLength(0);
  });

  it('knows nothing of a new caller', async () => {
    crm.on('GET /v1/contacts', { status: 200, body: { items: [] } });
    expect(await ask({}, VOUCHED)).toEqual({ status: 'ok', value: { known: false } });
  });

  it('fails as a value', async () => {
    crm.on(`GET /v1/contacts/${ID}/history`, problem(403, 'scope-missing'));
    expect(await ask({}, VOUCHED)).toEqual({
      status: 'failed',
      code: 'crm-scope-missing',
      retryable: false,
    });
  });
});
