import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { contextFor, problem, ScriptedCrm } from '../test/scripted-crm.ts';
import { findZoneHandler } from './handler.ts';

const NORTH = { id: '1', key: 'north', name: 'North side', priority: 10, locationId: null };
const WORKSHOP = { id: '2', name: 'Workshop', address: '12 Mill Lane', phone: null, timeZone: null };
const answer = (change: object = {}) => ({
  status: 200,
  body: {
    found: true,
    zone: NORTH,
    match: { kind: 'code', country: 'US', matched: '12207' },
    served: true,
    others: [],
    location: { ...WORKSHOP, point: null, distanceKm: null },
    notFound: null,
    ...change,
  },
});
const missed = (code: string) =>
  answer({ zone: null, match: null, served: false, location: null, notFound: { code, detail: '' } });

describe('find_zone', () => {
  const crm = new ScriptedCrm();
  let url: string;
  beforeAll(async () => void (url = await crm.start()));
  afterAll(() => crm.stop());
  beforeEach(() => crm.forget());

  const find = (input: object) => findZoneHandler(input, contextFor(url));
  const asked = () => crm.seen.map(({ query }) => query.toString());

  it('gives the zone to book in, the postcode to read back, and the location', async () => {
    crm.on('GET /v1/zones/find', answer());
    expect(await find({ postcode: ' 12207-1234', country: 'us', place: '' })).toEqual({
      status: 'ok',
      value: {
        served: true,
        zone: 'north',
        name: 'North side',
        spoken: '1 2 2 0 7, 1 2 3 4',
        location: { name: 'Workshop', address: '12 Mill Lane' },
      },
    });
    expect(asked()).toEqual(['postcode=12207-1234&country=US']);
  });

  it('gives no zone to book in where nobody goes', async () => {
    crm.on('GET /v1/zones/find', answer({ served: false, location: null }));
    const outcome = await find({ postcode: '12207' });
    expect(outcome).toMatchObject({ status: 'ok', value: { served: false, name: 'North side' } });
    expect(outcome).not.toHaveProperty('value.zone');
  });

  it('says that a postcode lies outside, without asking for the place', async () => {
    crm.on('GET /v1/zones/find', missed('outside'));
    expect(await find({ postcode: '99999', place: 'Albany' })).toEqual({
      status: 'ok',
      value: {
        served: false,
        spoken: '9 9 9 9 9',
        explanation: expect.stringContaining('outside'),
      },
    });
    expect(asked()).toEqual(['postcode=99999']);
  });

  it('looks for the place where zones have no postcodes', async () => {
    crm.on('GET /v1/zones/find', missed('no-zones'), answer({ location: null }));
    expect(await find({ postcode: '12207', place: 'Albany' })).toMatchObject({ value: { zone: 'north' } });
    expect(asked()).toEqual(['postcode=12207', 'place=Albany']);
  });

  it('says neither yes nor no to a place that is not on record, or where no zone is', async () => {
    crm.on('GET /v1/zones/find', missed('outside'));
    expect(await find({ place: 'Nowhere' })).toEqual({
      status: 'ok',
      value: { explanation: expect.stringContaining('Ask for the postcode') },
    });
    crm.on('GET /v1/zones/find', missed('no-zones'));
    const outcome = await find({ postcode: '12207' });
    expect(outcome).toMatchObject({ value: { explanation: expect.stringContaining('do not promise') } });
    expect(outcome).not.toHaveProperty('value.served');
  });

  it.each([{}, { postcode: '', place: null }, { postcode: ' ', country: 'US', place: '\u200b' }])(
    'asks for a postcode when none was given: %j',
    async (input) => {
      expect(await find(input)).toMatchObject({ status: 'refused', reason: 'nowhere-named' });
      expect(crm.seen).toHaveLength(0);
    },
  );

  it.each([
    { postcode: 'the one by the river' },
    { postcode: '1; DROP TABLE zones' },
    { postcode: '12345678901' },
    { postcode: '12207', country: 'United States' },
    { place: '???' },
    { place: 'x'.repeat(81) },
  ])('refuses arguments that make no sense, without asking anyone: %j', async (input) => {
    expect(await find(input)).toMatchObject({ status: 'refused', reason: 'bad-arguments' });
    expect(crm.seen).toHaveLength(0);
  });

  it('fails where crm-api does', async () => {
    crm.on('GET /v1/zones/find', problem(403, 'scope-missing'));
    expect(await find({ postcode: '12207' })).toMatchObject({ status: 'failed', code: 'crm-scope-missing' });
  });
});
