import { expect, it } from '@jest/globals';
import { ONE_ACT_MS, RecentActs } from './recent-acts.ts';

it('acts are recent for ten minutes, and a bounded number is remembered', () => {
  const recent = new RecentActs();
  recent.add('first', 0);
  expect([
    recent.has('first', ONE_ACT_MS - 1),
    recent.has('first', ONE_ACT_MS),
    recent.has('other', 0),
  ]).toEqual([true, false, false]);
  for (let at = 0; at < 10_000; at += 1) recent.add(`act ${at}`, 0);
  expect([recent.has('first', 0), recent.has('act 9999', 0)]).toEqual([false, true]);
});
