import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AgentDirectory } from '@tandem/database';
import { RunningControl } from '../test/running-control.ts';

let control: RunningControl;
beforeAll(async () => {
  control = await RunningControl.start();
});
afterAll(() => control.stop());

describe('the hosts that agents may find on the web', () => {
  it('are all until some are set, and those of the tenant alone', async () => {
    const own = await control.operator();
    const other = await control.operator();
    const ask = (method: string, as: string, body?: object) =>
      control.ask(method, '/v1/web-search', as, body);
    expect((await ask('GET', own.apiKey)).body).toEqual({ allowed: [], denied: [] });
    const put = await ask('PUT', own.apiKey, {
      allowed: ['Example.com', 'example.com'],
      denied: ['old.example.com'],
    });
    expect([put.status, put.body]).toEqual([200, { allowed: ['example.com'], denied: ['old.example.com'] }]);
    expect((await ask('GET', own.apiKey)).body).toEqual(put.body);
    expect((await ask('GET', other.apiKey)).body).toEqual({ allowed: [], denied: [] });
    const found = await new AgentDirectory(control.dataSource).findByNumber(own.e164);
    expect(found?.agent?.webSearch).toEqual(put.body);
    expect((await ask('PUT', own.apiKey, {})).body).toEqual({ allowed: [], denied: [] });
  });

  it.each([
    [{ allowed: ['https://example.com'] }],
    [{ allowed: ['example.com/page'] }],
    [{ denied: ['localhost'] }],
    [{ denied: ['*.example.com'] }],
    [{ allowed: Array.from({ length: 101 }, (_, index) => `h${index}.example.com`) }],
    [{ hosts: [] }],
  ])('are refused where they are none: %j', async (body) => {
    const { apiKey } = await control.operator();
    const { status } = await control.ask('PUT', '/v1/web-search', apiKey, body);
    expect(status).toBe(400);
  });
});
