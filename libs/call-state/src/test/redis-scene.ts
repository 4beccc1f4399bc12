import { afterAll, beforeAll, beforeEach } from '@jest/globals';
import type { CallId, NewCallEvent, RelayId } from '@tandem/contracts';
import { RealClock } from '@tandem/conversation';
import { testRedisUrl } from '@tandem/stack';
import type { Redis } from 'ioredis';
import { CallStore, connectRedis, RelayRegistry, Sealer } from '../index.ts';

export const relayId = 'relay-1' as RelayId;

export let url: string;
export let redis: Redis;
export let store: CallStore;
export let registry: RelayRegistry;
export const sealer = new Sealer([{ keyId: 'k1', key: new Uint8Array(32).fill(1) }]);
export const clock = new RealClock((error) => {
  throw error;
});

export const heartbeat = (changes: object = {}, calls: CallId[] = [], epoch = 1) =>
  registry.renew(
    {
      relayId,
      address: 'ws://r1',
      capacity: 3,
      active: 0,
      isDraining: false,
      isOverloaded: false,
      revision: '',
      startedAt: 1_000,
      ...changes,
    },
    calls.map((callId) => ({ callId, epoch, isHeld: true })),
  );
export const note = (text: string): NewCallEvent => ({
  type: 'caller.spoke',
  data: { itemId: 'i', text, startedAtMs: 0, endedAtMs: 1 },
});

/** Opens Redis, empty before each spec, and the stores on it for the specs of a file. */
export function useRedisScene(): void {
  beforeAll(async () => {
    url = await testRedisUrl();
    redis = connectRedis(url, 'command');
    store = new CallStore(redis, sealer, {
      connectedForMs: Number.POSITIVE_INFINITY,
      disconnected: () => undefined,
    });
    registry = new RelayRegistry(redis);
  });
  beforeEach(() => redis.flushdb());
  afterAll(() => redis.disconnect());
}
