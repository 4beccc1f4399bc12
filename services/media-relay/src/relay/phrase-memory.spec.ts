import { describe, expect, it } from '@jest/globals';
import { AudioFrame, type PhraseKey } from '@tandem/conversation';
import { PhraseMemory } from './phrase-memory.ts';

const key = (changes: Partial<PhraseKey> = {}): PhraseKey => ({ agentId: 'a', agentVersion: 1, variantKey: null, model: 'm', voice: 'v', language: 'en', text: 'Hello.', ...changes });
const frames = (bytes: number) => [AudioFrame.fromBytes(new Uint8Array(bytes))];

describe('phrases of a relay', () => {
  it('are found by all that makes them sound alike, and by nothing less', () => {
    const memory = new PhraseMemory();
    memory.put(key(), frames(100));
    expect(memory.get(key())?.[0]?.byteLength).toBe(100);
    const others: Partial<PhraseKey>[] = [{ agentVersion: 2 }, { variantKey: 'b' }, { voice: 'w' }, { language: 'de' }, { text: 'Hello' }, { model: 'n' }, { agentId: 'b' }];
    for (const other of others) expect(memory.get(key(other))).toBeNull();
    expect([memory.hits, memory.misses]).toEqual([1, others.length]);
  });

  it('are forgotten when there are too many, the least used first', () => {
    const memory = new PhraseMemory();
    const megabytes = 5 * 1024 * 1024;
    for (const text of ['a', 'b', 'c']) memory.put(key({ text }), frames(megabytes));
    memory.get(key({ text: 'a' }));
    memory.put(key({ text: 'd' }), frames(megabytes));
    expect(['a', 'b', 'c', 'd'].map((text) => memory.get(key({ text })) !== null)).toEqual([true, false, true, true]);
  });
});
