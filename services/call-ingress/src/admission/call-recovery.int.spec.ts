import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { HttpAdapterHost } from '@nestjs/core';
import {
  CallHandovers,
  CallStore,
  CarrierReportStore,
  connectRedis,
  RedisCallLog,
  RelayRegistry,
  Sealer,
  type AdmissionRecord,
} from '@tandem/call-state';
import {
  agentSnapshotSchema,
  streamTicketSchema,
  termination,
  UNKNOWN_CALLER,
  type AgentSnapshotInput,
  type NewCallEvent,
  type CallId,
  type CallStatus,
  type RelayId,
  type TenantId,
  type TerminationReason,
} from '@tandem/contracts';
import { Metrics, SignedTokens, type PostCallQueue, type ServiceConfig } from '@tandem/platform';
import { RealClock } from '@tandem/conversation';
import { testRedisUrl } from '@tandem/stack';
import type { Redis } from 'ioredis';
import { IngressMetrics } from '../ingress-metrics.ts';
import { PublicBaseUrl } from '../public-base-url.ts';
import { DepartmentDial } from '../transfer/department-dial.ts';
import { Transfers } from '../transfer/transfers.service.ts';
import { CallbackTokens, type CallbackClaims } from '../twilio/callback-tokens.ts';
import { CarrierReports } from '../twilio/carrier-reports.service.ts';
import { TwilioAccounts } from '../twilio/twilio-accounts.ts';
import { TwilioCarrier } from '../twilio/twilio-carrier.ts';
import { CallRecovery } from './call-recovery.ts';
import { StreamOffers } from './stream-offer.ts';

const config = {
  secrets: ['0123456789abcdef0123456789abcdef'],
  publicBaseUrl: 'https://voice.example.com',
  publicMediaUrl: undefined,
} as unknown as ServiceConfig<'call-ingress'>;
const tenantId = '0b0c1d7e-8a3f-4f0e-9a36-52f4f4b7a001' as TenantId;
const HANG_UP = '<Response><Hangup/></Response>';
const APOLOGY = 'Es tut mir leid, ich habe ein technisches Problem';
const closedToday = [{ weekday: ((new Date().getUTCDay() + 3) % 7) + 1, opensMinute: 0, closesMinute: 60 }];

let redis: Redis;
let sealer: Sealer;
let records: CallStore;
let moves: CallHandovers;
let registry: RelayRegistry;
let reAttachment: CallRecovery;
let transfers: Transfers;
let reports: CarrierReports;
let enqueued: string[];
const tickets = new SignedTokens(config.secrets, 'stream-ticket', streamTicketSchema);

beforeAll(async () => {
  Logger.overrideLogger(false);
  redis = connectRedis(await testRedisUrl(), 'command');
  sealer = new Sealer([{ keyId: 'k1', key: new Uint8Array(32).fill(1) }]);
  records = new CallStore(redis, sealer);
  moves = new CallHandovers(redis, sealer);
  registry = new RelayRegistry(redis);
  const metrics = new IngressMetrics(new Metrics('call-ingress'));
  const callbacks = new CallbackTokens(config, new PublicBaseUrl(config, {} as HttpAdapterHost), metrics);
  const postCall = {
    enqueue: (_callId: CallId, _tenantId: TenantId, occasion: string) =>
      Promise.resolve(void enqueued.push(occasion)),
  } as unknown as PostCallQueue;
  const dial = new DepartmentDial(moves, callbacks);
  const offers = new StreamOffers(config, registry, callbacks);
  reAttachment = new CallRecovery(
    records,
    moves,
    offers,
    { twilio: new TwilioCarrier(new TwilioAccounts(config), offers, dial) },
    metrics,
    postCall,
  );
  reports = new CarrierReports(
    records,
    new CarrierReportStore(redis),
    { handleHangup: () => Promise.resolve() },
    postCall,
  );
  transfers = new Transfers(records, moves, reAttachment, callbacks, metrics);
});
beforeEach(async () => {
  await redis.flushdb();
  enqueued = [];
});
afterAll(() => redis.disconnect());

const beat = (relay: string, changes: object = {}) =>
  registry.renew(
    {
      relayId: relay as RelayId,
      address: `ws://${relay}`,
      capacity: 3,
      active: 0,
      isDraining: false,
      isOverloaded: false,
      ...changes,
    },
    [],
  );

