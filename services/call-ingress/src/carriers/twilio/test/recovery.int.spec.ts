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
} from '@tandem/call-state';
import { someCall } from '@tandem/call-state/testing';
import {
  isFinalStatus,
  streamTicketSchema,
  termination,
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
import { CallbackTokens } from '../../../callbacks/callback-tokens.ts';
import { PublicBaseUrl } from '../../../callbacks/public-base-url.ts';
import type { CarrierInstruction } from '../../../ports/carrier-instruction.ts';
import type { StreamRef } from '../../../ports/stream-ref.ts';
import { CallEndings } from '../../../recovery/call-endings.ts';
import { CallRecovery } from '../../../recovery/call-recovery.ts';
import { CarrierReports } from '../../../recovery/carrier-reports.service.ts';
import { TransferReturn } from '../../../recovery/transfer-return.ts';
import { StreamOffers } from '../../../relays/stream-offer.ts';
import { IngressMetrics } from '../../../runtime/ingress-metrics.ts';
import { DepartmentDial } from '../../../transfer/department-dial.ts';
import { OperatorQuestions } from '../../../transfer/operator-questions.ts';
import type { OperatorAnswer } from '../../../transfer/operator-texts.ts';
import { CallbackUrls } from '../adapter/callback-urls.ts';
import { TwilioAccounts } from '../adapter/twilio-accounts.ts';
import { TwilioCarrier } from '../adapter/twilio-carrier.ts';
import { dialReportOf } from '../webhooks/twilio-forms.ts';

const config = {
  secrets: ['0123456789abcdef0123456789abcdef'],
  publicBaseUrl: 'https://voice.example.com',
  publicMediaUrl: undefined,
} as unknown as ServiceConfig<'call-ingress'>;
const HANG_UP = '<Response><Hangup/></Response>';
const APOLOGY = 'Es tut mir leid, ich habe ein technisches Problem';
const closedToday = [{ weekday: ((new Date().getUTCDay() + 3) % 7) + 1, opensMinute: 0, closesMinute: 60 }];

let redis: Redis;
let sealer: Sealer;
let records: CallStore;
let handovers: CallHandovers;
let registry: RelayRegistry;
let carrier: TwilioCarrier;
let recovery: CallRecovery;
let questions: OperatorQuestions;
let transfers: TransferReturn;
let reports: CarrierReports;
let enqueued: string[];
const tickets = new SignedTokens(config.secrets, 'stream-ticket', streamTicketSchema);

beforeAll(async () => {
  Logger.overrideLogger(false);
  redis = connectRedis(await testRedisUrl(), 'command');
  sealer = new Sealer([{ keyId: 'k1', key: new Uint8Array(32).fill(1) }]);
  records = new CallStore(redis, sealer);
  handovers = new CallHandovers(redis, sealer);
  registry = new RelayRegistry(redis);
  const metrics = new IngressMetrics(new Metrics('call-ingress'));
  const base = new PublicBaseUrl(config, {} as HttpAdapterHost);
  const callbacks = new CallbackUrls(new CallbackTokens(config, metrics), base);
  const postCall = {
    enqueue: (_callId: CallId, _tenantId: TenantId, occasion: string) =>
      Promise.resolve(void enqueued.push(occasion)),
  } as unknown as PostCallQueue;
  carrier = new TwilioCarrier(config, new TwilioAccounts(config), callbacks);
  const carriers = { twilio: carrier };
  const dial = new DepartmentDial(handovers, carriers);
  const offers = new StreamOffers(config, registry);
  const endings = new CallEndings(records, postCall, metrics);
  recovery = new CallRecovery(records, handovers, offers, dial, endings, carriers, metrics);
  reports = new CarrierReports(
    records,
    new CarrierReportStore(redis),
    { handleHangup: () => Promise.resolve() },
    postCall,
  );
  questions = new OperatorQuestions(records, handovers, carriers, metrics);
  transfers = new TransferReturn(records, handovers, recovery, endings, metrics);
});
beforeEach(async () => {
  await redis.flushdb();
  enqueued = [];
});
afterAll(() => redis.disconnect());

const LEASE = {
  capacity: 3,
  active: 0,
  isDraining: false,
  isOverloaded: false,
  revision: '',
  startedAt: 1_000,
};
const beat = (relay: string, changes: object = {}) =>
  registry.renew({ relayId: relay as RelayId, address: `ws://${relay}`, ...LEASE, ...changes }, []);

/** A call of a German agent on relay-1 whose stream has just ended. */
async function lostCall(agent: Partial<AgentSnapshotInput> = {}): Promise<StreamRef> {
  await beat('relay-1');
  const record = someCall(
    { language: 'de-DE' },
    {
      language: 'de-DE',
      directory: [{ key: 'support', name: 'Support', address: '+12025550172' }],
      ...agent,
    },
  );
  await records.admit(record, 'relay-1' as RelayId, 'x', 60_000);
  await records.claim(record.callId, 'relay-1' as RelayId, 1, 3_000);
  const { callId, tenantId, carrierCallId } = record;
  return { callId, tenantId, carrierCallId, epoch: 1 };
}

/** Returns the relay the TwiML connects to, and the epoch. */
async function offered(twiml: string): Promise<string> {
  const relay = /<Stream url="ws:\/\/[^"]*\/media\/([^"]+)"/.exec(twiml)?.[1];
  if (!relay) return twiml;
  const { epoch } = await tickets.verify(
    /name="ticket" value="([^"]+)"/.exec(twiml)?.[1] ?? '',
    `relay:${relay}`,
  );
  return `${relay} epoch ${epoch}`;
}
const claim = (claims: StreamRef, relay: string, epoch: number) =>
  records.claim(claims.callId, relay as RelayId, epoch, 3_000);
