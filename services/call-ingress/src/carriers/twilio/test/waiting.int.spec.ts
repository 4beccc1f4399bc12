import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { HttpAdapterHost } from '@nestjs/core';
import {
  CallStore,
  CarrierReportStore,
  connectRedis,
  RelayRegistry,
  Sealer,
  WaitingLine,
  type AdmissionRecord,
} from '@tandem/call-state';
import {
  agentSnapshotSchema,
  UNKNOWN_CALLER,
  type CallId,
  type RelayId,
  type TenantId,
} from '@tandem/contracts';
import type { CallRepository, RefusedCall } from '@tandem/database';
import { Metrics, type PostCallQueue, type ServiceConfig } from '@tandem/platform';
import { testRedisUrl } from '@tandem/stack';
import type { Redis } from 'ioredis';
import { CallbackTokens } from '../../../callbacks/callback-tokens.ts';
import { PublicBaseUrl } from '../../../callbacks/public-base-url.ts';
import type { CarrierInstruction } from '../../../ports/carrier-instruction.ts';
import { CarrierReports } from '../../../recovery/carrier-reports.service.ts';
import { CallRefusal } from '../../../refusal/call-refusal.service.ts';
import { IngressMetrics } from '../../../runtime/ingress-metrics.ts';
import { WaitingRoom } from '../../../waiting/waiting-room.ts';
import { CallbackUrls } from '../adapter/callback-urls.ts';
import { TwilioAccounts } from '../adapter/twilio-accounts.ts';
import { TwilioCarrier } from '../adapter/twilio-carrier.ts';

const config = {
  secrets: ['0123456789abcdef0123456789abcdef'],
  publicBaseUrl: 'https://voice.example.com',
} as unknown as ServiceConfig<'call-ingress'>;
const tenantId = '0b0c1d7e-8a3f-4f0e-9a36-52f4f4b7a001' as TenantId;
const agentId = randomUUID();
const COMPLETED = { status: 'completed', sequence: 4, durationS: 12 } as const;

let redis: Redis;
let registry: RelayRegistry;
let line: WaitingLine;
let room: WaitingRoom;
let carrier: TwilioCarrier;
let refusals: CallRefusal;
let reports: CarrierReports;
/** Stored refusals by call; Postgres may be unreachable. */
let rows: Map<CallId, RefusedCall>;
let isDatabaseAway: boolean;

beforeAll(async () => {
  Logger.overrideLogger(false);
  redis = connectRedis(await testRedisUrl(), 'command');
  const sealer = new Sealer([{ keyId: 'k1', key: new Uint8Array(32).fill(1) }]);
  const records = new CallStore(redis, sealer);
  line = new WaitingLine(redis, sealer, {
    connectedForMs: Number.POSITIVE_INFINITY,
    disconnected: () => undefined,
  });
  registry = new RelayRegistry(redis);
  const metrics = new IngressMetrics(new Metrics('call-ingress'));
  const base = new PublicBaseUrl(config, {} as HttpAdapterHost);
  const calls = {
    recordRefusal: (call: RefusedCall) => {
      if (isDatabaseAway) return Promise.reject(new TypeError('Postgres is away.'));
      const stored = rows.get(call.callId)?.reason;
      const isNew = stored === undefined || (stored === 'abandoned' && call.reason === 'callback-requested');
      if (isNew) rows.set(call.callId, call);
      return Promise.resolve({ isNew, reason: isNew ? call.reason : stored });
    },
  } as unknown as CallRepository;
  const callbacks = new CallbackUrls(new CallbackTokens(config, metrics), base);
  carrier = new TwilioCarrier(config, new TwilioAccounts(config), callbacks);
  refusals = new CallRefusal(records, calls, line, { twilio: carrier }, metrics);
  room = new WaitingRoom(line, registry, refusals, metrics);
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
    agent: agentSnapshotSchema.parse({
      agentId,
      agentVersion: 1,
      tenantId,
      name: 'Sarah',
      companyName: 'Northwind',
      timeZone: 'UTC',
      instructions: '',
      model: { kind: 'guided' },
      whenUnavailable: 'queue',
      ...agent,
    }),
  };
}
const relayWith = (capacity: number, active: number) =>
  registry.renew(
    {
      relayId: 'relay-1' as RelayId,
      address: 'ws://relay-1',
      capacity,
      active,
      isDraining: false,
      isOverloaded: false,
      revision: '',
      startedAt: 1_000,
    },
    [],
  );
