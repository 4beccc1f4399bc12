import { describe, expect, it } from '@jest/globals';
import type { RelayId } from '@tandem/contracts';
import { StreamKeys } from '../index.ts';
import { redis, relayId, useRedisScene } from '../test/redis-scene.ts';

useRedisScene();

const id = '00030203-0405-8607-8809-0a0b0c0d0e0f';
const stream = { ticket: 'a.b.c', rateHz: 16_000 };

describe('the id of a stream', () => {
  it('is good once', async () => {
    const streams = new StreamKeys(redis);
    await streams.register(relayId, id, stream, 60);
    const taken = await Promise.all(Array.from({ length: 10 }, () => streams.take(relayId, id)));
    expect(taken.filter((found) => found !== null)).toEqual([stream]);
    expect(await redis.keys('*')).toEqual([]);
  });

  it('is good at its relay only, and asking another one does not use it up', async () => {
    const streams = new StreamKeys(redis);
    await streams.register(relayId, id, stream, 60);
    expect(await streams.take('relay-2' as RelayId, id)).toBeNull();
    expect(await streams.take(relayId, id)).toEqual(stream);
  });

  it('is good for a time', async () => {
    const streams = new StreamKeys(redis);
    await streams.register(relayId, id, stream, 60);
    expect(await redis.ttl(`tandem:relay:${relayId}:stream:${id}`)).toBeLessThanOrEqual(60);
  });
});
