import { describe, expect, it } from '@jest/globals';
import { decideDelivery } from './delivery-decision.ts';

const DELAYS = [1_000, 10_000];
const answered = (status: number, retryAfterMs: number | null = null) => ({ status, retryAfterMs });

describe('the decision after an attempt', () => {
  it('treats only 2xx as delivered, not a redirect', () => {
    expect(decideDelivery(answered(204), 1, DELAYS, 0)).toEqual({
      kind: 'delivered',
      status: 204,
      isReachable: true,
    });
    expect(decideDelivery(answered(302), 1, DELAYS, 0)).toMatchObject({ kind: 'failed', fault: 'http-302' });
  });

  it('retries with growing delays, varied by a fifth, and gives up after the last', () => {
    expect(decideDelivery(answered(500), 1, DELAYS, 0)).toMatchObject({
      retryAfterMs: 800,
      pauseMs: 0,
      isGone: false,
    });
    expect(decideDelivery({ fault: 'econnrefused' }, 2, DELAYS, 1)).toMatchObject({
      status: null,
      fault: 'econnrefused',
      retryAfterMs: 12_000,
    });
    expect(decideDelivery(answered(500), 3, DELAYS, 0)).toMatchObject({ retryAfterMs: null });
  });

  it('honours Retry-After up to an hour, and pauses the endpoint', () => {
    expect(decideDelivery(answered(429, 30_000), 1, DELAYS, 0)).toMatchObject({
      retryAfterMs: 30_000,
      pauseMs: 30_000,
    });
    expect(decideDelivery(answered(503), 1, DELAYS, 0)).toMatchObject({ retryAfterMs: 800, pauseMs: 5_000 });
    expect(decideDelivery(answered(500, 30_000), 1, DELAYS, 0)).toMatchObject({
      retryAfterMs: 30_000,
      pauseMs: 0,
    });
    expect(decideDelivery(answered(429, 86_400_000), 1, DELAYS, 0)).toMatchObject({ pauseMs: 3_600_000 });
  });

  it('disables a gone endpoint, and keeps the event', () => {
    expect(decideDelivery(answered(410), 3, DELAYS, 0)).toMatchObject({ isGone: true, retryAfterMs: 0 });
  });

  it('distinguishes a refused event from an unreachable receiver', () => {
    for (const status of [301, 400, 404, 422])
      expect(decideDelivery(answered(status), 1, DELAYS, 0)).toMatchObject({ isReachable: true });
    for (const status of [408, 429, 500, 503])
      expect(decideDelivery(answered(status), 1, DELAYS, 0)).toMatchObject({ isReachable: false });
    expect(decideDelivery({ fault: 'timeout' }, 1, DELAYS, 0)).toMatchObject({ isReachable: false });
  });
});
