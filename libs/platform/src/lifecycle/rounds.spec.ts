import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { Rounds } from './rounds.ts';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

it('begins a round some time after the one before has ended, and none after its end, which waits for the one under way', async () => {
  const done: string[] = [];
  let finish = (): void => undefined;
  const rounds = new Rounds(100, () => {
    done.push('begun');
    return new Promise((resolve) => (finish = resolve));
  });
  rounds.begin();
  await jest.advanceTimersByTimeAsync(1_000);
  expect(done).toEqual(['begun']);
  finish();
  await jest.advanceTimersByTimeAsync(100);
  expect(done).toEqual(['begun', 'begun']);
  const over = rounds.end().then(() => done.push('over'));
  await jest.advanceTimersByTimeAsync(1_000);
  expect(done).not.toContain('over');
  finish();
  await over;
  await jest.advanceTimersByTimeAsync(1_000);
  expect(done).toEqual(['begun', 'begun', 'over']);
});
