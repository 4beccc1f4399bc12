import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { RunningCrm, serviceToken } from './test/running-crm.ts';

describe('without its database', () => {
  let crm: RunningCrm | undefined;
  afterEach(async () => {
    await crm?.stop();
    crm = undefined;
  });

  async function expectUnavailable(
    at: RunningCrm,
    apiKey: string,
    tenant: Awaited<ReturnType<RunningCrm['business']>>['tenantId'],
  ): Promise<void> {
    const asks = [
      await at.ask('GET', '/v1/services', { as: apiKey }),
      await at.ask('GET', '/v1/bookings', { as: await serviceToken(tenant) }),
      await at.ask('POST', '/v1/contacts', {
        as: await serviceToken(tenant),
        body: { phone: '+12025550123' },
      }),
    ];
    for (const answer of asks) {
      expect([answer.status, answer.body.code, answer.headers.get('retry-after')]).toEqual([
        503,
        'database-unavailable',
        '2',
      ]);
      expect(answer.text).not.toMatch(/select|insert|relation|database "|127\.0\.0\.1|tandem@|5550123/i);
    }
    expect((await at.ask('GET', '/healthz')).status).toBe(200);
    const ready = await at.ask('GET', '/readyz');
    expect([ready.status, ready.text.includes('5432')]).toEqual([503, false]);
  }

  it('starts, is alive but not ready, and answers 503 with Retry-After', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    crm = await RunningCrm.start({ databaseUrl: `postgres://tandem@127.0.0.1:${port}/none` });
    const { tenantId, apiKey } = await crm.business();
    await expectUnavailable(crm, apiKey, tenantId);
  }, 20_000);

  it('lost while it runs, answers 503 with Retry-After and without SQL', async () => {
    crm = await RunningCrm.start();
    const { tenantId, apiKey } = await crm.business();
    expect((await crm.ask('GET', '/v1/services', { as: apiKey })).status).toBe(200);
    await crm.dropDatabase();
    await expectUnavailable(crm, apiKey, tenantId);
  }, 20_000);
});
