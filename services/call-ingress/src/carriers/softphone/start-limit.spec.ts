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

  it.each([
    ['2001:db8:1:2::1', '2001:db8:1:2:ffff:ffff:ffff:ffff', true],
    ['2001:db8::1', '2001:0db8:0000:0000:1::', true],
    ['2001:db8:1:2::1', '2001:db8:1:3::1', false],
    ['::ffff:203.0.113.1', '::ffff:203.0.113.2', false],
    ['::FFFF:203.0.113.1', '::ffff:203.0.113.2', false],
    ['::ffff:203.0.113.1', '203.0.113.1', true],
    ['203.0.113.1', '203.0.113.2', false],
  ])('count %s and %s together: %s, as networks of IPv6 are one user', (one, other, isOne) => {
    const limit = new StartLimit();
    for (let calls = 0; calls < 10; calls += 1) limit.take(one, 1_000);
    expect(limit.take(other, 1_000) > 0).toBe(isOne);
  });

  it('are limited over all addresses together', () => {
    const limit = new StartLimit();
    const taken = Array.from({ length: 100 }, (_, address) => limit.take(`${address}`, 60_000));
    expect(taken.filter((waitS) => waitS === 0)).toHaveLength(60);
    expect(limit.take('late', 61_000)).toBe(0);
  });
});
