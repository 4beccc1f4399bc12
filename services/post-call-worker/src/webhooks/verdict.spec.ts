import { describe, expect, it } from '@jest/globals';
import { judge } from './verdict.ts';

const DELAYS = [1_000, 10_000];
const answered = (status: number, retryAfterMs: number | null = null) => ({ status, retryAfterMs });

describe('what a try means', () => {
  it('takes 2xx alone for delivered: a redirect is none', () => {
    expect(judge(answered(204), 1, DELAYS, 0)).toEqual({ kind: 'delivered', status: 204, isReachable: true });
    expect(judge(answered(302), 1, DELAYS, 0)).toMatchObject({ kind: 'failed', fault: 'http-302' });
  });

  it('tries again later and later, a fifth sooner or later, and gives up after the last', () => {
    expect(judge(answered(500), 1, DELAYS, 0)).toMatchObject({
      retryAfterMs: 800,
      pauseMs: 0,
      isGone: false,
    });
    expect(judge({ fault: 'econnrefused' }, 2, DELAYS, 1)).toMatchObject({
      status: null,
      fault: 'econnrefused',
      retryAfterMs: 12_000,
    });
    expect(judge(answered(500), 3, DELAYS, 0)).toMatchObject({ retryAfterMs: null });
  });

  it('waits as long as it is asked to, an hour at most, and lets the endpoint rest', () => {
    expect(judge(answered(429, 30_000), 1, DELAYS, 0)).toMatchObject({
      retryAfterMs: 30_000,
      pauseMs: 30_000,
    });
    expect(judge(answered(503), 1, DELAYS, 0)).toMatchObject({ retryAfterMs: 800, pauseMs: 5_000 });
    expect(judge(answered(500, 30_000), 1, DELAYS, 0)).toMatchObject({ retryAfterMs: 30_000, pauseMs: 0 });
    expect(judge(answered(429, 86_400_000), 1, DELAYS, 0)).toMatchObject({ pauseMs: 3_600_000 });
  });

  it('takes 410 at its word, and loses nothing over it', () => {
    expect(judge(answered(410), 3, DELAYS, 0)).toMatchObject({ isGone: true, retryAfterMs: 0 });
  });

  it('tells a receiver that refuses one event from one that cannot be reached', () => {
    for (const status of [301, 400, 404, 422])
      expect(judge(answered(status), 1, DELAYS, 0)).toMatchObject({ isReachable: true });
    for (const status of [408, 429, 500, 503])
      expect(judge(answered(status), 1, DELAYS, 0)).toMatchObject({ isReachable: false });
    expect(judge({ fault: 'timeout' }, 1, DELAYS, 0)).toMatchObject({ isReachable: false });
  });
});
