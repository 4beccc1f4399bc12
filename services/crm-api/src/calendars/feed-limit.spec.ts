import { describe, expect, it } from '@jest/globals';
import { FeedLimit } from './feed-limit.ts';

describe('the limit of a feed', () => {
  it('lets sixty requests of ten minutes pass, and the next after that', () => {
    const limit = new FeedLimit();
    for (let count = 0; count < 60; count += 1) expect(limit.take('a', count)).toBe(0);
    expect(limit.take('a', 60_000)).toBe(540);
    expect(limit.take('b', 60_000)).toBe(0);
    expect(limit.take('a', 600_000)).toBe(0);
  });
});
