import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { FaultLog } from '../logging/fault-log.ts';
import { RecurringTask } from './recurring-task.ts';

const untold = { failed: () => undefined, succeeded: () => undefined };

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

it(
  'begins a round some time after the one before has ended, and none after its end, which waits for the ' +
    'one under way',
  async () => {
    const done: string[] = [];
    let finish = (): void => undefined;
    const rounds = new RecurringTask(
      100,
      () => {
        done.push('begun');
        return new Promise((resolve) => (finish = resolve));
      },
      untold,
    );
    rounds.start();
    await jest.advanceTimersByTimeAsync(1_000);
    expect(done).toEqual(['begun']);
    finish();
    await jest.advanceTimersByTimeAsync(100);
    expect(done).toEqual(['begun', 'begun']);
    const over = rounds.stop().then(() => done.push('over'));
    await jest.advanceTimersByTimeAsync(1_000);
    expect(done).not.toContain('over');
    finish();
    await over;
    await jest.advanceTimersByTimeAsync(1_000);
    expect(done).toEqual(['begun', 'begun', 'over']);
  },
);

it('logs failure and recovery once each, however many rounds fail', async () => {
  const lines: unknown[] = [];
  const logger = {
    warn: (fields: object, message: string) => void lines.push([fields, message]),
    log: (fields: object, message: string) => void lines.push([fields, message]),
  };
  const fault = new Error('away');
  let isAway = false;
  const rounds = new RecurringTask(
    100,
    () => (isAway ? Promise.reject(fault) : Promise.resolve()),
    new FaultLog(logger, 'look'),
  );
  rounds.start();
  for (const away of [false, true, false, false]) {
    isAway = away;
    await jest.advanceTimersByTimeAsync(1_000);
  }
  await rounds.stop();
  expect(lines).toEqual([
    [{ err: fault, work: 'look' }, 'background work fails; trying again'],
    [{ work: 'look' }, 'background work succeeds again'],
  ]);
});