const endWith = async (claims: StreamRef, reason: TerminationReason) =>
  records.appendExternalEvent(claims.callId, 'ending', {
    type: 'call.ended',
    data: { termination: termination(reason), atMs: 1 },
  });
const ask = (claims: StreamRef, department: string, mode: 'cold' | 'warm' = 'warm') =>
  records.appendExternalEvent(claims.callId, `asked-${claims.epoch}`, {
    type: 'transfer.asked',
    data: { department, mode, summary: 'Wasser im Keller.', atMs: 1 },
  });
const facts = async (claims: StreamRef): Promise<NewCallEvent[]> =>
  (await records.events(claims.callId)).events;
const report = (DialCallStatus: string, DialBridged: string, CallStatus: CallStatus = 'in-progress') => ({
  DialCallStatus,
  DialBridged,
  CallStatus,
});

const twiml = async (instruction: Promise<CarrierInstruction>) => carrier.render(await instruction);
const onStreamEnded = (call: StreamRef) => twiml(recovery.onStreamEnded(call));
const onRelaySilent = async (call: StreamRef) => {
  const instruction = await recovery.onRelaySilent(call);
  return instruction && carrier.render(instruction);
};
const whisper = (call: StreamRef) => twiml(questions.ask(call));
const answered = (call: StreamRef, answer: OperatorAnswer, attempt: number) =>
  twiml(questions.handleAnswer(call, answer, attempt));
const transferEnded = (call: StreamRef, form: ReturnType<typeof report>) =>
  twiml(transfers.onTransferEnded(call, dialReportOf(form), isFinalStatus(form.CallStatus)));

