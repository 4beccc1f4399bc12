import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RunningControl, type Operator } from '../test/running-control.ts';

const CONTENT = {
  name: 'Sarah',
  companyName: 'Spec',
  timeZone: 'America/New_York',
  instructions: 'Be brief.',
  model: { kind: 'guided' },
};

let control: RunningControl;
let own: Operator;
beforeAll(async () => {
  control = await RunningControl.start();
});
afterAll(() => control.stop());

const ask = (method: string, path: string, body?: object, as = own.apiKey) =>
  control.ask(method, path, as, body);
async function make(name: string): Promise<string> {
  const made = await ask('POST', '/v1/agents', { name });
  expect(made.status).toBe(201);
  return String(made.body['id']);
}
const names = async (query = '') =>
  ((await ask('GET', `/v1/agents${query}`)).body['items'] as { name: string }[]).map(({ name }) => name);

describe('an agent', () => {
  beforeAll(async () => {
    own = await control.operator();
  });

  it('is read, renamed, archived and restored', async () => {
    const id = await make('Front desk');
    const path = `/v1/agents/${id}`;
    expect((await ask('GET', path)).body).toMatchObject({
      id,
      name: 'Front desk',
      publishedVersion: null,
      archivedAt: null,
    });
    expect(await ask('PATCH', path, { name: ' Reception ' })).toMatchObject({
      status: 200,
      body: { id, name: 'Reception' },
    });
    expect((await ask('DELETE', path)).status).toBe(204);
    expect((await ask('DELETE', path)).status).toBe(204);
    expect((await ask('GET', path)).body).toMatchObject({
      name: 'Reception',
      archivedAt: expect.any(String),
    });
    expect(await names()).toEqual(['Sarah']);
    expect(await names('?archived=true')).toEqual(['Reception']);
    expect(await ask('POST', `${path}/versions`, CONTENT)).toMatchObject({
      status: 409,
      body: { code: 'agent-archived' },
    });
    expect(await ask('PATCH', `/v1/numbers/${own.numberId}`, { agentId: id })).toMatchObject({
      status: 422,
      body: { code: 'unknown-agent' },
    });
    expect(await ask('PATCH', path, { isArchived: false })).toMatchObject({
      status: 200,
      body: { archivedAt: null },
    });
    expect(await ask('POST', `${path}/versions`, CONTENT)).toMatchObject({ status: 201 });
  });

  it('keeps its name when a version with another persona is published', async () => {
    const id = await make('Night shift');
    await ask('POST', `/v1/agents/${id}/versions`, { ...CONTENT, name: 'Tom' });
    expect((await ask('GET', `/v1/agents/${id}`)).body).toMatchObject({
      name: 'Night shift',
      publishedVersion: 1,
    });
  });

  it('that answers a number cannot be archived', async () => {
    expect(await ask('DELETE', `/v1/agents/${own.agentId}`)).toMatchObject({
      status: 409,
      body: { code: 'agent-in-use' },
    });
    await ask('PATCH', `/v1/numbers/${own.numberId}`, { agentId: null });
    expect((await ask('DELETE', `/v1/agents/${own.agentId}`)).status).toBe(204);
    await ask('PATCH', `/v1/agents/${own.agentId}`, { isArchived: false });
    await ask('PATCH', `/v1/numbers/${own.numberId}`, { agentId: own.agentId });
  });

  it('cannot be archived while a number is assigned to it', async () => {
    for (let round = 0; round < 10; round += 1) {
      const id = await make(`Round ${round}`);
      const [archived, given] = await Promise.all([
        ask('DELETE', `/v1/agents/${id}`),
        ask('PATCH', `/v1/numbers/${own.numberId}`, { agentId: id }),
      ]);
      expect([archived.status, given.status].sort()).not.toEqual([200, 204]);
      await ask('PATCH', `/v1/numbers/${own.numberId}`, { agentId: own.agentId });
    }
  });

  it('has a unique name, whatever its case and spacing, also when many are made at once', async () => {
    const made = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        ask('POST', '/v1/agents', { name: index % 2 === 0 ? 'Emergency line' : 'emergency  LINE' }),
      ),
    );
    expect(made.map(({ status }) => status).sort()).toEqual([201, ...Array<number>(7).fill(409)]);
    const taken = made.find(({ status }) => status === 409);
    expect(taken?.body).toMatchObject({ code: 'agent-name-taken' });
    const other = await make('Other');
    expect(await ask('PATCH', `/v1/agents/${other}`, { name: 'EMERGENCY LINE' })).toMatchObject({
      status: 409,
      body: { code: 'agent-name-taken' },
    });
    expect(await ask('PATCH', `/v1/agents/${other}`, { name: 'OTHER' })).toMatchObject({
      status: 200,
      body: { name: 'OTHER' },
    });
    await ask('DELETE', `/v1/agents/${other}`);
    await make('Other');
    expect(await ask('PATCH', `/v1/agents/${other}`, { isArchived: false })).toMatchObject({
      status: 409,
      body: { code: 'agent-name-taken' },
    });
  });

  it('that does not exist is not found, and an empty change is refused', async () => {
    const path = `/v1/agents/${randomUUID()}`;
    for (const [method, body] of [['GET'], ['PATCH', { name: 'X' }], ['DELETE']] as const)
      expect((await ask(method, path, body)).body).toMatchObject({ code: 'agent-not-found' });
    expect((await ask('PATCH', path, {})).body).toMatchObject({ code: 'invalid-request' });
  });
});

