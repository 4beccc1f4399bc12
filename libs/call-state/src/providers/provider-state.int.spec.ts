import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { agentSnapshotSchema, DEFAULT_MODEL_KIND, ProviderError } from '@tandem/contracts';
import { RealClock } from '@tandem/conversation';
import { testRedisUrl } from '@tandem/stack';
import type { Redis } from 'ioredis';
import {
  connectRedis,
  ProviderHealthRegistry,
  ProviderStates,
  providerTarget,
  type CircuitRules,
} from '../index.ts';

const TARGET = 'primary:gpt-realtime-2.1';
/** The real figures, a hundred times faster. */
const rules: CircuitRules = { threshold: 10, windowMs: 300, openMs: 100, longestOpenMs: 200 };
const clock = new RealClock((error) => {
  throw error;
});
const busy = new ProviderError('Busy.', { provider: 'p', code: 'http-429', category: 'rate-limit' });

let url: string;
let redis: Redis;
let states: ProviderStates;
beforeAll(async () => {
  url = await testRedisUrl();
  redis = connectRedis(url, 'command');
  states = new ProviderStates(redis, rules);
});
beforeEach(() => redis.flushdb());
afterAll(() => redis.disconnect());

const fails = (times: number) =>
  Promise.all(Array.from({ length: times }, () => states.report(TARGET, 'open', 'failed')));

describe('the state of a provider over all processes', () => {
  it('is well when nobody has said a word', async () => {
    expect(await states.read([TARGET])).toEqual([
      { state: 'closed', openForMs: 0, failures: 0, limitedForMs: 0 },
    ]);
    expect(await states.canAnyTake([TARGET])).toBe(true);
    expect(await states.canAnyTake([])).toBe(false);
  });

  it('opens after ten failures of any process, half opens later, closes on success', async () => {
    const reported = await fails(10);
    expect(reported.map(({ state }) => state)).toEqual([...Array<string>(9).fill('closed'), 'open']);
    expect(await states.canAnyTake([TARGET])).toBe(false);
    await sleep(110);
    expect((await states.read([TARGET]))[0]!.state).toBe('half-open');
    // Failed opens have opened the circuit.
    expect(await states.report(TARGET, 'answer', 'ok')).toMatchObject({ state: 'half-open' });
    expect(await states.report(TARGET, 'open', 'ok')).toMatchObject({ state: 'closed', failures: 0 });
  });

  it('lets one caller at a time try a half-open one', async () => {
    await fails(10);
    await sleep(110);
    const answers = await Promise.all(Array.from({ length: 20 }, () => states.canAnyTake([TARGET])));
    expect(answers.filter(Boolean)).toHaveLength(1);
    await states.report(TARGET, 'open', 'failed');
    expect((await states.read([TARGET]))[0]).toMatchObject({ state: 'open' });
    expect((await states.read([TARGET]))[0]!.openForMs).toBeGreaterThan(150);
  });

  it('is open at once for what does not mend itself', async () => {
    expect(await states.report(TARGET, 'answer', 'failed-for-good')).toMatchObject({ state: 'open' });
  });

  it('halves the failures with each success, and forgets old ones', async () => {
    await fails(9);
    expect(await states.report(TARGET, 'open', 'ok')).toMatchObject({ failures: 4 });
    await sleep(310);
    expect(await states.report(TARGET, 'open', 'failed')).toMatchObject({ failures: 1 });
  });

  it('has room for a new call where any model of the fallback chain has', async () => {
    await fails(10);
    expect(await states.canAnyTake([TARGET, 'secondary:default'])).toBe(true);
    await states.reportBudgets('secondary:default', [
      { name: 'tokens', limit: 1_000, remaining: 0, resetMs: 2_000 },
    ]);
    expect(await states.canAnyTake([TARGET, 'secondary:default'])).toBe(false);
    await sleep(220);
    expect(await states.canAnyTake(['secondary:default'])).toBe(true);
  });

  it('is forgotten by itself, and says nothing about anybody', async () => {
    await fails(1);
    await states.reportBudgets(TARGET, [{ name: 'tokens', limit: 1_000, remaining: 0, resetMs: 2_000 }]);
    expect(await redis.keys('*')).toEqual([`tandem:provider:${TARGET}`]);
    expect(await redis.pttl(`tandem:provider:${TARGET}`)).toBeGreaterThan(0);
  });
});

describe('a relay', () => {
  it('learns from the others within a refresh, and they from it at once', async () => {
    const [one, other] = [
      new ProviderHealthRegistry({ states, clock }),
      new ProviderHealthRegistry({ states, clock }),
    ];
    const [mine, theirs] = [one.of(TARGET), other.of(TARGET)];
    for (let failed = 0; failed < 10; failed += 1) mine.openFailed(busy);
    expect(mine.state).toBe('open');
    expect(theirs.allows('new-call')).toBe(true);
    const theirState = () => theirs.state;
    for (; theirState() !== 'open'; await sleep(5)) await other.refresh();
    expect(theirs.allows('new-call')).toBe(false);
    await sleep(110);
    expect(theirs.allows('new-call')).toBe(true);
    theirs.openSucceeded();
    while (theirState() !== 'closed') await sleep(5);
    expect(theirs.allows('new-call')).toBe(true);
  });

  it('tells the others of a budget that runs out', async () => {
    const [one, other] = [
      new ProviderHealthRegistry({ states, clock }),
      new ProviderHealthRegistry({ states, clock }),
    ];
    one.of(TARGET).limits([{ name: 'tokens', limit: 1_000, remaining: 0, resetMs: 60_000 }]);
    const theirs = other.of(TARGET);
    await one.refresh();
    await other.refresh();
    expect(theirs.allows('new-call')).toBe(false);
    expect(theirs.allows('running-call')).toBe(true);
  });

  it('goes by its own knowledge when Redis is away, without an answer to wait for', async () => {
    const gone = connectRedis('redis://127.0.0.1:1', 'command');
    const registry = new ProviderHealthRegistry({ states: new ProviderStates(gone), clock });
    const provider = registry.of(TARGET);
    for (let failed = 0; failed < 10; failed += 1) provider.openFailed(busy);
    expect(provider.allows('new-call')).toBe(false);
    gone.disconnect();
    await registry.refresh();
    while (registry.counters.unreported + registry.counters.unread === 0) await sleep(5);
  });
});

describe('what has a circuit of its own', () => {
  const model = (given: object) => agentSnapshotSchema.shape.model.parse(given);
  it.each([
    [{ kind: DEFAULT_MODEL_KIND }, 'primary', 'primary:default'],
    [
      { kind: DEFAULT_MODEL_KIND, model: 'gpt-realtime-2.1-mini' },
      'secondary',
      'secondary:gpt-realtime-2.1-mini',
    ],
    [{ kind: DEFAULT_MODEL_KIND, model: 'a b:c' }, 'primary', 'primary:a_b_c'],
    [{ kind: 'guided' }, 'primary', null],
  ] as const)('%j at the %s endpoint is %s', (settings, endpoint, target) => {
    expect(providerTarget(model(settings), endpoint)).toBe(target);
  });
});
