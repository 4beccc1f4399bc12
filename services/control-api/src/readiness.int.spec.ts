import { afterEach, describe, expect, it } from '@jest/globals';
import { HangingLine, testRedisUrl } from '@tandem/stack';
import { RunningControl } from './test/running-control.ts';

/** A common timeout of probes. */
const PROBE_MS = 1_000;

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

describe('readiness of control-api', () => {
  it('stays while Redis hangs, because most reads need PostgreSQL, and reports Redis', async () => {
    const line = await HangingLine.to(await testRedisUrl());
    const control = await RunningControl.start({ REDIS_URL: line.url });
    ends.push(
      () => control.stop(),
      () => line.close(),
    );
    const { apiKey } = await control.operator();
    expect((await control.ask('GET', '/readyz')).status).toBe(200);
    line.hang(true);
    for (let redis = 'up', tries = 0; redis === 'up'; tries += 1) {
      const response = await fetch(`${control.url}/readyz`, { signal: AbortSignal.timeout(PROBE_MS) });
      const { checks } = (await response.json()) as { checks: Record<string, { status: string }> };
      // PostgreSQL alone decides; on a busy machine its own check may be late.
      expect([response.status, tries < 200]).toEqual([checks['database']?.status === 'up' ? 200 : 503, true]);
      redis = response.status === 200 ? (checks['redis']?.status ?? '') : 'up';
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect((await control.ask('GET', '/v1/calls', apiKey)).status).toBe(200);
  }, 20_000);
});
