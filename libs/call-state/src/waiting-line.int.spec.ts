import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { CallId, TenantId } from '@tandem/contracts';
import { testRedisUrl } from '@tandem/stack';
import type { Redis } from 'ioredis';
import { connectRedis, Sealer, WaitingLine, type WaitingCall } from './index.ts';

const AGENT = randomUUID();
const OTHER = randomUUID();

let redis: Redis;
let line: WaitingLine;

beforeAll(async () => {
  redis = connectRedis(await testRedisUrl(), 'command');
  line = new WaitingLine(redis, new Sealer([{ keyId: 'k1', key: new Uint8Array(32).fill(1) }]));
});
beforeEach(() => redis.flushdb());
afterAll(() => redis.disconnect());

const caller = (carrierCallId: string, agentId = AGENT): WaitingCall => ({
  callId: randomUUID() as CallId,
  tenantId: '0b0c1d7e-8a3f-4f0e-9a36-52f4f4b7a001' as TenantId,
  channel: 'twilio',
  from: '+12025550123',
  to: '+12025550100',
  carrierCallId,
  agentId,
  companyName: 'Northwind',
  language: 'en-US',
  callerGroup: null,
});
/** Its carrier has not asked for so long. */
const silentFor = (carrierCallId: string, ms: number) => redis.zadd(`tandem:waiting:${AGENT}:seen`, Date.now() - ms, carrierCallId);

describe('a line', () => {
  it('keeps the order in which callers came, whoever asks again first, for each agent by itself', async () => {
    for (const [sid, ahead] of [['CA1', 0], ['CA2', 1], ['CA3', 2]] as const) expect((await line.wait(caller(sid))).ahead).toBe(ahead);
    expect((await line.wait(caller('CA3'))).ahead).toBe(2);
    expect((await line.wait(caller('CA1'))).ahead).toBe(0);
    expect(await line.ahead(AGENT, 'CA2')).toBe(1);
    expect(await line.ahead(AGENT, 'CA-new')).toBe(3);
    expect((await line.wait(caller('CA4', OTHER))).ahead).toBe(0);
  });

  it('moves up when somebody leaves, and tells how long each has waited', async () => {
    const first = caller('CA1');
    await line.wait(first);
    await redis.hset('tandem:carrier:CA1', 'waitsSince', Date.now() - 60_000);
    expect((await line.wait(caller('CA1'))).waitedMs).toBeGreaterThanOrEqual(60_000);
    await line.wait(caller('CA2'));
    await line.leave(first);
    expect((await line.wait(caller('CA2'))).ahead).toBe(0);
    expect((await line.waiting('CA1'))?.call).toEqual(first);
  });

  it('lets a place lapse that nobody asks about, and gives it back to whoever returns', async () => {
    await line.wait(caller('CA1'));
    await redis.zadd(`tandem:waiting:${AGENT}`, Date.now() - 90_000, 'CA1');
    await redis.hset('tandem:carrier:CA1', 'waitsSince', Date.now() - 90_000);
    await line.wait(caller('CA2'));
    await silentFor('CA1', 46_000);
    expect(await line.ahead(AGENT, 'CA2')).toBe(0);
    expect((await line.wait(caller('CA1'))).ahead).toBe(0);
    expect((await line.wait(caller('CA2'))).ahead).toBe(1);
  });

  it('remembers who waits as they came, sealed', async () => {
    const call = caller('CA1');
    await line.wait(call);
    await line.wait(caller('CA1'));
    expect((await line.waiting('CA1'))?.call).toEqual(call);
    expect(JSON.stringify(await redis.hgetall('tandem:carrier:CA1'))).not.toContain('2025550123');
    expect(await line.waiting('CA2')).toBeNull();
  });
});
