import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { CallId, RelayId, TenantId } from '@tandem/contracts';
import { testRedisUrl } from '@tandem/stack';
import type { Redis } from 'ioredis';
import {
  CallStore,
  CarrierReportStore,
  connectRedis,
  RelayRegistry,
  Sealer,
  WaitingLine,
  type WaitingCall,
} from '../index.ts';
import { someCall } from '../test/some-call.ts';

const AGENT = randomUUID();
const OTHER = randomUUID();

let redis: Redis;
let sealer: Sealer;
let line: WaitingLine;
let records: CallStore;
let reports: CarrierReportStore;

beforeAll(async () => {
  redis = connectRedis(await testRedisUrl(), 'command');
  sealer = new Sealer([{ keyId: 'k1', key: new Uint8Array(32).fill(1) }]);
  line = new WaitingLine(redis, sealer, {
    connectedForMs: Number.POSITIVE_INFINITY,
    disconnected: () => undefined,
  });
  records = new CallStore(redis, sealer);
  reports = new CarrierReportStore(redis);
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
  attestation: null,
  callerGroup: null,
});
const wait = (sid: string, agentId = AGENT) => line.wait(caller(sid, agentId), 100);
const ahead = (sid: string) => line.ahead({ agentId: AGENT, carrierCallId: sid });
/** The carrier has not asked about the call for this time. */
const silentFor = (sid: string, ms: number) =>
  redis.zadd('tandem:waiting', Date.now() - ms, `${AGENT}/${sid}`);

describe('a line', () => {
  it('keeps the order of arrival per agent, in whatever order calls ask again', async () => {
    for (const [sid, before] of [
      ['CA1', 0],
      ['CA2', 1],
      ['CA3', 2],
    ] as const)
      expect(await wait(sid)).toMatchObject({ ahead: before });
    expect(await wait('CA3')).toMatchObject({ ahead: 2 });
    expect(await wait('CA1')).toMatchObject({ ahead: 0 });
    expect(await ahead('CA2')).toBe(1);
    expect(await ahead('CA-new')).toBe(3);
    expect(await wait('CA4', OTHER)).toMatchObject({ ahead: 0 });
    expect(await line.size()).toBe(4);
  });

  it('moves up when somebody leaves, and tells how long each has waited', async () => {
    await wait('CA1');
    await redis.hset('tandem:carrier:CA1', 'waitsSince', Date.now() - 60_000);
    const place = await wait('CA1');
    expect(place).toMatchObject({ ahead: 0 });
    expect((place as { waitedMs: number }).waitedMs).toBeGreaterThanOrEqual(60_000);
    await wait('CA2');
    await line.close({ agentId: AGENT, carrierCallId: 'CA1' });
    expect(await wait('CA2')).toMatchObject({ ahead: 0 });
    expect(await line.size()).toBe(1);
  });

  it('takes no more callers than may wait, and keeps those that wait already', async () => {
    expect(await line.wait(caller('CA1'), 1)).toMatchObject({ ahead: 0 });
    expect(await line.wait(caller('CA2'), 1)).toBe('full');
    expect(await line.wait(caller('CA1'), 1)).toMatchObject({ ahead: 0 });
  });

  it(
    'remembers who waits as they came, sealed, and what is to become of them, also when they wait no ' +
      'longer',
    async () => {
      const call = caller('CA1');
      await line.wait(call, 100);
      await wait('CA1');
      await line.setOutcome('CA1', 'callback-requested');
      await line.close(call);
      expect(await line.waiting('CA1')).toMatchObject({ call, outcome: 'callback-requested' });
      expect(JSON.stringify(await redis.hgetall('tandem:carrier:CA1'))).not.toContain('2025550123');
      expect(await line.waiting('CA2')).toBeNull();
    },
  );

  it('can be looked at by its tenant, and by nobody else', async () => {
    const [first, second] = [caller('CA1'), caller('CA2', OTHER)];
    await line.wait(first, 100);
    await line.wait(second, 100);
    await wait('CA1');
    expect((await line.list(first.tenantId, 10)).map(({ call }) => call.carrierCallId)).toEqual([
      'CA1',
      'CA2',
    ]);
    expect(await line.list(first.tenantId, 1)).toHaveLength(1);
    expect(await line.list(randomUUID() as TenantId, 10)).toEqual([]);
  });

  it('shows no caller who has gone, and none whose entry does not open', async () => {
    for (const sid of ['CA1', 'CA2', 'CA3']) await wait(sid);
    await reports.callOrKeep('CA1', { status: 'completed', sequence: 3 });
    await redis.hset('tandem:carrier:CA2', 'waits', 'k0:nonsense');
    expect((await line.list(caller('x').tenantId, 10)).map(({ call }) => call.carrierCallId)).toEqual([
      'CA3',
    ]);
  });

  it('has no place for an answered call, and no relay after a callback request', async () => {
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
    await wait(call.carrierCallId);
    await line.setOutcome(call.carrierCallId, 'callback-requested');
    expect((await records.admit(call, 'relay-1' as RelayId, 'x', 60_000)).outcome).toBe('full');
    await records.keepReply(call.carrierCallId, 'promised');
    expect(await wait(call.carrierCallId)).toBe('answered');
  });

  it('tells of whom the carrier asks no more, but not of those it did ask about', async () => {
    for (const sid of ['CA1', 'CA2', 'CA3']) await wait(sid);
    for (const sid of ['CA1', 'CA2', 'CA3']) await silentFor(sid, 50_000);
    await wait('CA2');
    await line.touch('CA3');
    const [lapsed, ...others] = await line.expired(10);
    expect([lapsed?.place, others]).toEqual([{ agentId: AGENT, carrierCallId: 'CA1' }, []]);
    expect(Date.now() - lapsed!.askedAt.getTime()).toBeGreaterThanOrEqual(50_000);
    await line.defer(lapsed!.place);
    expect(await line.expired(10)).toEqual([]);
    await silentFor('CA1', 50_000);
    expect(
      await new WaitingLine(redis, sealer, { connectedForMs: 1_000, disconnected: () => undefined }).expired(
        10,
      ),
    ).toEqual([]);
  });
});

describe('a caller who has gone', () => {
  const completed = { status: 'completed', sequence: 3 } as const;

  it('gets no place again, and no relay', async () => {
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
    await wait(call.carrierCallId);
    await reports.callOrKeep(call.carrierCallId, completed);
    expect(await wait(call.carrierCallId)).toBe('gone');
    expect((await records.admit(call, 'relay-1' as RelayId, 'x', 60_000)).outcome).toBe('left');
  });

  it('who never waited is admitted all the same, so that their call is on record', async () => {
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
    await reports.callOrKeep(call.carrierCallId, completed);
    expect((await records.admit(call, 'relay-1' as RelayId, 'x', 60_000)).outcome).toBe('new');
  });
});
