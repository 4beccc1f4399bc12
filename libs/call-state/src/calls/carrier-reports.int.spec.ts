import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { RelayId } from '@tandem/contracts';
import { testRedisUrl } from '@tandem/stack';
import type { Redis } from 'ioredis';
import { CallStore } from './call.store.ts';
import { CarrierReportStore } from './carrier-reports.store.ts';
import { connectRedis } from '../redis/redis-client.ts';
import { RelayRegistry } from '../relays/relay-registry.ts';
import { Sealer } from '../redis/sealer.ts';
import { someCall } from '../test/some-call.ts';

describe('reports of the carrier', () => {
  let redis: Redis;
  let records: CallStore;
  let reports: CarrierReportStore;
  beforeAll(async () => {
    redis = connectRedis(await testRedisUrl(), 'command');
    records = new CallStore(redis, new Sealer([{ keyId: 'k1', key: new Uint8Array(32).fill(1) }]));
    reports = new CarrierReportStore(redis);
    await redis.ping();
  });
  beforeEach(() => redis.flushdb());
  afterAll(() => redis.disconnect());

  async function admitted() {
    const call = someCall();
    await new RelayRegistry(redis).renew(
      {
        relayId: 'relay-1' as RelayId,
        address: 'ws://relay-1',
        capacity: 3,
        active: 0,
        isDraining: false,
        isOverloaded: false,
        revision: '',
        startedAt: 1_000,
      },
      [],
    );
    await records.admit(call, 'relay-1' as RelayId, 'x', 60_000);
    return call;
  }

  it('that come before their call are kept, each once, until it is admitted', async () => {
    const { carrierCallId } = someCall();
    const completed = { status: 'completed', sequence: 3, durationS: 7 } as const;
    for (const report of [completed, { status: 'ringing', sequence: 0 } as const, completed])
      expect(await reports.callOrKeep(carrierCallId, report)).toBeNull();
    expect(await reports.early(carrierCallId)).toEqual({
      callId: null,
      reports: [completed, { status: 'ringing', sequence: 0 }],
    });
    await new RelayRegistry(redis).renew(
      {
        relayId: 'relay-1' as RelayId,
        address: 'ws://relay-1',
        capacity: 3,
        active: 0,
        isDraining: false,
        isOverloaded: false,
        revision: '',
        startedAt: 1_000,
      },
      [],
    );
    const call = { ...someCall(), carrierCallId };
    await records.admit(call, 'relay-1' as RelayId, 'x', 60_000);
    expect(await reports.early(carrierCallId)).toEqual({
      callId: call.callId,
      reports: [completed, { status: 'ringing', sequence: 0 }],
    });
  });

  it('of an admitted call name it, and are not kept', async () => {
    const { callId, carrierCallId } = await admitted();
    expect(await reports.callOrKeep(carrierCallId, { status: 'completed', sequence: 3 })).toBe(callId);
    expect(await reports.early(carrierCallId)).toEqual({ callId, reports: [] });
  });

  it('are not kept without end, nor for a call that was refused', async () => {
    for (let sequence = 0; sequence < 40; sequence += 1)
      await reports.callOrKeep('CA-many', { status: 'ringing', sequence });
    expect((await redis.hget('tandem:carrier:CA-many', 'early'))?.trim().split(' ')).toHaveLength(16);
    await records.keepReply('CA-refused', 'x');
    expect(await reports.callOrKeep('CA-refused', { status: 'completed', sequence: 0 })).toBeNull();
    expect(await redis.hget('tandem:carrier:CA-refused', 'early')).toBeNull();
  });
});