const claims = (carrierCallId: string) => ({
  callId: randomUUID() as CallId,
  tenantId,
  carrierCallId,
  epoch: 1,
});
const reasons = () => [...rows.values()].map(({ reason }) => reason);

const twiml = async (instruction: Promise<CarrierInstruction | null>) => {
  const value = await instruction;
  return value && carrier.render(value);
};
const progress = (announcedPosition?: number, silentHolds = 0, unverifiedHolds = 0) => ({
  announcedPosition,
  silentHolds,
  unverifiedHolds,
});
const hold = async (call: AdmissionRecord, announcedPosition?: number, silentHolds = 0) => {
  const waiting = await room.entry(call.agent, call.carrierCallId);
  return twiml(room.hold(call, waiting, progress(announcedPosition, silentHolds)));
};
const handleKey = (sid: string, key: string | undefined) => twiml(room.handleKey(claims(sid), key));
const promiseCallback = (sid: string, unverifiedHolds = 0) =>
  twiml(room.promiseCallback(sid, progress(0, 0, unverifiedHolds)));
const holdUnverified = (...heard: Parameters<typeof progress>) =>
  twiml(room.keepHoldingWithoutLookup('CA1', progress(...heard)));
const settings = '#rc=2&amp;rp=all&amp;ct=2000&amp;rt=5000';

