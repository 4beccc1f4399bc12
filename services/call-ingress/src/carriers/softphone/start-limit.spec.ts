import { describe, expect, it } from '@jest/globals';
import { StartLimit } from './start-limit.ts';

describe('calls that nobody has signed for', () => {
  it('may be started ten at once from an address, then one every three seconds', () => {
    const limit = new StartLimit();
    const taken = Array.from({ length: 12 }, () => limit.take('a', 1_000));
    expect(taken).toEqual([...Array<number>(10).fill(0), 3, 3]);
    expect(limit.take('b', 1_000)).toBe(0);
    expect(limit.take('a', 4_000)).toBe(0);
    expect(limit.take('a', 4_000)).toBeGreaterThan(0);
  });

  it('are limited over all addresses together', () => {
    const limit = new StartLimit();
    const taken = Array.from({ length: 100 }, (_, address) => limit.take(`${address}`, 60_000));
    expect(taken.filter((waitS) => waitS === 0)).toHaveLength(60);
    expect(limit.take('late', 61_000)).toBe(0);
  });
});