/** A call of a German agent that relay-1 held, whose stream has just ended. */
async function lostCall(agent: Partial<AgentSnapshotInput> = {}): Promise<CallbackClaims> {
  await beat('relay-1');
  const record: AdmissionRecord = {
    callId: randomUUID() as CallId,
    tenantId,
    direction: 'inbound',
    channel: 'twilio',
    from: '+12025550123',
    to: '+12025550100',
    carrierCallId: `CA${randomUUID().replaceAll('-', '')}`,
    admittedAt: Date.now(),
    caller: UNKNOWN_CALLER,
    language: 'de-DE',
    agent: agentSnapshotSchema.parse({
      agentId: randomUUID(),
      agentVersion: 1,
      tenantId,
      name: 'Sarah',
      companyName: 'Northwind',
      timeZone: 'UTC',
      language: 'de-DE',
      instructions: '',
      model: { kind: 'guided' },
      directory: [{ key: 'support', name: 'Support', address: '+12025550172' }],
      ...agent,
    }),
  };
  await records.admit(record, 'relay-1' as RelayId, 'x', 60_000);
  await records.claim(record.callId, 'relay-1' as RelayId, 1, 3_000);
  return { callId: record.callId, tenantId, carrierCallId: record.carrierCallId, epoch: 1 };
}

/** Which relay the TwiML connects to, and under which epoch. */
async function offered(twiml: string): Promise<string> {
  const relay = /<Stream url="ws:\/\/[^"]*\/media\/([^"]+)"/.exec(twiml)?.[1];
  if (!relay) return twiml;
  const { epoch } = await tickets.verify(
    /name="ticket" value="([^"]+)"/.exec(twiml)?.[1] ?? '',
    `relay:${relay}`,
  );
  return `${relay} epoch ${epoch}`;
}
const claim = (claims: CallbackClaims, relay: string, epoch: number) =>
  records.claim(claims.callId, relay as RelayId, epoch, 3_000);
const endWith = async (claims: CallbackClaims, reason: TerminationReason) =>
  records.appendExternalEvent(claims.callId, 'ending', {
    type: 'call.ended',
    data: { termination: termination(reason), atMs: 1 },
  });
const ask = (claims: CallbackClaims, department: string, mode: 'cold' | 'warm' = 'warm') =>
  records.appendExternalEvent(claims.callId, `asked-${claims.epoch}`, {
    type: 'transfer.asked',
    data: { department, mode, summary: 'Wasser im Keller.', atMs: 1 },
  });
const facts = async (claims: CallbackClaims): Promise<NewCallEvent[]> =>
  (await records.events(claims.callId)).events;
const report = (DialCallStatus: string, DialBridged: string, CallStatus: CallStatus = 'in-progress') => ({
  DialCallStatus,
  DialBridged,
  CallStatus,
});