describe('a stream that has ended', () => {
  it('together with its call hangs up; after a fault of ours the caller hears an apology first', async () => {
    const goodbye = await lostCall();
    await endWith(goodbye, 'agent-goodbye');
    expect(await onStreamEnded(goodbye)).toContain(HANG_UP);
    const failed = await lostCall();
    await endWith(failed, 'model-failed');
    expect(await onStreamEnded(failed)).toContain(APOLOGY);
    expect(await onStreamEnded({ ...failed, callId: randomUUID() as CallId })).toContain(HANG_UP);
  });

  it('ends its call at once when the caller hangs up on the way to another relay', async () => {
    const completed = { status: 'completed', sequence: 2, durationS: 9 } as const;
    const waiting = await lostCall();
    await beat('relay-2');
    await onStreamEnded(waiting);
    await reports.ingest(waiting.carrierCallId, completed, '');
    expect(await records.state(waiting.callId)).toMatchObject({
      phase: 'ended',
      endReason: 'caller-hangup',
    });
    expect((await claim(waiting, 'relay-2', 2)).outcome).toBe('ended');
    const held = await lostCall();
    await onStreamEnded(held);
    await claim(held, 'relay-2', 2);
    await reports.ingest(held.carrierCallId, completed, '');
    expect(await records.state(held.callId)).toMatchObject({ phase: 'connected', relayId: 'relay-2' });
  });

  it('is offered to no relay once the caller is known to have left', async () => {
    const call = await lostCall();
    await beat('relay-2');
    await reports.ingest(call.carrierCallId, { status: 'completed', sequence: 2, durationS: 9 }, '');
    expect(await onStreamEnded(call)).toContain(HANG_UP);
    expect(await records.state(call.callId)).toMatchObject({
      phase: 'connected',
      hasCallerLeft: true,
      lastOfferedEpoch: 1,
      offeredTo: 'relay-1',
    });
  });

  it('continues on another relay under the next epoch; repeats get the same answer', async () => {
    const call = await lostCall();
    await beat('relay-2', { active: 2 });
    const answers = await Promise.all([1, 2, 3, 4].map(() => onStreamEnded(call)));
    expect(new Set(answers).size).toBe(1);
    expect(await offered(answers[0]!)).toBe('relay-2 epoch 2');
    await claim(call, 'relay-2', 2);
    expect(await onStreamEnded(call)).toBe(answers[0]);
    expect(await records.state(call.callId)).toMatchObject({
      phase: 'connected',
      epoch: 2,
      lastOfferedEpoch: 2,
    });
  });

  it('continues on the same relay when there is no other: perhaps only the line broke', async () => {
    const call = await lostCall();
    expect(await offered(await onStreamEnded(call))).toBe('relay-1 epoch 2');
  });

  it('is not counted as a loss when a draining relay gave the call up, at any number', async () => {
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
      expect(await offered(await onStreamEnded({ ...call, epoch }))).toBe(`${other} epoch ${epoch + 1}`);
    }
  });

  it('of a silent relay is redirected once, and not after the carrier asked by itself', async () => {
    const call = await lostCall();
    await beat('relay-2');
    expect(await offered((await onRelaySilent(call)) ?? '')).toBe('relay-2 epoch 2');
    expect(await onRelaySilent(call)).toBeNull();
    const asked = await lostCall();
    await onStreamEnded(asked);
    expect(await onRelaySilent(asked)).toBeNull();
    const over = await lostCall();
    await endWith(over, 'agent-goodbye');
    expect(await onRelaySilent(over)).toBeNull();
  });

  it('that no relay ever claimed is offered to another relay', async () => {
    const call = await lostCall();
    await beat('relay-2');
    expect(await offered(await onStreamEnded(call))).toBe('relay-2 epoch 2');
    expect(await offered(await onStreamEnded({ ...call, epoch: 2 }))).toBe('relay-1 epoch 3');
  });

  it('for the fourth time in a minute ends the call with an apology, and the call is stored', async () => {
    const call = await lostCall();
    for (const epoch of [1, 2, 3])
      expect(await offered(await onStreamEnded({ ...call, epoch }))).toBe(`relay-1 epoch ${epoch + 1}`);
    expect(await onStreamEnded({ ...call, epoch: 4 })).toContain(APOLOGY);
    expect(await records.state(call.callId)).toMatchObject({ phase: 'ended', endReason: 'stream-lost' });
    expect(enqueued).toEqual(['reaped']);
    expect(await onStreamEnded({ ...call, epoch: 4 })).toContain(APOLOGY);
  });

  it('with no relay left dials the department of the fallback chain once, if it is open', async () => {
    const call = await lostCall({ ladder: [{ kind: 'transfer', department: 'support' }] });
    await registry.release('relay-1' as RelayId);
    const dial = await onStreamEnded(call);
    expect(dial).toContain('+12025550172</Number>');
    expect(dial).not.toContain('operator-whisper');
    expect(await transferEnded(call, report('no-answer', 'false'))).toContain(APOLOGY);
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
    expect(await onStreamEnded(closed)).toContain(APOLOGY);
  });
});

