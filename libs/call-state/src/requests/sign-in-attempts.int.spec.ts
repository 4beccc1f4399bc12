import { describe, expect, it } from '@jest/globals';
import { SignInAttempts } from '../index.ts';
import { redis, useRedisScene } from '../test/redis-scene.ts';

useRedisScene();

const robin = { account: 'robin', address: 'home' };
const times = async (count: number, take: () => Promise<number>): Promise<number[]> => {
  const waits: number[] = [];
  for (let at = 0; at < count; at += 1) waits.push(await take());
  return waits;
};
/** Lets the delay of a key pass. */
const elapse = (key: string) => redis.hset(`tandem:sign-in:${key}`, 'next', '0');
const delayOf = async (key: string) => {
  const [seconds, micros] = await redis.time();
  const now = Number(seconds) * 1_000 + Number(micros) / 1_000;
  return Number(await redis.hget(`tandem:sign-in:${key}`, 'next')) - now;
};

describe('attempts to sign in', () => {
  it('that fail are free at first, and then each doubles the wait for the account', async () => {
    const attempts = new SignInAttempts(redis);
    const take = () => attempts.take({ account: 'robin', address: `home-${Math.random()}` });
    expect(await times(6, take)).toEqual([0, 0, 0, 0, 0, 0]);
    expect(await take()).toBeGreaterThan(0);
    for (const expected of [2_000, 4_000, 8_000]) {
      await elapse('account:robin');
      expect(await take()).toBe(0);
      const delay = await delayOf('account:robin');
      expect(delay).toBeLessThanOrEqual(expected);
      expect(delay).toBeGreaterThan(expected / 2);
    }
    await redis.hset('tandem:sign-in:account:robin', 'failures', '100000', 'next', '0');
    expect(await take()).toBe(0);
    expect(await delayOf('account:robin')).toBeLessThanOrEqual(300_000);
    expect(await redis.ttl('tandem:sign-in:account:robin')).toBeGreaterThan(80_000);
  });

  it('in parallel are counted each', async () => {
    const attempts = new SignInAttempts(redis);
    const waits = await Promise.all(Array.from({ length: 40 }, () => attempts.take(robin)));
    expect(waits.filter((wait) => wait === 0)).toHaveLength(6);
  });

  it('at many accounts from one address make the address wait', async () => {
    const attempts = new SignInAttempts(redis);
    const take = () => attempts.take({ account: `account-${Math.random()}`, address: 'home' });
    expect((await times(31, take)).every((wait) => wait === 0)).toBe(true);
    expect(await take()).toBeGreaterThan(0);
    expect(await attempts.take({ account: null, address: 'home' })).toBeGreaterThan(0);
    expect(await attempts.take({ account: null, address: 'elsewhere' })).toBe(0);
  });

  it('that succeed count for nothing, and do not clear the way for others', async () => {
    const attempts = new SignInAttempts(redis);
    for (let at = 0; at < 50; at += 1) {
      expect(await attempts.take(robin)).toBe(0);
      await attempts.takeBack(robin);
    }
    expect(await redis.keys('*')).toEqual([]);
    await times(32, () => attempts.take({ account: null, address: 'home' }));
    await elapse('address:home');
    expect(await attempts.take(robin)).toBe(0);
    const delay = await delayOf('address:home');
    await attempts.takeBack(robin);
    await attempts.forget('robin');
    expect(await redis.hget('tandem:sign-in:address:home', 'failures')).toBe('31');
    expect(delay).toBeGreaterThan(0);
    expect(await attempts.take(robin)).toBeGreaterThan(0);
  });
});
