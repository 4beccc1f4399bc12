import { afterAll, describe, expect, it } from '@jest/globals';
import { OverloadDetector } from './overload-detector.ts';

const made: OverloadDetector[] = [];
const detector = () => {
  const one = new OverloadDetector({ loopDelayMs: 100, loopShare: 0.9 });
  made.push(one);
  return one;
};
const idle = { loopDelayMs: 11, loopShare: 0.2 };
const late = { loopDelayMs: 150, loopShare: 0.2 };
const busy = { loopDelayMs: 11, loopShare: 0.95 };
const classified = (one: OverloadDetector, ...readings: (typeof idle)[]) =>
  readings.map((reading) => one.classify(reading));
afterAll(() => made.forEach((one) => one.stop()));

describe('a relay', () => {
  it.each([
    ['late', late],
    ['busy', busy],
  ])('is overloaded when it is %s for three readings', (_, reading) => {
    expect(classified(detector(), reading, reading, reading, reading)).toEqual([false, false, true, true]);
  });

  it('is not overloaded by a burst', () => {
    expect(classified(detector(), late, late, idle, late, busy, idle)).not.toContain(true);
  });

  it('recovers when it is clearly below the limit for three readings', () => {
    const one = detector();
    classified(one, late, late, late);
    expect(
      classified(
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

  it('is not overloaded when it is idle', () => {
    expect(detector().sample()).toBe(false);
  });
});
