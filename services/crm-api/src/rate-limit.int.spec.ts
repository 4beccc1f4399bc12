import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TenantId } from '@tandem/contracts';
import { RunningCrm, serviceToken } from './test/running-crm.ts';

const LIMIT = { settings: { API_REQUESTS_PER_MINUTE: '5' } };

describe('the limit of an API key', () => {
  let crm: RunningCrm;
  let tenantId: TenantId;
  beforeAll(async () => {
    crm = await RunningCrm.start(LIMIT);
    ({ tenantId } = await crm.business());
  });
  afterAll(() => crm.stop());

  const list = (as: string) => crm.ask('GET', '/v1/contacts', { as });

  it('is told in every response, also in refusals', async () => {
    const key = await crm.apiKey(tenantId, ['crm:read']);
    const first = await list(key);
    const refused = await crm.ask('POST', '/v1/contacts', { as: key, body: { phone: '+12025550123' } });
    expect([first.status, refused.status]).toEqual([200, 403]);
    for (const [{ headers }, left] of [
      [first, 4],
      [refused, 3],
    ] as const) {
      expect(headers.get('ratelimit-policy')).toBe('"per-key";q=5;w=60');
      expect(headers.get('ratelimit')).toMatch(new RegExp(`^"per-key";r=${left};t=\\d{1,2}$`));
    }
  });

  it('refuses what is too much with 429 and Retry-After, and other keys go on', async () => {
    const key = await crm.apiKey(tenantId);
    const answers = await Promise.all(Array.from({ length: 8 }, () => list(key)));
    const refused = answers.filter(({ status }) => status === 429);
    expect([refused.length, answers.filter(({ status }) => status === 200).length]).toEqual([3, 5]);
    for (const { body, headers } of refused) {
      expect(body['code']).toBe('rate-limited');
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
      expect(headers.get('ratelimit')).toMatch(/;r=0;/);
    }
    expect((await list(await crm.apiKey(tenantId))).status).toBe(200);
  });

  it('does not hold for our own services', async () => {
    const token = await serviceToken(tenantId);
    const answers = await Promise.all(Array.from({ length: 8 }, () => list(token)));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(answers[0]?.headers.get('ratelimit')).toBeNull();
  });

  it('does not hold while Redis is away, which is counted', async () => {
    const without = await RunningCrm.start({
      settings: { ...LIMIT.settings, REDIS_URL: 'redis://127.0.0.1:1' },
    });
    try {
      const { apiKey } = await without.business();
      const answers = await Promise.all(
        Array.from({ length: 8 }, () => without.ask('GET', '/v1/contacts', { as: apiKey })),
      );
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
      expect(answers[0]?.headers.get('ratelimit-policy')).toBe('"per-key";q=5;w=60');
      expect((await without.ask('GET', '/readyz')).status).toBe(200);
      const { text } = await without.ask('GET', '/metrics');
      expect(text).toMatch(/tandem_requests_uncounted_total\{[^}]*\} 8/);
    } finally {
      await without.stop();
    }
  });
});
