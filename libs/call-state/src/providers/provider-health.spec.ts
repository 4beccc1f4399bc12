import { describe, expect, it } from '@jest/globals';
import { ProviderError, type ProviderErrorCategory } from '@tandem/contracts';
import { ManualClock } from '@tandem/conversation/testing';
import { ProviderHealthRegistry } from './provider-health-registry.ts';

const error = (category: ProviderErrorCategory) =>
  new ProviderError('It failed.', { provider: 'p', code: category, category });
const busy = error('rate-limit');

function relay() {
  const clock = new ManualClock();
  const registry = new ProviderHealthRegistry({ states: null, clock });
  const provider = registry.of('primary:big');
  /** A new call: whether it may be tried, and its outcome. */
  const call = (isWell: boolean) => {
    if (!provider.allows('new-call')) return 'spared';
    if (isWell) provider.openSucceeded();
    else provider.openFailed(busy);
    return isWell ? 'opened' : 'failed';
  };
  return { clock, registry, provider, call };
}

describe('a provider in trouble', () => {
  it('is avoided after ten failures, probed after ten seconds, used again on success', async () => {
    const { clock, provider, call } = relay();
    expect(Array.from({ length: 12 }, () => call(false))).toEqual([
      ...Array<string>(10).fill('failed'),
      'spared',
      'spared',
    ]);
    expect(provider.state).toBe('open');
    await clock.pass(9_999);
    expect(call(true)).toBe('spared');
    await clock.pass(1);
    expect(provider.state).toBe('half-open');
    expect(provider.allows('new-call')).toBe(true);
    expect(provider.allows('new-call')).toBe(false); // The circuit lets one probe through at a time.
    provider.openSucceeded();
    expect(provider.state).toBe('closed');
    expect(call(true)).toBe('opened');
  });

  it('that still fails is tried more rarely, and never later than 20 s after it has recovered', async () => {
    const { clock, call } = relay();
    for (let failed = 0; failed < 10; failed += 1) call(false);
    const tries: number[] = [];
    for (let second = 1; second <= 120; second += 1) {
      await clock.pass(1_000);
      if (call(false) === 'failed') tries.push(second);
    }
    expect(tries).toEqual([10, 30, 50, 70, 90, 110]);
    let recovered = 0;
    while (call(true) === 'spared') {
      await clock.pass(1_000);
      recovered += 1;
    }
    expect(recovered).toBeLessThanOrEqual(20);
  });

  it('that fails now and then is not left alone', () => {
    const { provider, call } = relay();
    for (let round = 0; round < 50; round += 1) {
      call(false);
      call(false);
      call(true);
    }
    expect(provider.state).toBe('closed');
  });

  it('that refuses new sessions is known although the old ones answer', () => {
    const { provider } = relay();
    for (let failed = 0; failed < 10; failed += 1) {
      provider.openFailed(busy);
      provider.responseSucceeded();
      provider.responseSucceeded();
    }
    expect(provider.state).toBe('open');
  });

  it.each<ProviderErrorCategory>(['authentication', 'quota'])(
    'for good (%s) is known by the first failure',
    (category) => {
      const { provider } = relay();
      provider.openFailed(error(category));
      expect(provider.state).toBe('open');
    },
  );

  it('is not one that refuses what we did wrong', () => {
    const { provider } = relay();
    for (let failed = 0; failed < 50; failed += 1) provider.openFailed(error('invalid-request'));
    expect(provider.state).toBe('closed');
  });

  it('keeps failures of long ago out of it', async () => {
    const { clock, provider, call } = relay();
    for (let failed = 0; failed < 30; failed += 1) {
      call(false);
      await clock.pass(10_001);
    }
    expect(provider.state).toBe('closed');
  });
});

describe('repetitions', () => {
  it('add no more than a fifth to what is asked, whatever fails', () => {
    const { provider } = relay();
    let asked = 0;
    let repeated = 0;
    for (let request = 0; request < 10_000; request += 1) {
      asked += 1;
      const isWell = request % 2 === 0; // Half of the calls fail: too few to open the circuit.
      if (isWell) provider.responseSucceeded();
      else provider.responseFailed(busy);
      if (!isWell && provider.allows('answer-again')) {
        repeated += 1;
        provider.responseSucceeded();
      }
    }
    expect(repeated).toBeGreaterThan(1_000);
    expect((asked + repeated) / asked).toBeLessThanOrEqual(1.2 + 0.001);
  });

  it('are there for a quiet relay', () => {
    const { provider } = relay();
    expect([
      provider.allows('open-again'),
      provider.allows('open-again'),
      provider.allows('open-again'),
      provider.allows('open-again'),
    ]).toEqual([true, true, true, false]);
  });
});

describe('the budgets a provider tells of', () => {
  it('keep new calls away while they are short, and running ones not', async () => {
    const { clock, provider } = relay();
    provider.limits([{ name: 'tokens', limit: 40_000, remaining: 400, resetMs: 59_400 }]);
    expect([provider.allows('new-call'), provider.allows('running-call')]).toEqual([false, true]);
    await clock.pass(5_399);
    expect(provider.allows('new-call')).toBe(false);
    await clock.pass(2);
    expect(provider.allows('new-call')).toBe(true); // A tenth of the budget has refilled.
  });

  it('are of no interest while there is plenty', () => {
    const { provider } = relay();
    provider.limits([
      { name: 'tokens', limit: 40_000, remaining: 2_100, resetMs: 57_000 },
      { name: 'requests', limit: 0, remaining: 0, resetMs: 0 },
    ]);
    expect(provider.allows('new-call')).toBe(true);
  });
});
