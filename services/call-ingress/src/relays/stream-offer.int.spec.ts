import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { connectRedis, RelayRegistry } from '@tandem/call-state';
import type { RelayId } from '@tandem/contracts';
import { testRedisUrl } from '@tandem/stack';
import type { Redis } from 'ioredis';
import { StreamOffers } from './stream-offer.ts';

const EDGE = 'asterisk.example.com:9092';
let redis: Redis;
let registry: RelayRegistry;
let offers: StreamOffers;

beforeAll(async () => {
  redis = connectRedis(await testRedisUrl(), 'command');
  registry = new RelayRegistry(redis);
});
beforeEach(async () => {
  await redis.flushdb();
  offers = new StreamOffers({ secrets: ['x'.repeat(32)] }, registry);
});
afterAll(() => redis.disconnect());

const beat = (relay: string, audioSocket?: string) =>
  registry.renew(
    {
      relayId: relay as RelayId,
      address: `ws://${relay}`,
      audioSocket,
      capacity: 3,
      active: 0,
      isDraining: false,
      isOverloaded: false,
      revision: '',
      startedAt: 1_000,
    },
    [],
  );
const audioSockets = async () =>
  Object.fromEntries(
    (await offers.inOrder()).map(({ relayId, audioSocket }) => [relayId, audioSocket ?? null]),
  );

describe('relays behind an edge, with one address for their AudioSockets', () => {
  it('are offered for them if the edge can tell them by the number in their names', async () => {
    for (const relay of ['relay-1', 'relay-12', 'relay-03', 'berlin']) await beat(relay, EDGE);
    const warned: unknown[] = [];
    const warn = jest
      .spyOn(Logger.prototype, 'warn')
      .mockImplementation((fields: unknown) => void warned.push(fields));
    expect(await audioSockets()).toEqual({
      'relay-1': EDGE,
      'relay-12': EDGE,
      'relay-03': null,
      berlin: null,
    });
    await audioSockets();
    expect(warned).toHaveLength(2);
    expect(warned).toContainEqual({ relayId: 'berlin', address: EDGE });
    expect(warned).toContainEqual({ relayId: 'relay-03', address: EDGE });
    warn.mockRestore();
  });

  it('may have any name where each has an address of its own, or no AudioSocket', async () => {
    await beat('berlin', '10.0.0.5:9092');
    await beat('relay-01', '10.0.0.6:9092');
    await beat('paris');
    await beat('london');
    expect(await audioSockets()).toEqual({
      berlin: '10.0.0.5:9092',
      'relay-01': '10.0.0.6:9092',
      paris: null,
      london: null,
    });
  });
});