describe('a waiting caller', () => {
  it('hears their position when it changes, and after a long silence', async () => {
    const first = (await hold(caller('CA1')))!;
    expect(first).toMatch(
      new RegExp(
        '<Gather input="dtmf" numDigits="1" timeout="5" ' +
          'action="https://voice\\.example\\.com/twilio/waiting-key\\?t=[^"]+" method="POST">' +
          '<Say language="en-US">.*You are next in line\\..*press 1\\.</Say></Gather>',
      ),
    );
    expect(first).toContain(
      '<Redirect ' +
        `method="POST">https://voice.example.com/twilio/voice?told=1&amp;silent=0${settings}</Redirect>`,
    );
    const second = await hold(caller('CA1'), 1);
    expect(second).not.toContain('<Say');
    expect(second).toContain('told=1&amp;silent=1');
    expect(await hold(caller('CA1'), 1, 5)).toMatch(/<Say language="en-US">You are next in line\./);
    expect(await hold(caller('CA2'))).toContain('You are number 2 in line.');
    await refusals.handleHangup('CA1');
    expect(await hold(caller('CA2'), 2)).toMatch(/<Say language="en-US">You are next in line\./);
  });

  it('is refused by an agent without a line, by a full line, and after the longest wait', async () => {
    expect(await hold(caller('CA1', { whenUnavailable: 'refuse' }))).toBeNull();
    await hold(caller('CA1'));
    expect(await hold(caller('CA2', { queue: { maxLength: 1 } }))).toBeNull();
    await redis.hset('tandem:carrier:CA1', 'waitsSince', Date.now() - 300_000);
    expect(await hold(caller('CA1'), 1)).toBeNull();
  });

  it('goes before later callers, as soon as there is room for all callers before them too', async () => {
    await relayWith(10, 10);
    for (const sid of ['CA1', 'CA2', 'CA3']) await hold(caller(sid));
    const turns = async () =>
      Promise.all(['CA1', 'CA2', 'CA3', 'CA-new'].map((sid) => room.isItsTurn(caller(sid), null)));
    await relayWith(10, 9);
    expect(await turns()).toEqual([true, false, false, false]);
    await relayWith(10, 7);
    expect(await turns()).toEqual([true, true, true, false]);
    expect(await room.isItsTurn(caller('CA-other', { agentId: randomUUID() }), null)).toBe(true);
  });

  it('is promised a call back once the request is stored, and hears “one moment” until then', async () => {
    await hold(caller('CA1'));
    isDatabaseAway = true;
    expect(await handleKey('CA1', '1')).toMatch(/One moment, please\.<\/Say>.*voice\?told=0&amp;blind=1/);
    expect(await promiseCallback('CA1', 15)).toMatch(/cannot take your call right now.*<Hangup\/>/);
    expect((await room.entry(caller('CA1').agent, 'CA1'))?.outcome).toBe('callback-requested');
    isDatabaseAway = false;
    const promise = await promiseCallback('CA1');
    expect(promise).toMatch(/We will call you back.*<Hangup\/>/);
    expect(await handleKey('CA1', '1')).toBe(promise);
    await reports.ingest('CA1', COMPLETED, '');
    expect(reasons()).toEqual(['callback-requested']);
    expect(await hold(caller('CA2'))).toContain('You are next in line');
  });

  it('who presses 1 and hangs up at once keeps the callback request, in either order', async () => {
    for (const sid of ['CA1', 'CA2']) await hold(caller(sid));
    await reports.ingest('CA1', COMPLETED, '');
    expect(await handleKey('CA1', '1')).toContain('We will call you back');
    isDatabaseAway = true;
    await handleKey('CA2', '1');
    isDatabaseAway = false;
    await reports.ingest('CA2', COMPLETED, '');
    expect(reasons()).toEqual(['callback-requested', 'callback-requested']);
  });

  it('hears everything again after any other key', async () => {
    await hold(caller('CA1'));
    for (const [sid, key] of [
      ['CA1', '2'],
      ['CA1', undefined],
      ['CA-none', '1'],
    ] as const)
      expect(await handleKey(sid, key)).toContain('voice?told=0');
    expect(rows.size).toBe(0);
  });

  it('who hangs up is stored once, also when the carrier asks again afterwards', async () => {
    const call = caller('CA1');
    await hold(call);
    await reports.ingest('CA1', COMPLETED, '');
    expect(reasons()).toEqual(['abandoned']);
    expect([...rows.values()][0]).toMatchObject({
      callId: call.callId,
      from: '+12025550123',
      language: 'en-US',
    });
    expect(await hold(caller('CA1'), 1)).toContain('<Response><Hangup/></Response>');
    await reports.applyEarlyReports('CA1');
    expect(rows.size).toBe(1);
    expect(await room.isItsTurn(caller('CA-new'), null)).toBe(true);
  });

  it('without a hangup report is stored when their place expires and Postgres is back', async () => {
    for (const sid of ['CA1', 'CA2']) await hold(caller(sid));
    await redis.zadd('tandem:waiting', Date.now() - 50_000, `${agentId}/CA1`);
    const [lapsed] = await line.expired(10);
    const { place, askedAt } = lapsed!;
    isDatabaseAway = true;
    await expect(refusals.expire(place, askedAt)).rejects.toThrow('away');
    expect(await hold(caller('CA2'), 2)).toContain('You are next in line');
    isDatabaseAway = false;
    await refusals.expire(place, askedAt);
    expect(reasons()).toEqual(['abandoned']);
    expect([...rows.values()][0]?.refusedAt).toEqual(askedAt);
    expect(await line.expired(10)).toEqual([]);
    await refusals.expire({ agentId, carrierCallId: 'CA-forgotten' }, askedAt);
    expect(await hold(caller('CA1'), 2)).toContain('You are next in line');
  });

  it('who hangs up while Postgres is unreachable leaves the line at once and is stored later', async () => {
    for (const sid of ['CA1', 'CA2']) await hold(caller(sid));
    isDatabaseAway = true;
    await reports.ingest('CA1', COMPLETED, '');
    expect(await hold(caller('CA2'), 2)).toContain('You are next in line');
    isDatabaseAway = false;
    await redis.zadd('tandem:waiting', Date.now() - 50_000, `${agentId}/CA1`);
    for (const { place, askedAt } of await line.expired(10)) await refusals.expire(place, askedAt);
    expect(reasons()).toEqual(['abandoned']);
  });

  it('stays in their line when the number gets another agent', async () => {
    await hold(caller('CA1'));
    await hold(caller('CA2'));
    const moved = caller('CA2', { agentId: randomUUID() });
    expect(await hold(moved, 1)).toContain('You are number 2 in line.');
    await redis.zadd('tandem:waiting', Date.now() - 50_000, `${agentId}/CA1`);
    expect((await line.expired(10)).map(({ place }) => place.carrierCallId)).toEqual(['CA1']);
  });

  it('rejected while nothing could be stored is not stored as abandoned', async () => {
    await hold(caller('CA1'));
    await refusals.markRejected('CA1');
    await reports.ingest('CA1', COMPLETED, '');
    expect(reasons()).toEqual(['agent-unavailable']);
  });

  it('keeps waiting without a look-up for a while; a new caller does not', async () => {
    await hold(caller('CA1'));
    await redis.zadd('tandem:waiting', Date.now() - 50_000, `${agentId}/CA1`);
    expect(await holdUnverified(3, 2)).toContain(
      '<Response><Pause length="5"/><Redirect ' +
        `method="POST">https://voice.example.com/twilio/voice?told=3&amp;silent=2&amp;blind=1${settings}`,
    );
    expect(await line.expired(10)).toEqual([]);
    expect(await holdUnverified(3, 0, 15)).toBeNull();
    expect(await holdUnverified()).toBeNull();
  });
});
