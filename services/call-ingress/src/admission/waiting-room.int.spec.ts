import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { HttpAdapterHost } from '@nestjs/core';
import { CallRecordStore, CarrierReportStore, connectRedis, RelayRegistry, Sealer, WaitingLine, type AdmissionRecord } from '@tandem/call-state';
import { agentSnapshotSchema, UNKNOWN_CALLER, type CallId, type RelayId, type TenantId } from '@tandem/contracts';
import type { CallRepository, RefusedCall } from '@tandem/database';
import { Metrics, type PostCallQueue, type ServiceConfig } from '@tandem/platform';
import { testRedisUrl } from '@tandem/stack';
import type { Redis } from 'ioredis';
import { IngressMetrics } from '../ingress-metrics.ts';
import { PublicBaseUrl } from '../public-base-url.ts';
import { CallbackTokens } from '../twilio/callback-tokens.ts';
import { CarrierReports } from '../twilio/carrier-reports.service.ts';
import { CallRefusal } from './call-refusal.service.ts';
import { WaitingRoom } from './waiting-room.ts';

const config = { secrets: ['0123456789abcdef0123456789abcdef'], publicBaseUrl: 'https://voice.example.com' } as unknown as ServiceConfig<'call-ingress'>;
const tenantId = '0b0c1d7e-8a3f-4f0e-9a36-52f4f4b7a001' as TenantId;
const agentId = randomUUID();
const COMPLETED = { status: 'completed', sequence: 4, durationS: 12 } as const;

let redis: Redis;
let registry: RelayRegistry;
let room: WaitingRoom;
let refusals: CallRefusal;
let reports: CarrierReports;
/** What is written down, by call; Postgres may be away. */
let rows: Map<CallId, RefusedCall>;
let isDatabaseAway: boolean;

beforeAll(async () => {
  Logger.overrideLogger(false);
  redis = connectRedis(await testRedisUrl(), 'command');
  const sealer = new Sealer([{ keyId: 'k1', key: new Uint8Array(32).fill(1) }]);
  const records = new CallRecordStore(redis, sealer);
  const line = new WaitingLine(redis, sealer);
  registry = new RelayRegistry(redis);
  const metrics = new IngressMetrics(new Metrics('call-ingress'));
  const base = new PublicBaseUrl(config, {} as HttpAdapterHost);
  const calls = {
    recordRefusal: (call: RefusedCall) => {
      if (isDatabaseAway) return Promise.reject(new TypeError('Postgres is away.'));
      const isFirst = !rows.has(call.callId);
      if (isFirst) rows.set(call.callId, call);
      return Promise.resolve(isFirst);
    },
  } as unknown as CallRepository;
  refusals = new CallRefusal(records, calls, line, metrics);
  room = new WaitingRoom(line, registry, refusals, new CallbackTokens(config, base, metrics), base, metrics);
  reports = new CarrierReports(records, new CarrierReportStore(redis), refusals, {} as PostCallQueue);
});
beforeEach(async () => {
  await redis.flushdb();
  rows = new Map();
  isDatabaseAway = false;
});
afterAll(() => redis.disconnect());

function caller(carrierCallId: string, agent: object = {}): AdmissionRecord {
  return {
    callId: randomUUID() as CallId,
    tenantId,
    direction: 'inbound',
    channel: 'twilio',
    from: '+12025550123',
    to: '+12025550100',
    carrierCallId,
    admittedAt: Date.now(),
    caller: UNKNOWN_CALLER,
    language: 'en-US',
    agent: agentSnapshotSchema.parse({ agentId, agentVersion: 1, tenantId, name: 'Sarah', companyName: 'Northwind', timeZone: 'UTC', instructions: '', model: { kind: 'guided' }, whenUnavailable: 'queue', ...agent }),
  };
}
const relayWith = (capacity: number, active: number) => registry.renew({ relayId: 'relay-1' as RelayId, address: 'ws://relay-1', capacity, active, isDraining: false, isStrained: false }, []);
const claims = (carrierCallId: string) => ({ callId: randomUUID() as CallId, tenantId, carrierCallId, epoch: 1 });
const reasons = () => [...rows.values()].map(({ reason }) => reason);