describe('publishing', () => {
  it('is described with the fields of an agent', async () => {
    const { body } = await control.ask('GET', '/openapi.json');
    const { paths } = body as {
      paths: Record<
        string,
        {
          post: {
            requestBody: { content: Record<string, { schema: { properties: object; required: string[] } }> };
          };
        }
      >;
    };
    const { schema } = paths['/v1/agents/{id}/versions']!.post.requestBody.content['application/json']!;
    expect(Object.keys(schema.properties)).toEqual(
      expect.arrayContaining(['name', 'instructions', 'ladder', 'variants']),
    );
    expect(schema.required).toEqual(
      expect.arrayContaining(['name', 'companyName', 'timeZone', 'instructions', 'model']),
    );
  });
});

describe('content that is wrong in several ways', () => {
  beforeAll(async () => {
    own = await control.operator();
  });
  const refusal = async (change: object) => {
    const { status, body } = await ask('POST', `/v1/agents/${own.agentId}/versions`, {
      ...CONTENT,
      ...change,
    });
    return {
      status,
      code: body['code'],
      errors: Object.fromEntries(
        (body['errors'] as { field: string; message: string }[]).map(({ field, message }) => [
          field,
          message,
        ]),
      ),
    };
  };

  it('gets faults of shape, fields, tools, departments and variables in one response', async () => {
    const { status, code, errors } = await refusal({
      companyName: undefined,
      greting: 'Hello',
      greeting: 'Hello {{frist_name}}.',
      tools: ['end_call', 'make_coffee'],
      maxDurationMs: 1,
      idle: { afterMS: 5_000 },
      ladder: [{ kind: 'transfer', department: 'nowhere' }],
      rules: [{ when: { kind: 'after-ms', ms: 5_000 }, change: { tools: ['dance'] } }],
      variants: [{ key: 'a', weight: 1, tools: ['sing'] }],
    });
    expect([status, code]).toEqual([400, 'invalid-request']);
    expect(errors).toMatchObject({
      companyName: 'companyName is missing',
      greting: expect.stringMatching(/^greting: there is no such field; the fields are name, companyName, /),
      greeting: expect.stringContaining('there is no variable frist_name'),
      'tools.1': expect.stringMatching(/^tools\.1: there is no tool make_coffee; there are .*end_call/),
      maxDurationMs: 'maxDurationMs must be at least 10000',
      'idle.afterMS': expect.stringMatching(
        /^idle\.afterMS: there is no such field; the fields are afterMs, /,
      ),
      'ladder.0.department': expect.stringContaining('there is no department nowhere'),
      'rules.0.change.tools.0': expect.stringContaining('there is no tool dance'),
      'variants.0.tools.0': expect.stringContaining('there is no tool sing'),
    });
  });

  it('gets the same code for wrong tools or departments alone', async () => {
    expect(await refusal({ tools: ['make_coffee'] })).toMatchObject({
      status: 400,
      code: 'invalid-request',
      errors: { 'tools.0': expect.stringContaining('there is no tool make_coffee') },
    });
    await ask('PUT', '/v1/departments/sales', { name: 'Sales', address: '+12025550199' });
    expect(await refusal({ ladder: [{ kind: 'transfer', department: 'sale' }] })).toMatchObject({
      code: 'invalid-request',
      errors: { 'ladder.0.department': 'ladder.0.department: there is no department sale; there are sales' },
    });
  });
});
