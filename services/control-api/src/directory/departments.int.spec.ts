import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AgentDirectory } from '@tandem/database';
import { DEPARTMENT } from '../test/given.ts';
import { RunningControl } from '../test/running-control.ts';

let control: RunningControl;
beforeAll(async () => {
  control = await RunningControl.start();
});
afterAll(() => control.stop());

describe('departments', () => {
  it('are transfer targets from the next call on', async () => {
    const { apiKey, e164 } = await control.operator();
    await control.ask('PUT', '/v1/departments/sales', apiKey, DEPARTMENT);
    await control.ask('PUT', '/v1/departments/manager', apiKey, {
      name: 'the manager',
      address: 'sip:manager@example.com',
    });
    const directory = async () =>
      (await new AgentDirectory(control.dataSource).findByNumber(e164))?.agent?.directory;
    expect(await directory()).toEqual([
      {
        key: 'manager',
        name: 'the manager',
        address: 'sip:manager@example.com',
        mode: 'warm',
        ringMs: 25_000,
        hours: [],
      },
      { key: 'sales', ...DEPARTMENT, hours: [{ weekday: 1, opensMinute: 480, closesMinute: 1020 }] },
    ]);
    expect((await control.ask('GET', '/v1/departments', apiKey)).body).toMatchObject({
      items: [
        { key: 'manager', hours: [] },
        { key: 'sales', ...DEPARTMENT },
      ],
    });
    await control.ask('DELETE', '/v1/departments/sales', apiKey);
    expect(await directory()).toHaveLength(1);
  });

  it('are limited to what a call can hold', async () => {
    const { apiKey } = await control.operator();
    for (let index = 0; index < 50; index += 1)
      expect((await control.ask('PUT', `/v1/departments/d${index}`, apiKey, DEPARTMENT)).status).toBe(204);
    expect(await control.ask('PUT', '/v1/departments/one-more', apiKey, DEPARTMENT)).toMatchObject({
      status: 422,
      body: { code: 'too-many-departments' },
    });
    expect((await control.ask('PUT', '/v1/departments/d7', apiKey, DEPARTMENT)).status).toBe(204);
  });

  it('are refused when malformed', async () => {
    const { apiKey } = await control.operator();
    const bad: [string, string, unknown?][] = [
      ['PUT', '/v1/departments/sales', { ...DEPARTMENT, address: '5550123' }],
      [
        'PUT',
        '/v1/departments/sales',
        { ...DEPARTMENT, hours: [{ weekday: 1, opens: '10:00', closes: '10:00' }] },
      ],
      [
        'PUT',
        '/v1/departments/sales',
        { ...DEPARTMENT, hours: [{ weekday: 1, opens: '9:00', closes: '25:00' }] },
      ],
      [
        'PUT',
        '/v1/departments/sales',
        { ...DEPARTMENT, hours: [{ weekday: 1, opensMinute: 480, closesMinute: 1020 }] },
      ],
      ['PUT', '/v1/departments/sales', { ...DEPARTMENT, ringMs: 1 }],
    ];
    for (const [method, path, body] of bad) {
      const answer = await control.ask(method, path, apiKey, body);
      expect([method, path, answer.status]).toEqual([method, path, 400]);
    }
  });
});
