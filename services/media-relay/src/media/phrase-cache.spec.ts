import { beforeAll, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { PCM16_16K, PCMU_8K } from '@tandem/contracts';
import type { AgentVersionId } from '@tandem/call-state';
import { AudioFrame, type PhraseKey } from '@tandem/conversation';
import { PhraseCache } from './phrase-cache.ts';

const key = (changes: Partial<PhraseKey> = {}): PhraseKey => ({
  agentId: 'a',
  agentVersion: 1,
  variantKey: null,
  provider: 'm',
  voice: 'v',
  speed: 1,
  language: 'en',
  format: PCMU_8K,
  text: 'Hello.',
  ...changes,
});
const frames = (bytes: number) => [AudioFrame.fromBytes(new Uint8Array(bytes))];

class FakePhraseStore {
  readonly versions = new Map<string, Map<string, readonly string[]>>();
  asked = 0;
  isUnavailable = false;
  /** Never resolves. */
  isSlow = false;

  of = async ({ agentId, agentVersion }: AgentVersionId): Promise<Map<string, string[]>> => {
    this.asked += 1;
    if (this.isSlow) await new Promise(() => undefined);
    if (this.isUnavailable) throw new Error('unavailable');
    return new Map(
      [...(this.versions.get(`${agentId}:${agentVersion}`) ?? [])].map(([name, sound]) => [name, [...sound]]),
    );
  };

  put = (
    { agentId, agentVersion }: AgentVersionId,
    name: string,
    sound: readonly string[],
  ): Promise<void> => {
    if (this.isUnavailable) return Promise.reject(new Error('unavailable'));
    const version = this.versions.get(`${agentId}:${agentVersion}`) ?? new Map<string, readonly string[]>();
    this.versions.set(`${agentId}:${agentVersion}`, version.set(name, sound));
    return Promise.resolve();
  };
}

beforeAll(() => {
  Logger.overrideLogger(false);
});

function relay(store = new FakePhraseStore()) {
  const outcomes = { hit: 0, miss: 0 };
  const inc = (labels: { outcome: 'hit' | 'miss' }): void => {
    outcomes[labels.outcome] += 1;
  };
  const memory = new PhraseCache(store, { counters: { phrases: { inc } } as never });
  return { memory, store, outcomes };
}

describe('the phrase cache of a relay', () => {
  it('finds a phrase by everything that makes it sound alike', () => {
    const { memory, outcomes } = relay();
    memory.put(key(), frames(100));
    expect(memory.get(key())?.[0]?.byteLength).toBe(100);
    const others: Partial<PhraseKey>[] = [
      { agentVersion: 2 },
      { variantKey: 'b' },
      { voice: 'w' },
      { speed: 0.5 },
      { language: 'de' },
      { text: 'Hello' },
      { provider: 'n' },
      { agentId: 'b' },
      { format: PCM16_16K },
    ];
    for (const other of others) expect(memory.get(key(other))).toBeNull();
    expect(outcomes).toEqual({ hit: 1, miss: others.length });
  });

  it('drops the least recently used phrases when there are too many', () => {
    const { memory } = relay();
    const megabytes = 5 * 1024 * 1024;
    for (const text of ['a', 'b', 'c']) memory.put(key({ text }), frames(megabytes));
    memory.get(key({ text: 'a' }));
    memory.put(key({ text: 'd' }), frames(megabytes));
    expect(['a', 'b', 'c', 'd'].map((text) => memory.get(key({ text })) !== null)).toEqual([
      true,
      false,
      true,
      true,
    ]);
  });
});

describe('the phrase caches of all relays', () => {
  it('share phrases byte for byte, under names that do not show the words', async () => {
    const { memory, store } = relay();
    memory.put(key(), [AudioFrame.fromBytes(Uint8Array.of(1, 2, 3)), AudioFrame.fromBytes(Uint8Array.of(4))]);
    const other = relay(store);
    expect(other.memory.get(key())).toBeNull();
    await other.memory.preload(key());
    expect(other.memory.get(key())?.map(({ bytes }) => [...bytes])).toEqual([[1, 2, 3], [4]]);
    expect(JSON.stringify([...store.versions.values()].map((version) => [...version.keys()]))).not.toContain(
      'Hello',
    );
  });

  it('fetch stored phrases once in a while, not for every call', async () => {
    const { memory, store } = relay();
    for (let call = 0; call < 10; call += 1) await memory.preload(key());
    await memory.preload(key({ agentVersion: 2 }));
    expect(store.asked).toBe(2);
  });

  it('go on without an unavailable store, and fetch again with the next call', async () => {
    const { memory, store } = relay();
    store.isUnavailable = true;
    await memory.preload(key());
    memory.put(key(), frames(10));
    await memory.preload(key());
    expect(store.asked).toBe(2);
    expect(memory.get(key())).not.toBeNull();
  });

  it('do not wait for a slow store', async () => {
    const { memory, store } = relay();
    store.isSlow = true;
    await memory.preload(key());
    expect(memory.get(key())).toBeNull();
  });
});
