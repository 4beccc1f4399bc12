import { afterAll, describe, expect, it } from '@jest/globals';
import { OverloadDetector } from './overload-detector.ts';

const made: OverloadDetector[] = [];
const strain = () => {
  const one = new OverloadDetector({ loopDelayMs: 100, loopShare: 0.9 });
  made.push(one);
  return one;
};
const idle = { loopDelayMs: 11, loopShare: 0.2 };
const late = { loopDelayMs: 150, loopShare: 0.2 };
const busy = { loopDelayMs: 11, loopShare: 0.95 };
const judged = (one: OverloadDetector, ...readings: (typeof idle)[]) =>
  readings.map((reading) => one.classify(reading));
afterAll(() => made.forEach((one) => one.stop()));

describe('a relay', () => {
  it.each([
    ['late', late],
    ['busy', busy],
  ])('that is %s for three looks is strained', (_, reading) => {
    expect(judged(strain(), reading, reading, reading, reading)).toEqual([false, false, true, true]);
  });

  it('is not for a burst', () => {
    expect(judged(strain(), late, late, idle, late, busy, idle)).not.toContain(true);
  });

  it('is no longer when it has been clearly below the limit for three looks', () => {
    const one = strain();
    judged(one, late, late, late);
    expect(
      judged(
        one,
        { ...idle, loopDelayMs: 90 },
        { ...idle, loopDelayMs: 90 },
        { ...idle, loopDelayMs: 90 },
        idle,
        idle,
        idle,
      ),
    ).toEqual([true, true, true, true, true, false]);
  });

  it('that does nothing is at ease', () => {
    expect(strain().sample()).toBe(false);
  });
});