describe('a stream that has ended', () => {
  it('with its call is hung up; a fault of ours is told first, in the caller’s language', async () => {
    const goodbye = await lostCall();
    await endWith(goodbye, 'agent-goodbye');
    expect(await reAttachment.onStreamEnded(goodbye)).toContain(HANG_UP);
    const failed = await lostCall();
    await endWith(failed, 'model-failed');
    expect(await reAttachment.onStreamEnded(failed)).toContain(APOLOGY);
    expect(await reAttachment.onStreamEnded({ ...failed, callId: randomUUID() as CallId })).toContain(
      HANG_UP,
    );
  });

  it('whose caller hangs up on the way to another relay is over at once, and not before', async () => {
    const completed = { status: 'completed', sequence: 2, durationS: 9 } as const;
    const waiting = await lostCall();
    await beat('relay-2');
    await reAttachment.onStreamEnded(waiting);
    await reports.ingest(waiting.carrierCallId, completed);
    expect(await records.state(waiting.callId)).toMatchObject({
      phase: 'ended',
      endReason: 'caller-hangup',
    });
    expect((await claim(waiting, 'relay-2', 2)).outcome).toBe('ended');
    const held = await lostCall();
    await reAttachment.onStreamEnded(held);
    await claim(held, 'relay-2', 2);
    await reports.ingest(held.carrierCallId, completed);
    expect(await records.state(held.callId)).toMatchObject({ phase: 'connected', relayId: 'relay-2' });
  });

  it('is offered to nobody once its caller is known to be gone, and left to be closed soon', async () => {
    const call = await lostCall();
    await beat('relay-2');
    await reports.ingest(call.carrierCallId, { status: 'completed', sequence: 2, durationS: 9 });
    expect(await reAttachment.onStreamEnded(call)).toContain(HANG_UP);
    expect(await records.state(call.callId)).toMatchObject({
      phase: 'connected',
      hasCallerLeft: true,
      lastOfferedEpoch: 1,
      offeredTo: 'relay-1',
    });
  });

  it(
    'without its call goes on with another relay under the next epoch, and every repeat gets the same ' +
      'answer',
    async () => {
      const call = await lostCall();
      await beat('relay-2', { active: 2 });
      const answers = await Promise.all([1, 2, 3, 4].map(() => reAttachment.onStreamEnded(call)));
      expect(new Set(answers).size).toBe(1);
      expect(await offered(answers[0]!)).toBe('relay-2 epoch 2');
      await claim(call, 'relay-2', 2);
      expect(await reAttachment.onStreamEnded(call)).toBe(answers[0]);
      expect(await records.state(call.callId)).toMatchObject({
        phase: 'connected',
        epoch: 2,
        lastOfferedEpoch: 2,
      });
    },
  );

  it('goes on with the same relay when there is no other: the line may have broken, not the relay', async () => {
    const call = await lostCall();
    expect(await offered(await reAttachment.onStreamEnded(call))).toBe('relay-1 epoch 2');
  });

  it('because its relay let it go is not counted as lost, however often', async () => {
    const call = await lostCall();
    for (let epoch = 1; epoch <= 5; epoch += 1) {
      for (const relay of ['relay-1', 'relay-2']) await beat(relay);
      const [owner, other] =
        epoch % 2 === 1 ? (['relay-1', 'relay-2'] as const) : (['relay-2', 'relay-1'] as const);
      await claim(call, owner, epoch);
      const log = new RedisCallLog(
        redis,
        sealer,
        new RealClock(() => undefined),
        { stored: 0, dropped: 0, failures: 0, refilled: 0 },
        { callId: call.callId, epoch, lastSeq: epoch - 1, onFenced: () => undefined },
      );
      log.append({ type: 'stream.detached', data: { reason: 'moved' } });
      await log.flush(2_000);
      expect(await offered(await reAttachment.onStreamEnded({ ...call, epoch }))).toBe(
        `${other} epoch ${epoch + 1}`,
      );
    }
  });

  it('of a relay that is silent is pulled over once, and not when the carrier has asked meanwhile', async () => {
    const call = await lostCall();
    await beat('relay-2');
    expect(await offered((await reAttachment.redirectLiveCall(call)) ?? '')).toBe('relay-2 epoch 2');
    expect(await reAttachment.redirectLiveCall(call)).toBeNull();
    const asked = await lostCall();
    await reAttachment.onStreamEnded(asked);
    expect(await reAttachment.redirectLiveCall(asked)).toBeNull();
    const over = await lostCall();
    await endWith(over, 'agent-goodbye');
    expect(await reAttachment.redirectLiveCall(over)).toBeNull();
  });

  it('before any relay had it is offered to another one again: it may have died since it was last seen', async () => {
    const call = await lostCall();
    await beat('relay-2');
    expect(await offered(await reAttachment.onStreamEnded(call))).toBe('relay-2 epoch 2');
    expect(await offered(await reAttachment.onStreamEnded({ ...call, epoch: 2 }))).toBe('relay-1 epoch 3');
  });

  it('again and again is given up: apology, and the call is written down', async () => {
    const call = await lostCall();
    for (const epoch of [1, 2, 3])
      expect(await offered(await reAttachment.onStreamEnded({ ...call, epoch }))).toBe(
        `relay-1 epoch ${epoch + 1}`,
      );
    expect(await reAttachment.onStreamEnded({ ...call, epoch: 4 })).toContain(APOLOGY);
    expect(await records.state(call.callId)).toMatchObject({ phase: 'ended', endReason: 'stream-lost' });
    expect(enqueued).toEqual(['reaped']);
    expect(await reAttachment.onStreamEnded({ ...call, epoch: 4 })).toContain(APOLOGY);
  });

  it('when no relay can go on is put through to a person where the ladder names one who is there, once', async () => {
    const call = await lostCall({ ladder: [{ kind: 'transfer', department: 'support' }] });
    await registry.release('relay-1' as RelayId);
    const dial = await reAttachment.onStreamEnded(call);
    expect(dial).toContain('+12025550172</Number>');
    expect(dial).not.toContain('operator-whisper');
    expect(await transfers.ended(call, report('no-answer', 'false'))).toContain(APOLOGY);
    expect(await records.state(call.callId)).toMatchObject({ phase: 'ended', endReason: 'relay-lost' });
    expect((await facts(call)).map(({ type }) => type)).toEqual([
      'call.admitted',
      'transfer.asked',
      'transfer.ended',
      'call.ended',
    ]);
    const closed = await lostCall({
      ladder: [{ kind: 'transfer', department: 'support' }],
      directory: [{ key: 'support', name: 'Support', address: '+12025550172', hours: closedToday }],
    });
    await registry.release('relay-1' as RelayId);
    expect(await reAttachment.onStreamEnded(closed)).toContain(APOLOGY);
  });
});

