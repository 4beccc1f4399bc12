import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  agentSnapshotSchema,
  DEFAULT_MODEL_KIND,
  UNKNOWN_CALLER,
  type NewCallEvent,
  type CallId,
  type RelayId,
  type TenantId,
} from '@tandem/contracts';
import { RealClock } from '@tandem/conversation';
import { testRedisUrl } from '@tandem/stack';
import type { Redis } from 'ioredis';
import {
  CallStore,
  connectRedis,
  RedisCallLog,
  RelayRegistry,
  Sealer,
  SpendLedger,
  type AdmissionRecord,
  type Spent,
} from '../index.ts';

const relayId = 'relay-1' as RelayId;
const tenantId = '0b0c1d7e-8a3f-4f0e-9a36-52f4f4b7a001' as TenantId;
const DAY = '2026-11-25';
/** 1,000 tokens of speech on gpt-realtime-2.1: 64,000 micros. */
const spoke: NewCallEvent = {
  type: 'usage.reported',
  data: {
    provider: DEFAULT_MODEL_KIND,
    model: 'gpt-realtime-2.1',
    usage: {
      inputTextTokens: 0,
      inputAudioTokens: 0,
      cachedTextTokens: 0,
      cachedAudioTokens: 0,
      outputTextTokens: 0,
      outputAudioTokens: 1_000,
      transcriptionMs: 0,
    },
  },
};

let redis: Redis;
let store: CallStore;
let ledger: SpendLedger;
const sealer = new Sealer([{ keyId: 'k1', key: new Uint8Array(32).fill(1) }]);
const clock = new RealClock((error) => {
  throw error;
});

beforeAll(async () => {
  redis = connectRedis(await testRedisUrl(), 'command');
  store = new CallStore(redis, sealer);
  ledger = new SpendLedger(redis);
});
beforeEach(async () => {
  await redis.flushdb();
  await new RelayRegistry(redis).renew(
    {
      relayId,
      address: 'ws://r1',
      capacity: 100,
      active: 0,
      isDraining: false,
      isOverloaded: false,
      revision: '',
      startedAt: 1_000,
    },
    [],
  );
});
afterAll(() => redis.disconnect());

async function runningCall() {
  const call: AdmissionRecord = {
    callId: randomUUID() as CallId,
    tenantId,
    direction: 'inbound',
    channel: 'twilio',
    from: '+12025550123',
    to: '+12025550100',
    carrierCallId: `CA${randomUUID().replaceAll('-', '')}`,
    admittedAt: Date.now(),
    caller: UNKNOWN_CALLER,
    language: 'en-US',
    agent: agentSnapshotSchema.parse({
      agentId: randomUUID(),
      agentVersion: 1,
      tenantId,
      name: 'Sarah',
      companyName: 'Northwind',
      timeZone: 'UTC',
      instructions: '',
      model: { kind: DEFAULT_MODEL_KIND },
    }),
    spending: { day: DAY, dailyMicros: 1_000_000, monthlyMicros: null, warnShare: 0.8 },
  };
  await store.admit(call, relayId, 'x', 60_000);
  return call;
}

async function open(call: AdmissionRecord, epoch = 1, lastSeq = 0) {
  await store.claim(call.callId, relayId, epoch, 3_000);
  const told: Spent[] = [];
  const log = new RedisCallLog(
    redis,
    sealer,
    clock,
    { stored: 0, dropped: 0, failures: 0, refilled: 0 },
    {
      callId: call.callId,
      epoch,
      lastSeq,
      onFenced: () => undefined,
      spending: { tenantId, day: DAY, onSpent: (spent) => told.push(spent) },
    },
  );
  return { log, told };
}

const spent = (recorded = () => Promise.resolve(0)) => ledger.spent(tenantId, DAY, recorded);

describe('what a tenant spends', () => {
  it('is counted while calls run, over all of them, each report once', async () => {
    await spent();
    const calls = await Promise.all(Array.from({ length: 20 }, async () => open(await runningCall())));
    for (const { log } of calls) for (let report = 0; report < 5; report += 1) log.append(spoke);
    await Promise.all(calls.map(({ log }) => log.flush(5_000)));
    expect(await spent()).toEqual({ dayMicros: 100 * 64_000, monthMicros: 100 * 64_000 });
    const told = calls.flatMap((call) => call.told);
    expect(told.reduce((sum, { micros }) => sum + micros, 0)).toBe(100 * 64_000);
    expect(new Set(told.map(({ dayMicros }) => dayMicros)).size).toBe(told.length);
  });

  it('does not count again what is sent again, nor what a replaced owner sends', async () => {
    await spent();
    const call = await runningCall();
    const { log: first } = await open(call);
    first.append(spoke);
    await first.flush(2_000);
    // The reply got lost: the next owner assumes that nothing is stored yet and sends events under the same
    // numbers.
    const { log: again } = await open(call, 2, 0);
    again.append(spoke);
    again.append(spoke);
    await again.flush(2_000);
    first.append(spoke);
    await first.flush(2_000);
    expect((await spent()).dayMicros).toBe(2 * 64_000);
  });

  it('goes on from what is recorded, which is asked for once per period', async () => {
    const asked: string[] = [];
    const recorded = (period: string) => {
      asked.push(period);
      return Promise.resolve(period === DAY ? 500 : 9_000);
    };
    expect(await ledger.spent(tenantId, DAY, recorded)).toEqual({ dayMicros: 500, monthMicros: 9_000 });
    const { log } = await open(await runningCall());
    log.append(spoke);
    await log.flush(2_000);
    expect(await ledger.spent(tenantId, DAY, recorded)).toEqual({ dayMicros: 64_500, monthMicros: 73_000 });
    expect(asked).toEqual([DAY, '2026-11']);
  });

  it('is read from the records again when Redis has lost it, without counting twice', async () => {
    await spent();
    const { log: lost } = await open(await runningCall());
    lost.append(spoke);
    await lost.flush(2_000);
    await redis.flushdb();
    lost.append(spoke);
    await lost.flush(2_000);
    expect(await redis.keys('tandem:spend:*')).toEqual([]);
    expect(await spent(() => Promise.resolve(64_000))).toEqual({ dayMicros: 64_000, monthMicros: 64_000 });
  });

  it('is opened by one of many who ask at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => spent(() => Promise.resolve(index))),
    );
    const settled = await spent();
    expect(new Set(answers.map(({ dayMicros }) => dayMicros))).toEqual(new Set([settled.dayMicros]));
  });

  it('is kept for a while and not for ever', async () => {
    await spent();
    const { log } = await open(await runningCall());
    log.append(spoke);
    await log.flush(2_000);
    for (const key of await redis.keys('tandem:spend:*'))
      expect(await redis.ttl(key)).toBeGreaterThan(86_400);
  });
});
