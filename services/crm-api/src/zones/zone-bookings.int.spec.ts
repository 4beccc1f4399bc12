import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { nineOclock, RunningCrm, type Answer } from '../test/running-crm.ts';

const START = nineOclock(3);
const DAY = START.slice(0, 10);
const HOURS = [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({ weekday, opens: '00:00', closes: '24:00' }));

describe('appointments by zone', () => {
  let crm: RunningCrm;
  let apiKey: string;

  beforeAll(async () => {
    crm = await RunningCrm.start();
  });
  afterAll(() => crm.stop());

  const ask = (method: string, path: string, body?: unknown): Promise<Answer> =>
    crm.ask(method, path, { as: apiKey, body });
  const outcome = ({ status, body }: Answer) => [status, body.code];
  const add = async (list: string, body: object) => {
    const made = await ask('POST', `/v1/${list}`, body);
    expect(made.status).toBe(201);
    return `/v1/${list}/${String(made.body.id)}`;
  };
  const person = (name: string, zones: string[]) =>
    add('resources', { name, services: ['plumbing'], hours: HOURS, zones });
  const free = async (query = '') =>
    (await ask('GET', `/v1/availability?service=plumbing&date=${DAY}${query}`)).body;
  const peopleOf = (body: Answer['body']) => [
    ...new Set((body.slots as { resource: { name: string } }[]).map(({ resource }) => resource.name)),
  ];
  const book = (zone?: string, start = START) =>
    ask('POST', '/v1/bookings', { service: 'plumbing', start, ...(zone ? { zone } : {}) });

  /** North has Nora, south Sam; east has nobody. */
  async function business(): Promise<{ zones: string[]; nora: string }> {
    ({ apiKey } = await crm.business(0));
    const zones = [];
    for (const key of ['north', 'south', 'east']) zones.push(await add('zones', { key, name: key }));
    const nora = await person('Nora', ['north']);
    await person('Sam', ['south']);
    return { zones, nora };
  }

  it('are those of the resources that go there, and of those that go everywhere', async () => {
    const { nora } = await business();
    expect((await ask('GET', nora)).body.zones).toEqual(['north']);
    expect(peopleOf(await free('&zone=north'))).toEqual(['Nora']);
    expect(peopleOf(await free('&zone=south'))).toEqual(['Sam']);
    expect(await free('&zone=east')).toMatchObject({
      slots: [],
      unavailable: { code: 'zone-not-served', nextDate: null },
    });
    const unknown = await ask('GET', `/v1/availability?service=plumbing&date=${DAY}&zone=moon`);
    expect([...outcome(unknown), unknown.body.zones]).toEqual([
      404,
      'unknown-zone',
      ['east', 'north', 'south'],
    ]);
    await person('Everywhere', []);
    expect(peopleOf(await free('&zone=east'))).toEqual(['Everywhere']);
    await ask('PATCH', nora, { zones: ['east', 'north'] });
    expect((await ask('GET', nora)).body.zones).toEqual(['east', 'north']);
    expect((await ask('PATCH', nora, { name: 'Nora B' })).body.zones).toEqual(['east', 'north']);
    expect(outcome(await ask('PATCH', nora, { zones: ['moon'] }))).toEqual([422, 'unknown-zone']);
  });

  it('are booked and moved with a resource that goes there, never with another', async () => {
    await business();
    const booked = await book('north');
    expect(booked).toMatchObject({
      status: 201,
      body: { resource: { name: 'Nora' }, zone: { key: 'north', name: 'north' } },
    });
    const taken = await book('north');
    expect(outcome(taken)).toEqual([409, 'slot-taken']);
    expect(peopleOf({ slots: taken.body.alternatives })).toEqual(['Nora']);
    expect(outcome(await book('east'))).toEqual([422, 'zone-not-served']);
    expect(outcome(await book('moon'))).toEqual([422, 'unknown-zone']);
    const south = await book('south');
    expect(south.body.resource).toMatchObject({ name: 'Sam' });
    const later = nineOclock(4);
    expect((await book('south', later)).status).toBe(201);
    const move = (answer: Answer, start: string) =>
      ask('PATCH', `/v1/bookings/${String(answer.body.id)}`, { start });
    expect(outcome(await move(south, later))).toEqual([409, 'slot-taken']);
    expect((await move(booked, later)).body).toMatchObject({
      resource: { name: 'Nora' },
      zone: { key: 'north' },
    });
    expect((await book(undefined)).body).toMatchObject({ resource: { name: 'Nora' }, zone: null });
  });

  it('do not spread to everywhere: a zone with resources is not deleted', async () => {
    const { zones, nora } = await business();
    const [north = '', , east = ''] = zones;
    const booked = await book('north');
    const refused = await ask('DELETE', north);
    expect([...outcome(refused), refused.body.resources]).toEqual([
      409,
      'zone-in-use',
      [{ id: nora.split('/').at(-1), name: 'Nora' }],
    ]);
    expect((await ask('DELETE', east)).status).toBe(204);
    await ask('PATCH', nora, { zones: ['south'] });
    expect((await ask('DELETE', north)).status).toBe(204);
    const path = `/v1/bookings/${String(booked.body.id)}`;
    expect((await ask('GET', path)).body).toMatchObject({ zone: { key: 'north' } });
    expect((await ask('PATCH', path, { start: nineOclock(5) })).status).toBe(200);
  });

  it('are given out of a location by none that was deleted', async () => {
    await business();
    const location = await add('locations', { name: 'Workshop' });
    const id = location.split('/').at(-1);
    const resource = await add('resources', { name: 'Lea', kind: 'vehicle', locationId: id });
    expect((await ask('GET', resource)).body.locationId).toBe(id);
    expect((await ask('DELETE', location)).status).toBe(204);
    expect((await ask('GET', resource)).body.locationId).toBeNull();
    expect(outcome(await ask('PATCH', resource, { locationId: id }))).toEqual([422, 'unknown-location']);
  });

  it('keep a zone that is deleted and given to a resource at the same time whole', async () => {
    for (let round = 0; round < 5; round++) {
      const { zones, nora } = await business();
      const [, , east = ''] = zones;
      const [deleted, listed] = await Promise.all([
        ask('DELETE', east),
        ask('PATCH', nora, { zones: ['east'] }),
      ]);
      expect([
        [204, 422],
        [409, 200],
      ]).toContainEqual([deleted.status, listed.status]);
    }
  });
});