describe('a stream that was given up for a transfer', () => {
  it('is followed by ringing the department: its number, the caller’s as caller id, a whisper', async () => {
    const call = await lostCall();
    await ask(call, 'support');
    const twiml = await reAttachment.onStreamEnded(call);
    expect(twiml).toMatch(
      /<Dial action="https:\/\/voice\.example\.com\/twilio\/transfer-ended\?t=[^"]+" method="POST" timeout="25" callerId="\+12025550123" answerOnBridge="true"><Number url="https:\/\/voice\.example\.com\/twilio\/operator-whisper\?t=[^"]+" method="POST">\+12025550172<\/Number><\/Dial>/,
    );
    expect(await reAttachment.onStreamEnded(call)).toBe(twiml);
  });

  it('for a department that has gone comes back to the agent', async () => {
    const call = await lostCall();
    await ask(call, 'warehouse');
    expect(await offered(await reAttachment.onStreamEnded(call))).toBe('relay-1 epoch 2');
    expect((await facts(call)).at(-1)).toMatchObject({
      type: 'transfer.ended',
      data: { department: 'warehouse', outcome: 'failed' },
    });
  });

  it('whispers the summary in the company’s language, connects who accepts, and ends as transferred', async () => {
    const call = await lostCall();
    await ask(call, 'support');
    await reAttachment.onStreamEnded(call);
    expect(await transfers.whisper(call)).toContain(
      'Anruf für Northwind von 1 2 0 2 5 5 5 0 1 2 3. Wasser im Keller.',
    );
    const again = await transfers.answered(call, { SpeechResult: 'Wie bitte?' }, 1);
    expect(again).toContain('&amp;asks=2');
    expect(await transfers.answered(call, { SpeechResult: 'Wie bitte?' }, 2)).toContain(HANG_UP);
    expect(await transfers.answered(call, { Digits: '2' }, 1)).toContain(HANG_UP);
    expect(await transfers.answered(call, { SpeechResult: 'Ja, gerne.' }, 2)).toContain('<Response/>');
    const ends = await Promise.all([1, 2, 3].map(() => transfers.ended(call, report('completed', 'true'))));
    for (const end of ends) expect(end).toContain(HANG_UP);
    expect(
      (await facts(call)).filter(({ type }) => type === 'transfer.ended' || type === 'call.ended'),
    ).toMatchObject([{ data: { outcome: 'bridged' } }, { data: { termination: { reason: 'transferred' } } }]);
  });

  it('that nobody took comes back once, however often the carrier asks, and not to somebody who has hung up', async () => {
    const call = await lostCall();
    await ask(call, 'support');
    await reAttachment.onStreamEnded(call);
    const answers = await Promise.all(
      [1, 2, 3].map(() => transfers.ended(call, report('completed', 'false'))),
    );
    expect(new Set(answers).size).toBe(1);
    expect(await offered(answers[0]!)).toBe('relay-1 epoch 2');
    const left = await lostCall();
    await ask(left, 'support', 'cold');
    await reAttachment.onStreamEnded(left);
    expect(await transfers.ended(left, report('canceled', 'false', 'completed'))).toContain(HANG_UP);
    expect(await records.state(left.callId)).toMatchObject({ phase: 'ended', endReason: 'caller-hangup' });
  });

  it('is nobody’s any more when the caller has gone: who picks up late is let go', async () => {
    const call = await lostCall();
    await ask(call, 'support');
    await reAttachment.onStreamEnded(call);
    await endWith(call, 'caller-hangup');
    expect(await transfers.whisper(call)).toContain(HANG_UP);
    expect(await transfers.answered(call, { Digits: '1' }, 1)).toContain(HANG_UP);
    expect(await transfers.ended(call, report('completed', 'true'))).toContain(HANG_UP);
  });
});
