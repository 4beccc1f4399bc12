import { describe, expect, it } from '@jest/globals';
import { DEFAULT_BUDGET, readWebhookTarget } from './connection-overrides.ts';

describe('connection overrides', () => {
  it('leave a URL without a fragment alone', () => {
    expect(readWebhookTarget('https://x.test/v?a=1', DEFAULT_BUDGET)).toEqual({
      url: 'https://x.test/v?a=1',
      budget: DEFAULT_BUDGET,
      faults: [],
    });
  });

  it('by default connect twice for five seconds and take fifteen in all', () => {
    expect(DEFAULT_BUDGET).toMatchObject({ retries: 1, connectMs: 5000, totalMs: 15_000 });
    expect([...DEFAULT_BUDGET.policies]).toEqual(['ct']);
  });

  it('take counts, policies and times from the fragment and cut it off', () => {
    const { url, budget, faults } = readWebhookTarget(
      'https://x.test/v?a=1#rc=3&rp=5xx,rt&ct=2000&rt=3000&tt=9000&e=dublin',
      DEFAULT_BUDGET,
    );
    expect(url).toBe('https://x.test/v?a=1');
    expect(faults).toEqual([]);
    expect(budget).toEqual({
      retries: 3,
      policies: new Set(['5xx', 'rt']),
      connectMs: 2000,
      readMs: 3000,
      totalMs: 9000,
    });
  });

  it.each(['rc=6', 'ct=99', 'ct=10001', 'rt=15001', 'tt=abc', 'rp=never', 'xy=1'])(
    'name the fault in #%s',
    (fragment) => {
      expect(readWebhookTarget(`https://x.test/v#${fragment}`, DEFAULT_BUDGET).faults).toHaveLength(1);
    },
  );
});
