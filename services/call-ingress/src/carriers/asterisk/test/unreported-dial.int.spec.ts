import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  CallHandovers,
  CallStore,
  connectRedis,
  RelayRegistry,
  Sealer,
  StreamKeys,
} from '@tandem/call-state';
import { someCall } from '@tandem/call-state/testing';
import type { CallId, Channel, RelayId } from '@tandem/contracts';
import { Metrics, type ServiceConfig } from '@tandem/platform';
import { testRedisUrl } from '@tandem/stack';
import type { HttpAdapterHost } from '@nestjs/core';
import type { Redis } from 'ioredis';
import { CallbackTokens } from '../../../callbacks/callback-tokens.ts';
import { PublicBaseUrl } from '../../../callbacks/public-base-url.ts';
import { AsteriskCarrier } from '../adapter/asterisk-carrier.ts';
import { AsteriskControl } from '../adapter/asterisk-control.ts';
import { SoftphoneCarrier } from '../../softphone/softphone-carrier.ts';
import { CallbackUrls } from '../../twilio/adapter/callback-urls.ts';
import { TwilioAccounts } from '../../twilio/adapter/twilio-accounts.ts';
import { TwilioCarrier } from '../../twilio/adapter/twilio-carrier.ts';
import type { CarrierAdapters } from '../../../ports/carrier-adapter.ts';
import { IngressMetrics } from '../../../runtime/ingress-metrics.ts';
import { DepartmentDial } from '../../../transfer/department-dial.ts';
import { OperatorQuestions } from '../../../transfer/operator-questions.ts';

const config = {
  secrets: ['0123456789abcdef0123456789abcdef'],
  publicBaseUrl: 'https://voice.example.com',
  asteriskControl: [],
} as unknown as ServiceConfig<'call-ingress'>;
const relayId = 'relay-1' as RelayId;
const LEASE = {
  address: 'ws://relay-1',
  capacity: 3,
  active: 0,
  isDraining: false,
  isOverloaded: false,
  revision: '',
  startedAt: 1_000,
};
const RING_MS = 25_000;
const MINUTES = 60_000;
const HOURS = 60 * MINUTES;

let redis: Redis;
let calls: CallStore;
let relays: RelayRegistry;
let handovers: CallHandovers;
let departments: DepartmentDial;
let questions: OperatorQuestions;

beforeAll(async () => {
  redis = connectRedis(await testRedisUrl(), 'command');
  const sealer = new Sealer([{ keyId: 'k1', key: new Uint8Array(32).fill(1) }]);
  calls = new CallStore(redis, sealer);
  relays = new RelayRegistry(redis);
  handovers = new CallHandovers(redis, sealer);
  const metrics = new IngressMetrics(new Metrics('call-ingress'));
  const tokens = new CallbackTokens(config, metrics);
  const urls = new CallbackUrls(tokens, new PublicBaseUrl(config, {} as HttpAdapterHost));
  const carriers: CarrierAdapters = {
    twilio: new TwilioCarrier(config, new TwilioAccounts(config), urls),
    softphone: new SoftphoneCarrier(config, tokens),
    asterisk: new AsteriskCarrier(new StreamKeys(redis), tokens, new AsteriskControl(config)),
  };
  departments = new DepartmentDial(handovers, carriers);
  questions = new OperatorQuestions(calls, handovers, carriers, metrics);
});
beforeEach(() => redis.flushdb());
afterAll(() => redis.disconnect());

/** A call whose carrier has been told to dial, and of which nothing is heard any more. */
async function dialling(channel: Channel, mode: 'cold' | 'warm') {
  const directory = [{ key: 'support', name: 'Support', address: '+12025550172', ringMs: RING_MS }];
  const record = someCall({ channel, carrierCallId: randomUUID() }, { directory });
  const { callId, tenantId, carrierCallId } = record;
  const pending = { department: 'support', mode, summary: '', atMs: 1 } as const;
  await relays.renew({ relayId, ...LEASE }, []);
  await calls.admit(record, relayId, 'x', MINUTES);
  await calls.claim(callId, relayId, 1, 3_000);
  await calls.appendExternalEvent(callId, 'asked', { type: 'transfer.asked', data: pending });
  const stream = { callId, tenantId, carrierCallId, epoch: 1 };
  expect(await departments.dial(stream, 'stream-ended', record, pending)).not.toBeNull();
  return stream;
}
const leaseMs = async (callId: CallId) =>
  Number(await redis.zscore('tandem:calls:live', callId)) - Date.now();

describe('a dialling of which the carrier reports nothing', () => {
  it.each(['cold', 'warm'] as const)('of a browser is given up in a minute (%s)', async (mode) => {
    const { callId } = await dialling('softphone', mode);
    expect(await leaseMs(callId)).toBeLessThan(MINUTES);
    expect(await calls.state(callId)).toMatchObject({ phase: 'transferring', isAccepted: false });
  });

  it.each(['twilio', 'asterisk'] as const)(
    'over %s is given up after the ringing and the question, unless the person has accepted',
    async (channel) => {
      const stream = await dialling(channel, 'warm');
      expect(await leaseMs(stream.callId)).toBeGreaterThan(RING_MS);
      expect(await leaseMs(stream.callId)).toBeLessThan(3 * MINUTES);
      expect(await questions.handleAnswer(stream, { key: '1' }, 1)).toEqual({ kind: 'connect-person' });
      expect(await leaseMs(stream.callId)).toBeGreaterThan(3 * HOURS);
    },
  );

  it.each(['twilio', 'asterisk'] as const)(
    'over %s lasts a conversation where the person is not asked',
    async (channel) => {
      const { callId } = await dialling(channel, 'cold');
      expect(await leaseMs(callId)).toBeGreaterThan(3 * HOURS);
      expect(await calls.state(callId)).toMatchObject({ isAccepted: true });
    },
  );
});
