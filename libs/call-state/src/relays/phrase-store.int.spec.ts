import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { testRedisUrl } from '@tandem/stack';
import type { Redis } from 'ioredis';
import { connectRedis, PhraseStore, Sealer, PHRASE_STORE_LIMITS } from '../index.ts';

const sealer = (seed: number) => new Sealer([{ keyId: `k${seed}`, key: new Uint8Array(32).fill(seed) }]);
const version = (agentVersion = 1) => ({ agentId: 'a', agentVersion });
const sound = ['AAAA', '/////w=='];

let redis: Redis;
let store: PhraseStore;
beforeAll(async () => {
  redis = connectRedis(await testRedisUrl(), 'command');
  store = new PhraseStore(redis, sealer(1));
});
beforeEach(() => redis.flushdb());
afterAll(() => redis.disconnect());

describe('the phrase store', () => {
  it('gives every relay what one has put there, the first of a name, for a week', async () => {
    await store.put(version(), 'n1', sound);
    await store.put(version(), 'n1', ['BBBB']);
    await store.put(version(2), 'n1', ['CCCC']);
    expect(await new PhraseStore(redis, sealer(1)).of(version())).toEqual(new Map([['n1', sound]]));
    expect(await redis.ttl('tandem:phrases:a:1')).toBeGreaterThan(PHRASE_STORE_LIMITS.ttlS - 10);
  });

  it('holds no more phrases, versions and bytes than it may', async () => {
    for (let phrase = 0; phrase < PHRASE_STORE_LIMITS.phrases + 5; phrase += 1)
      await store.put(version(), `n${phrase}`, sound);
    expect((await store.of(version())).size).toBe(PHRASE_STORE_LIMITS.phrases);
    await store.put(version(2), 'long', ['A'.repeat(400_000)]);
    expect((await store.of(version(2))).size).toBe(0);
    for (let number = 10; number < PHRASE_STORE_LIMITS.versions + 20; number += 1)
      await store.put(version(number), 'n', sound);
    expect(await redis.keys('tandem:phrases:*')).toHaveLength(PHRASE_STORE_LIMITS.versions);
    expect((await store.of(version(PHRASE_STORE_LIMITS.versions + 19))).size).toBe(1);
  });

  it('leaves out what it cannot open: another key, another place, damage', async () => {
    await store.put(version(), 'n1', sound);
    expect((await new PhraseStore(redis, sealer(2)).of(version())).size).toBe(0);
    const sealed = (await redis.hget('tandem:phrases:a:1', 'n1'))!;
    await redis.hset('tandem:phrases:a:1', 'n2', sealed, 'n3', 'rubbish');
    await redis.hset('tandem:phrases:a:1', 'n4', sealer(1).seal(['not base64!'], 'tandem:phrases:a:1:n4'));
    expect([...(await store.of(version())).keys()]).toEqual(['n1']);
  });
});
