import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { checkoutRoot } from '@tandem/stack';
import { RunningCrm, type Answer } from '../test/running-crm.ts';

const NO_ID = '0193b0f0-1111-4222-8333-444444444444';

/** A square of half a degree, north and east of a corner. */
const square = (west: number, south: number, side = 0.5) => ({
  type: 'Polygon',
  coordinates: [
    [
      [west, south],
      [west + side, south],
      [west + side, south + side],
      [west, south + side],
      [west, south],
    ],
  ],
});

describe('locations and zones over HTTP', () => {
  let crm: RunningCrm;
  let apiKey: string;

  beforeAll(async () => {
    crm = await RunningCrm.start();
  });
  afterAll(() => crm.stop());

  const ask = (
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> => crm.ask(method, path, { as: apiKey, body, headers });
  const outcome = ({ status, body }: Answer) => [status, body.code];
  const pathOf = (list: string, { body }: Answer) => `/v1/${list}/${String(body.id)}`;
  const add = (list: string, body: object): Promise<Answer> => ask('POST', `/v1/${list}`, body);
  const zone = (key: string, fields: object = {}) => add('zones', { key, name: `Zone ${key}`, ...fields });
  const find = async (query: string) => (await ask('GET', `/v1/zones/find?${query}`)).body;
  const keyOf = async (query: string) => ((await find(query)).zone as { key: string } | null)?.key ?? null;
  const newcomer = async (people = 0) => {
    ({ apiKey } = await crm.business(people));
  };
  const errors = async (path: string, body: object) =>
    ((await ask('POST', path, body)).body.errors as { field: string; message: string }[]).map(
      ({ field, message }) => `${field}: ${message}`,
    );

  it('describe their operations with examples that their own rules accept', async () => {
    await newcomer();
    const { paths } = (await crm.ask('GET', '/openapi.json')).body as {
      paths: Record<string, Record<string, { requestBody: { content: Record<string, object> } }>>;
    };
    for (const path of ['/v1/locations', '/v1/zones']) {
      const { examples } = paths[path]!['post']!.requestBody.content['application/json'] as {
        examples: { request: { value: object } };
      };
      const made = await ask('POST', path, examples.request.value);
      expect([path, made.status]).toEqual([path, 201]);
      expect(made.body).toMatchObject(examples.request.value);
    }
    expect(Object.keys(paths)).toEqual(expect.arrayContaining(['/v1/zones/find', '/v1/zones/{id}']));
  });

  it('are set up by the commands of docs/zones.md', async () => {
    await newcomer();
    await add('services', { key: 'heating', name: 'Heating', durationMinutes: 90, skills: ['gas-licence'] });
    const page = readFileSync(join(checkoutRoot, 'docs/zones.md'), 'utf8');
    const commands = /```\n(curl[^]*?)```/.exec(page)![1]!.split(/\n(?=curl)/);
    const answers = [];
    for (const command of commands) {
      const body = /-d '([^']*)'/.exec(command)?.[1];
      const method = /-X (\w+)/.exec(command)?.[1] ?? 'GET';
      answers.push(await ask(method, /\$CRM([^ "]+)/.exec(command)![1]!, body && JSON.parse(body)));
    }
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 200, 200, 201, 200]);
    const [, , byCode, byPoint] = answers;
    expect([byCode, byPoint].map((answer) => answer?.body)).toMatchObject([
      { zone: { key: 'north' }, match: { kind: 'prefix' }, location: { name: 'Riverside workshop' } },
      { zone: { key: 'north' }, match: { kind: 'area' }, location: { distanceKm: 0.6 } },
    ]);
  });

  it('are kept, changed under If-Match, listed by pages and deleted', async () => {
    await newcomer();
    const location = await add('locations', {
      name: 'Workshop',
      address: '12 Mill Lane',
      phone: '+1 202 555 0150',
      point: { lat: 42.65, lon: -73.75 },
    });
    expect(location.body).toMatchObject({ phone: '+12025550150', timeZone: null });
    for (const name of ['Annex', 'Barn']) await add('locations', { name });
    const first = await ask('GET', '/v1/locations?limit=2');
    const rest = await ask('GET', `/v1/locations?limit=2&cursor=${String(first.body.nextCursor)}`);
    const names = [first, rest].flatMap(({ body }) =>
      (body.items as { name: string }[]).map((it) => it.name),
    );
    expect(names).toEqual(['Annex', 'Barn', 'Workshop']);
    expect(rest.body.nextCursor).toBeNull();

    const north = await zone('north', { priority: 5, locationId: location.body.id, places: ['Albany'] });
    expect(north).toMatchObject({ status: 201, body: { area: null, postcodes: [], places: ['Albany'] } });
    for (const key of ['east', 'west']) await zone(key);
    const zones = await ask('GET', '/v1/zones?limit=2');
    const more = await ask('GET', `/v1/zones?limit=2&cursor=${String(zones.body.nextCursor)}`);
    const keys = [zones, more].flatMap(({ body }) => (body.items as { key: string }[]).map((it) => it.key));
    expect(keys).toEqual(['north', 'east', 'west']);

    for (const path of [pathOf('locations', location), pathOf('zones', north)]) {
      const tag = (await ask('GET', path)).headers.get('etag') ?? '';
      const changed = await ask('PATCH', path, { name: 'New' }, { 'if-match': tag });
      expect([changed.status, changed.body.name]).toEqual([200, 'New']);
      expect(changed.headers.get('etag')).not.toBe(tag);
      expect((await ask('GET', path)).headers.get('etag')).toBe(changed.headers.get('etag'));
      expect(outcome(await ask('PATCH', path, { name: 'Late' }, { 'if-match': tag }))).toEqual([
        412,
        'changed-meanwhile',
      ]);
      expect((await ask('GET', path)).body.name).toBe('New');
      expect((await ask('PATCH', path, {})).status).toBe(400);
    }
    const key = randomUUID();
    const again = () =>
      crm.ask('POST', '/v1/zones', { as: apiKey, key, body: { key: 'south', name: 'South' } });
    const [made, repeated] = [await again(), await again()];
    expect([made.status, repeated.body]).toEqual([201, made.body]);

    expect((await ask('DELETE', pathOf('locations', location))).status).toBe(204);
    expect((await ask('DELETE', pathOf('locations', location))).status).toBe(204);
    expect((await ask('GET', pathOf('zones', north))).body.locationId).toBeNull();
    expect(outcome(await ask('GET', pathOf('locations', location)))).toEqual([404, 'location-not-found']);
    expect(outcome(await ask('PATCH', `/v1/zones/${NO_ID}`, { name: 'x' }))).toEqual([404, 'zone-not-found']);
    expect(outcome(await zone('east'))).toEqual([409, 'zone-exists']);
    expect(outcome(await ask('PATCH', pathOf('zones', north), { key: 'east' }))).toEqual([
      409,
      'zone-exists',
    ]);
    expect(outcome(await zone('x', { locationId: NO_ID }))).toEqual([422, 'unknown-location']);
    expect((await ask('DELETE', pathOf('zones', north))).status).toBe(204);
    expect((await zone('north')).status).toBe(201);
  });

  it('take areas as GeoJSON, and send them back closed, to six decimals', async () => {
    await newcomer();
    const hole = [
      [0.1, 0.1],
      [0.2, 0.1],
      [0.1, 0.2],
    ];
    const [ring] = square(0, 0).coordinates;
    const made = await zone('a', {
      area: {
        type: 'FeatureCollection',
        features: [
          { type: 'Feature', properties: { any: 1 }, geometry: square(10.1234564, 50) },
          { type: 'Feature', geometry: { type: 'MultiPolygon', coordinates: [[ring, hole]] } },
        ],
      },
    });
    expect(made.body.area).toEqual({
      type: 'MultiPolygon',
      coordinates: [square(10.123456, 50).coordinates, [ring, [...hole, hole[0]]]],
    });
    expect((await ask('GET', pathOf('zones', made))).body).toEqual(made.body);
    expect([await keyOf('lat=0.05&lon=0.05'), await keyOf('lat=0.12&lon=0.12')]).toEqual(['a', null]);
    const path = pathOf('zones', made);
    expect((await ask('PATCH', path, { area: square(1, 1) })).body.area).toEqual(square(1, 1));
    expect((await ask('PATCH', path, { area: null })).body.area).toBeNull();
    expect(await keyOf('lat=1.1&lon=1.1')).toBeNull();
  });

  it('refuse what is no area, with the reason', async () => {
    await newcomer();
    const area = async (...coordinates: number[][][]) =>
      (await errors('/v1/zones', { key: 'a', name: 'A', area: { type: 'Polygon', coordinates } })).join('; ');
    const bow = [
      [0, 0],
      [1, 1],
      [1, 0],
      [0, 1],
    ];
    const ring = square(0, 0).coordinates[0]!;
    expect(await area(bow)).toContain('area: crosses or touches itself near longitude');
    expect(
      await area([
        [179, 0],
        [-179, 0],
        [-179, 1],
      ]),
    ).toContain('must not cross the 180th meridian');
    expect(
      await area([
        [0, 0],
        [90, 0],
        [91, 1],
      ]),
    ).toContain('must not be wider or higher than 90 degrees');
    expect(
      await area([
        [0, 0],
        [0, 0],
        [1, 1],
        [0, 0],
      ]),
    ).toContain('must have three points that differ');
    expect(await area(ring, square(5, 5).coordinates[0]!)).toContain('has a hole at longitude 5, latitude 5');
    expect(
      await area([
        [0, 91],
        [1, 1],
        [2, 0],
      ]),
    ).toContain('area.coordinates.0.0.1');
    const many = Array.from({ length: 1_001 }, (_, index) => [index / 100, index % 2]);
    expect(await area(many)).not.toBe('');
    const two = [many.slice(0, 600), many.slice(0, 600)];
    expect(await area(...two)).toContain('must have 1000 points at most, and has 1200');
    expect(await errors('/v1/zones', { key: 'a', name: 'A', area: { type: 'Point' } })).toHaveLength(1);
    expect(
      await errors('/v1/zones', {
        key: 'a',
        name: 'A',
        postcodes: [{ country: 'USA', codes: ['?'], ranges: [{ from: '2', to: '10' }] }],
        places: ['!'],
      }),
    ).toEqual([
      expect.stringContaining('postcodes.0.country'),
      expect.stringContaining('postcodes.0.codes.0'),
      expect.stringContaining('postcodes.0.ranges.0.to'),
      expect.stringContaining('places'),
    ]);
    expect(
      await errors('/v1/locations', { name: 'A', timeZone: '+02:00', point: { lat: 91, lon: 0 } }),
    ).toEqual([expect.stringContaining('timeZone'), expect.stringContaining('point.lat')]);
  });

  it('are found by postcode: by the code, its first part, a prefix or a range', async () => {
    await newcomer(1);
    await zone('uk', {
      priority: 20,
      postcodes: [{ country: 'uk', codes: ['sw1a', 'M1 1AE'], prefixes: ['EC'] }],
    });
    await zone('us', { priority: 30, postcodes: [{ country: 'US', ranges: [{ from: '122', to: '124' }] }] });
    await zone('de', {
      priority: 10,
      postcodes: [{ country: 'DE', ranges: [{ from: '12000', to: '12299' }] }],
    });
    const by = async (postcode: string, country = '') =>
      keyOf(`postcode=${encodeURIComponent(postcode)}${country && `&country=${country}`}`);
    expect(
      await Promise.all(
        ['SW1A 1AA', 'sw1a', 'SW1 1AA', 'm11ae', 'M1 1AF', 'EC1A1BB'].map((code) => by(code)),
      ),
    ).toEqual(['uk', 'uk', null, 'uk', null, 'uk']);
    expect(await Promise.all([by('12207', 'US'), by('12207'), by('12207', 'GB'), by('12', 'US')])).toEqual([
      'us',
      'de',
      null,
      null,
    ]);
    expect(await find('postcode=12207-1234&country=us')).toMatchObject({
      found: true,
      zone: { key: 'us', priority: 30 },
      match: { kind: 'range', country: 'US', matched: '122-124' },
      served: true,
      others: [],
      location: null,
      notFound: null,
    });
    expect((await find('postcode=12207')).others).toMatchObject([{ key: 'us' }]);
    expect(await find('postcode=99999')).toMatchObject({ found: false, notFound: { code: 'outside' } });
    expect(await find('place=Albany')).toMatchObject({
      found: false,
      served: false,
      zone: null,
      notFound: { code: 'no-zones', detail: 'No zone has places.' },
    });
  });

  it('are found by place and by point, the smallest priority first, with the nearest location', async () => {
    await newcomer();
    await add('locations', { name: 'Near', point: { lat: 10.4, lon: 10.4 } });
    const far = await add('locations', { name: 'Far', point: { lat: 11.4, lon: 11.4 } });
    await add('locations', { name: 'Nowhere' });
    await zone('region', { priority: 50, area: square(10, 10, 2), places: ['Sankt Pölten'] });
    await zone('core', { priority: 5, area: square(10, 10), locationId: far.body.id });
    expect(await find('lat=10.2&lon=10.2')).toMatchObject({
      zone: { key: 'core' },
      match: { kind: 'area' },
      served: false,
      others: [{ key: 'region' }],
      location: { name: 'Far', distanceKm: expect.any(Number) },
    });
    const elsewhere = await find('lat=11.9&lon=10.2');
    expect(elsewhere).toMatchObject({ zone: { key: 'region' }, location: { name: 'Far' } });
    expect(await find('lat=20&lon=10')).toMatchObject({
      found: false,
      notFound: { code: 'outside' },
      location: { name: 'Far', distanceKm: 967.9 },
    });
    expect(await find(`place=${encodeURIComponent('SANKT  POLTEN')}`)).toMatchObject({
      zone: { key: 'region' },
      match: { kind: 'place', matched: 'Sankt Pölten' },
      location: { name: 'Far', distanceKm: null },
    });
    expect([await keyOf('lat=10&lon=10'), await keyOf('lat=10.5&lon=10.25')]).toEqual(['core', 'core']);
    expect(await keyOf('lat=10.500001&lon=10.25')).toBe('region');
  });

  it.each(['', 'postcode=1&place=a', 'lat=1', 'lat=91&lon=0', 'lat=&lon=', 'country=US', 'postcode=%3F'])(
    'are not looked for by %j',
    async (query) => {
      await newcomer();
      expect((await ask('GET', `/v1/zones/find?${query}`)).status).toBe(400);
    },
  );

  it('are those of their business alone', async () => {
    await newcomer();
    const location = await add('locations', { name: 'Theirs' });
    const theirs = await zone('theirs', { area: square(0, 0), places: ['Albany'] });
    await newcomer();
    for (const path of [pathOf('locations', location), pathOf('zones', theirs)]) {
      expect((await ask('GET', path)).status).toBe(404);
      expect((await ask('PATCH', path, { name: 'Mine' })).status).toBe(404);
      expect((await ask('DELETE', path)).status).toBe(404);
    }
    expect((await ask('GET', '/v1/zones')).body.items).toEqual([]);
    expect((await ask('GET', '/v1/locations')).body.items).toEqual([]);
    expect([await keyOf('lat=0.1&lon=0.1'), await keyOf('place=Albany')]).toEqual([null, null]);
    expect(outcome(await zone('mine', { locationId: location.body.id }))).toEqual([422, 'unknown-location']);
    expect(outcome(await add('resources', { name: 'Max', zones: ['theirs'] }))).toEqual([
      422,
      'unknown-zone',
    ]);
    expect(outcome(await add('resources', { name: 'Max', locationId: location.body.id }))).toEqual([
      422,
      'unknown-location',
    ]);
    expect((await zone('theirs')).status).toBe(201);
  });
});
