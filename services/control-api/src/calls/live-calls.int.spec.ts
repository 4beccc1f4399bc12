import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CallStore, connectRedis, Sealer } from '@tandem/call-state';
import { termination } from '@tandem/contracts';
import { deriveKeys } from '@tandem/platform';
import { testRedisUrl } from '@tandem/stack';
import type { Redis } from 'ioredis';
import { admitCall } from '../test/admitted-call.ts';
import { CONTROL_SECRET, RunningControl } from '../test/running-control.ts';

let control: RunningControl;
let redis: Redis;
beforeAll(async () => {
  const redisUrl = await testRedisUrl();
  control = await RunningControl.start({ REDIS_URL: redisUrl });
  redis = connectRedis(redisUrl, 'command');
});
afterAll(async () => {
  redis.disconnect();
  await control.stop();
});

const storeOf = (secret: string) => new CallStore(redis, new Sealer(deriveKeys([secret], 'call-state')));
const listed = async (key: string) => (await control.ask('GET', '/v1/live-calls', key)).body['items'];

describe('running calls', () => {
  it('are listed with their parties, agent and language, the oldest first, until they end', async () => {
    const own = await control.operator();
    const store = storeOf(CONTROL_SECRET);
    const caller = { name: 'Alex Morgan', group: 'vip', language: null };
    const first = await admitCall(redis, store, own, { caller, language: 'de-DE' });
    const second = await admitCall(redis, store, own, { from: 'anonymous' });
    expect(await listed(own.apiKey)).toEqual([
      {
        callId: first.callId,
        state: 'admitted',
        relayId: null,
        admittedAt: expect.stringMatching(/^20/),
        details: {
          direction: 'inbound',
          channel: 'twilio',
          from: '+12025550123',
          to: '+12025550100',
          callerName: 'Alex Morgan',
          callerGroup: 'vip',
          agent: { id: own.agentId, version: 1, name: 'Sarah' },
          language: 'de-DE',
          variantKey: null,
        },
      },
      expect.objectContaining({ callId: second.callId }),
    ]);
    expect(await listed((await control.operator()).apiKey)).toEqual([]);
    await store.appendExternalEvent(first.callId, 'ending', {
      type: 'call.ended',
      data: { termination: termination('caller-hangup'), atMs: 1 },
    });
    expect(await listed(own.apiKey)).toMatchObject([{ callId: second.callId }]);
  });

  it('whose record cannot be read are listed all the same', async () => {
    const own = await control.operator();
    const call = await admitCall(redis, storeOf('another secret that is long enough for a spec'), own);
    expect(await listed(own.apiKey)).toMatchObject([{ callId: call.callId, details: null }]);
  });
});