describe('somebody who waits', () => {
  it('is asked for again, and told their position only when it has changed', async () => {
    const first = await room.hold(caller('CA1'), undefined);
    expect(first).toMatch(/<Gather input="dtmf" numDigits="1" timeout="5" action="https:\/\/voice\.example\.com\/twilio\/waiting-key\?t=[^"]+#rc=2&amp;rp=all&amp;ct=2000&amp;rt=5000" method="POST"><Say language="en-US">.*You are next in line\..*press 1\.<\/Say><\/Gather><Redirect method="POST">https:\/\/voice\.example\.com\/twilio\/voice\?told=1#rc=2&amp;rp=all&amp;ct=2000&amp;rt=5000<\/Redirect>/);
    expect(await room.hold(caller('CA1'), 1)).not.toContain('<Say');
    expect(await room.hold(caller('CA2'), undefined)).toContain('You are number 2 in line.');
    await refusals.hungUp('CA1');
    expect(await room.hold(caller('CA2'), 2)).toMatch(/<Say language="en-US">You are next in line\./);
  });

  it('is not let wait by an agent that lets nobody wait, nor longer than it does', async () => {
    expect(await room.hold(caller('CA1', { whenUnavailable: 'refuse' }), undefined)).toBeNull();
    await room.hold(caller('CA1'), undefined);
    await redis.hset('tandem:carrier:CA1', 'waitsSince', Date.now() - 300_000);
    expect(await room.hold(caller('CA1'), 1)).toBeNull();
  });

  it('comes before whoever calls later, and has the turn as soon as there is room for everybody before them too', async () => {
    await relayWith(10, 10);
    for (const sid of ['CA1', 'CA2', 'CA3']) await room.hold(caller(sid), undefined);
    const turns = async () => Promise.all(['CA1', 'CA2', 'CA3', 'CA-new'].map((sid) => room.isItsTurn(caller(sid))));
    await relayWith(10, 9);
    expect(await turns()).toEqual([true, false, false, false]);
    await relayWith(10, 7);
    expect(await turns()).toEqual([true, true, true, false]);
    expect(await room.isItsTurn(caller('CA-other', { agentId: randomUUID() }))).toBe(true);
  });

  it('is promised a call only when the wish is written down, and it is once', async () => {
    await room.hold(caller('CA1'), undefined);
    isDatabaseAway = true;
    expect(await room.pressed(claims('CA1'), '1')).toMatch(/<Response><Redirect method="POST">[^<]*\/twilio\/voice\?told=0/);
    isDatabaseAway = false;
    const promise = await room.pressed(claims('CA1'), '1');
    expect(promise).toMatch(/We will call you back.*<Hangup\/>/);
    expect(await room.pressed(claims('CA1'), '1')).toBe(promise);
    await reports.take('CA1', COMPLETED);
    expect(reasons()).toEqual(['callback-requested']);
    expect(await room.hold(caller('CA2'), undefined)).toContain('You are next in line');
  });

  it('has everything said again with any other key, and with one pressed by nobody who waits', async () => {
    await room.hold(caller('CA1'), 1);
    for (const [sid, key] of [['CA1', '2'], ['CA1', undefined], ['CA-none', '1']] as const) expect(await room.pressed(claims(sid), key)).toContain('voice?told=0');
    expect(rows.size).toBe(0);
  });

  it('and hangs up is written down once, also when the carrier asks once more behind it', async () => {
    const call = caller('CA1');
    await room.hold(call, undefined);
    await reports.take('CA1', COMPLETED);
    expect(reasons()).toEqual(['abandoned']);
    expect([...rows.values()][0]).toMatchObject({ callId: call.callId, from: '+12025550123', language: 'en-US' });
    await room.hold(caller('CA1'), 1);
    await reports.catchUp('CA1');
    expect(rows.size).toBe(1);
    expect(await room.isItsTurn(caller('CA-new'))).toBe(true);
  });
});
