import { afterEach, describe, expect, it } from '@jest/globals';
import { HangingLine, testRedisUrl } from '@tandem/stack';
import { RunningControl } from './test/running-control.ts';

/** What probes commonly wait. */
const PROBE_MS = 1_000;

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

describe('readiness of control-api', () => {
  it('stays while Redis hangs, because most of what is read comes from PostgreSQL, and tells of it', async () => {
    const line = await HangingLine.to(await testRedisUrl());
    const control = await RunningControl.start({ REDIS_URL: line.url });
    ends.push(() => control.stop(), () => line.close());
    const { apiKey } = await control.operator();
    expect((await control.ask('GET', '/readyz')).status).toBe(200);
    line.hang(true);
    const response = await fetch(`${control.url}/readyz`, { signal: AbortSignal.timeout(PROBE_MS) });
    expect([response.status, await response.json()]).toEqual([200, expect.objectContaining({ checks: expect.objectContaining({ redis: expect.objectContaining({ status: 'down' }), database: { status: 'up' } }) })]);
    expect((await control.ask('GET', '/v1/calls', apiKey)).status).toBe(200);
  }, 20_000);
});
