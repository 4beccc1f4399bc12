import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { nineOclock, RunningCrm, type Answer } from '../test/running-crm.ts';

const HEATING = { key: 'heating', name: 'Heating visit', durationMinutes: 90 };
/** An operation of the OpenAPI document. */
interface Operation {
  readonly parameters?: readonly { readonly name: string }[];
  readonly requestBody?: object;
  readonly responses: Readonly<Record<string, object>>;
}

const NO_ID = '0193b0f0-1111-4222-8333-444444444444';

describe('the catalogue of a business', () => {
  let crm: RunningCrm;
  let apiKey: string;

  beforeAll(async () => {
    crm = await RunningCrm.start();
  });
  afterAll(() => crm.stop());

  const ask = (method: string, path: string, body?: unknown): Promise<Answer> =>
    crm.ask(method, path, { as: apiKey, body });
  const outcome = ({ status, body }: Answer) => [status, body.code];
  const pathOf = (list: string, { body }: Answer) => `/v1/${list}/${String(body.id)}`;
  const items = async (path: string) =>
    ((await ask('GET', path)).body.items as { key: string; name: string }[]).map(
      ({ key, name }) => key ?? name,
    );
  const newcomer = async () => {
    ({ apiKey } = await crm.business(0));
  };

  it('describes its operations with examples that its own rules accept', async () => {
    await newcomer();
    const document = (await crm.ask('GET', '/openapi.json')).body as {
      paths: Record<string, Record<string, Operation>>;
    };
    const example = (path: string, method: string) =>
      (
        document.paths[path]![method] as {
          requestBody: {
            content: { 'application/json': { schema: object; examples: { request: { value: object } } } };
          };
        }
      ).requestBody.content['application/json'];
    expect(example('/v1/services', 'post').schema).toMatchObject({ type: 'object' });
    const service = await ask('POST', '/v1/services', example('/v1/services', 'post').examples.request.value);
    expect(service.status).toBe(201);
    const made = await ask('POST', '/v1/resources', example('/v1/resources', 'post').examples.request.value);
    expect(made.status).toBe(201);
    const leave = example('/v1/resources/{id}/leave', 'post').examples.request.value;
    expect((await ask('POST', `${pathOf('resources', made)}/leave`, leave)).status).toBe(201);
    const availability = document.paths['/v1/availability']!['get']!;
    expect(availability.parameters!.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['service', 'date', 'days', 'to', 'partOfDay', 'resource']),
    );
    const answer = availability.responses['200'] as {
      content: { 'application/json': { example: object } };
    };
    expect(answer.content['application/json'].example).toMatchObject({ timeZone: 'America/New_York' });
  });

  it('is set up from nothing to the first booking by API alone', async () => {
    await newcomer();
    const service = await ask('POST', '/v1/services', {
      ...HEATING,
      bufferAfterMinutes: 15,
      priceText: 'a hundred dollars',
      skills: ['gas-licence', 'gas-licence'],
    });
    expect(service).toMatchObject({
      status: 201,
      body: {
        ...HEATING,
        bufferBeforeMinutes: 0,
        bufferAfterMinutes: 15,
        noticeMinutes: 0,
        priceText: 'a hundred dollars',
        skills: ['gas-licence'],
      },
    });
    expect((await ask('GET', pathOf('services', service))).body).toEqual(service.body);
    const hours = [
      { weekday: 2, opens: '00:00', closes: '04:00' },
      ...[1, 2, 3, 4, 5, 6, 7].map((weekday) => ({ weekday, opens: '08:00', closes: '16:00' })),
      { weekday: 1, opens: '20:00', closes: '24:00' },
    ];
    const resource = await ask('POST', '/v1/resources', {
      name: 'Maria',
      skills: ['gas-licence'],
      services: ['heating'],
      hours,
    });
    expect(resource).toMatchObject({ status: 201, body: { kind: 'person', services: ['heating'] } });
    expect(resource.body.hours).toHaveLength(hours.length);
    expect((await ask('GET', pathOf('resources', resource))).body).toEqual(resource.body);
    const booked = await ask('POST', '/v1/bookings', { service: 'heating', start: nineOclock(3) });
    expect(booked).toMatchObject({ status: 201, body: { resource: { name: 'Maria' } } });
  });

  it('has one service for a key, and frees the key of one that is deleted', async () => {
    await newcomer();
    await ask(
      'DELETE',
      `/v1/services/${((await ask('GET', '/v1/services')).body.items as { id: string }[])[0]!.id}`,
    );
    const first = await ask('POST', '/v1/services', HEATING);
    expect(outcome(await ask('POST', '/v1/services', HEATING))).toEqual([409, 'service-exists']);
    const other = await ask('POST', '/v1/services', { ...HEATING, key: 'boiler' });
    expect(outcome(await ask('PATCH', pathOf('services', other), { key: 'heating' }))).toEqual([
      409,
      'service-exists',
    ]);
    expect(
      (await ask('PATCH', pathOf('services', other), { key: 'boiler', name: 'Boiler' })).body,
    ).toMatchObject({
      key: 'boiler',
      name: 'Boiler',
      durationMinutes: 90,
    });
    expect((await ask('DELETE', pathOf('services', first))).status).toBe(204);
    expect((await ask('DELETE', pathOf('services', first))).status).toBe(204);
    expect(outcome(await ask('GET', pathOf('services', first)))).toEqual([404, 'service-not-found']);
    expect(outcome(await ask('PATCH', pathOf('services', first), { name: 'x' }))).toEqual([
      404,
      'service-not-found',
    ]);
    const again = await ask('POST', '/v1/services', HEATING);
    expect([again.status, again.body.id === first.body.id]).toEqual([201, false]);
    expect(await items('/v1/services')).toEqual(['boiler', 'heating']);
  });

  it('creates a service once when two ask for the same key at the same moment', async () => {
    await newcomer();
    const answers = await Promise.all(Array.from({ length: 8 }, () => ask('POST', '/v1/services', HEATING)));
    expect(answers.map(({ status }) => status).sort()).toEqual([
      201,
      ...Array.from({ length: 7 }, () => 409),
    ]);
  });

  it('lists services by key and resources by name, page by page', async () => {
    await newcomer();
    for (const key of ['c', 'a', 'd', 'b']) await ask('POST', '/v1/services', { ...HEATING, key });
    for (const name of ['Zoe', 'Ann', 'Ann', 'Max']) await ask('POST', '/v1/resources', { name });
    const pages = async (list: string) => {
      const seen: string[] = [];
      let cursor = '';
      do {
        const { body } = await ask('GET', `/v1/${list}?limit=2${cursor && `&cursor=${cursor}`}`);
        seen.push(...(body.items as { key?: string; name: string }[]).map(({ key, name }) => key ?? name));
        cursor = (body.nextCursor as string | null) ?? '';
      } while (cursor);
      return seen;
    };
    expect(await pages('services')).toEqual(['a', 'b', 'c', 'd', 'plumbing']);
    expect(await pages('resources')).toEqual(['Ann', 'Ann', 'Max', 'Zoe']);
    expect((await ask('GET', '/v1/services?cursor=zzzz')).status).toBe(400);
  });

  it('refuses services a resource does not know or lacks skills for, and names them', async () => {
    await newcomer();
    await ask('POST', '/v1/services', { ...HEATING, skills: ['gas-licence', 'ladder'] });
    const unknown = await ask('POST', '/v1/resources', { name: 'Max', services: ['gardening'] });
    expect([...outcome(unknown), unknown.body.services]).toEqual([
      422,
      'unknown-service',
      ['heating', 'plumbing'],
    ]);
    const unable = await ask('POST', '/v1/resources', {
      name: 'Max',
      services: ['heating'],
      skills: ['ladder'],
    });
    expect([...outcome(unable), unable.body.missing]).toEqual([
      422,
      'missing-skills',
      [{ service: 'heating', skills: ['gas-licence'] }],
    ]);
    const able = await ask('POST', '/v1/resources', {
      name: 'Max',
      services: ['heating', 'plumbing'],
      skills: ['gas-licence', 'ladder'],
    });
    const path = pathOf('resources', able);
    expect(outcome(await ask('PATCH', path, { skills: [] }))).toEqual([422, 'missing-skills']);
    expect(await ask('PATCH', path, { skills: [], services: ['plumbing'] })).toMatchObject({
      status: 200,
      body: { skills: [], services: ['plumbing'], name: 'Max' },
    });
    expect(outcome(await ask('PATCH', path, { services: ['heating'] }))).toEqual([422, 'missing-skills']);
    expect(outcome(await ask('PATCH', `/v1/resources/${NO_ID}`, { name: 'x' }))).toEqual([
      404,
      'resource-not-found',
    ]);
  });

  it('refuses fields out of bounds, each by name', async () => {
    await newcomer();
    const fields = async (path: string, body: object) =>
      ((await ask('POST', path, body)).body.errors as { field: string }[]).map(({ field }) => field);
    expect(
      await fields('/v1/services', {
        key: 'Heating!',
        name: ' ',
        durationMinutes: 4,
        bufferBeforeMinutes: 241,
        bufferAfterMinutes: -1,
        priceText: 'x'.repeat(201),
        skills: ['Gas'],
      }),
    ).toEqual([
      'key',
      'name',
      'durationMinutes',
      'bufferBeforeMinutes',
      'bufferAfterMinutes',
      'priceText',
      'skills.0',
    ]);
    const overlapping = [
      { weekday: 1, opens: '08:00', closes: '12:00' },
      { weekday: 1, opens: '11:00', closes: '13:00' },
    ];
    expect(await fields('/v1/resources', { name: 'Max', kind: 'boat', hours: overlapping })).toEqual([
      'kind',
      'hours',
    ]);
    const malformed = { start: '2027-02-30T08:00', end: '2027-03-01', reason: '' };
    expect(await fields(`/v1/resources/${NO_ID}/leave`, malformed)).toEqual(['start', 'end', 'reason']);
    const backwards = { start: '2027-03-02T08:00', end: '2027-03-02T08:00', reason: 'Training' };
    expect(await fields(`/v1/resources/${NO_ID}/leave`, backwards)).toEqual(['end']);
    expect((await ask('PATCH', `/v1/services/${NO_ID}`, {})).status).toBe(400);
  });
});