describe('a transfer', () => {
  it('rings the department, with the caller’s number as caller id and a whisper', async () => {
    const call = await lostCall();
    await ask(call, 'support');
    const twiml = await onStreamEnded(call);
    expect(twiml).toMatch(
      new RegExp(
        '<Dial action="https://voice\\.example\\.com/twilio/transfer-ended\\?t=[^"]+" method="POST" ' +
          'timeout="25" callerId="\\+12025550123" answerOnBridge="true">' +
          '<Number url="https://voice\\.example\\.com/twilio/operator-whisper\\?t=[^"]+" method="POST">' +
          '\\+12025550172</Number></Dial>',
      ),
    );
    expect(await onStreamEnded(call)).toBe(twiml);
  });

  it('to a department that no longer exists returns the caller to the agent', async () => {
    const call = await lostCall();
    await ask(call, 'warehouse');
    expect(await offered(await onStreamEnded(call))).toBe('relay-1 epoch 2');
    expect((await facts(call)).at(-1)).toMatchObject({
      type: 'transfer.ended',
      data: { department: 'warehouse', outcome: 'failed' },
    });
  });

  it('whispers the summary in the company’s language and connects after acceptance', async () => {
    const call = await lostCall();
    await ask(call, 'support');
    await onStreamEnded(call);
    expect(await whisper(call)).toContain('Anruf für Northwind von 1 2 0 2 5 5 5 0 1 2 3. Wasser im Keller.');
    const again = await answered(call, { speech: 'Wie bitte?' }, 1);
    expect(again).toContain('&amp;asks=2');
    expect(await answered(call, { speech: 'Wie bitte?' }, 2)).toContain(HANG_UP);
    expect(await answered(call, { key: '2' }, 1)).toContain(HANG_UP);
    expect(await answered(call, { speech: 'Ja, gerne.' }, 2)).toContain('<Response/>');
    const ends = await Promise.all([1, 2, 3].map(() => transferEnded(call, report('completed', 'true'))));
    for (const end of ends) expect(end).toContain(HANG_UP);
    expect(
      (await facts(call)).filter(({ type }) => type === 'transfer.ended' || type === 'call.ended'),
    ).toMatchObject([{ data: { outcome: 'bridged' } }, { data: { termination: { reason: 'transferred' } } }]);
  });

  it('without a taker returns once for all repeats, and not after the caller hung up', async () => {
    const call = await lostCall();
    await ask(call, 'support');
    await onStreamEnded(call);
    const answers = await Promise.all([1, 2, 3].map(() => transferEnded(call, report('completed', 'false'))));
    expect(new Set(answers).size).toBe(1);
    expect(await offered(answers[0]!)).toBe('relay-1 epoch 2');
    const left = await lostCall();
    await ask(left, 'support', 'cold');
    await onStreamEnded(left);
    expect(await transferEnded(left, report('canceled', 'false', 'completed'))).toContain(HANG_UP);
    expect(await records.state(left.callId)).toMatchObject({ phase: 'ended', endReason: 'caller-hangup' });
  });

  it('hangs up on a person who picks up after the caller left', async () => {
    const call = await lostCall();
    await ask(call, 'support');
    await onStreamEnded(call);
    await endWith(call, 'caller-hangup');
    expect(await whisper(call)).toContain(HANG_UP);
    expect(await answered(call, { key: '1' }, 1)).toContain(HANG_UP);
    expect(await transferEnded(call, report('completed', 'true'))).toContain(HANG_UP);
  });
});
