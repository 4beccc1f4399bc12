import { describe, expect, it } from '@jest/globals';
import { Readiness, type Finding } from './readiness.ts';

const never = (): Promise<Finding> => new Promise(() => undefined);

describe('readiness', () => {
  it('needs a check of weight "always" at all times', async () => {
    const readiness = new Readiness();
    let finding: Finding = null;
    readiness.register('database', () => finding, 'always');
    expect(await readiness.report()).toEqual({
      isReady: true,
      checks: { process: { status: 'up' }, database: { status: 'up' } },
    });
    finding = 'PostgreSQL is not available';
    expect(await readiness.report()).toEqual({
      isReady: false,
      checks: {
        process: { status: 'up' },
        database: { status: 'down', message: 'PostgreSQL is not available' },
      },
    });
  });

  it('needs a check of weight "start" until it has passed once, then only reports it', async () => {
    const readiness = new Readiness();
    let finding: Finding = 'Redis does not answer';
    readiness.register('redis', () => finding, 'start');
    expect((await readiness.report()).isReady).toBe(false);
    finding = null;
    expect((await readiness.report()).isReady).toBe(true);
    finding = 'Redis does not answer';
    expect(await readiness.report()).toMatchObject({
      isReady: true,
      checks: { redis: { status: 'down', message: 'Redis does not answer' } },
    });
  });

  it('only reports a check of weight "never"', async () => {
    const readiness = new Readiness();
    readiness.register('capacity', () => 'full', 'never');
    expect(await readiness.report()).toMatchObject({
      isReady: true,
      checks: { capacity: { status: 'down', message: 'full' } },
    });
  });

  it('ends with a dependency that is unfit', async () => {
    const readiness = new Readiness();
    let finding: Finding = null;
    readiness.register('database', () => finding, 'start');
    expect((await readiness.report()).isReady).toBe(true);
    finding = { unfit: 'the database lacks 1 migration' };
    expect(await readiness.report()).toMatchObject({
      isReady: false,
      checks: { database: { status: 'down', message: 'the database lacks 1 migration' } },
    });
  });

  it('ends when the process stops, whatever its checks say', async () => {
    const readiness = new Readiness();
    readiness.register('redis', () => null, 'start');
    readiness.stop();
    expect(await readiness.report()).toMatchObject({
      isReady: false,
      checks: { process: { status: 'down', message: 'stopping' } },
    });
  });

  it('is reported although a check hangs, which is started once', async () => {
    const readiness = new Readiness(5);
    let runs = 0;
    readiness.register('redis', () => null, 'start');
    readiness.register('database', () => ((runs += 1), never()), 'always');
    const [first, second] = await Promise.all([readiness.report(), readiness.report()]);
    const third = await readiness.report();
    for (const report of [first, second, third]) {
      expect(report).toMatchObject({
        isReady: false,
        checks: {
          redis: { status: 'up' },
          database: { status: 'down', message: 'there was no answer within 5 ms' },
        },
      });
    }
    expect(runs).toBe(1);
  });

  it('counts a late result as the first pass of a check', async () => {
    const readiness = new Readiness(5);
    const { promise, resolve } = Promise.withResolvers<Finding>();
    let check: () => Promise<Finding> = () => promise;
    readiness.register('redis', () => check(), 'start');
    expect((await readiness.report()).isReady).toBe(false);
    resolve(null);
    await promise;
    check = never;
    expect((await readiness.report()).isReady).toBe(true);
  });

  it('treats a check that throws as failed', async () => {
    const readiness = new Readiness();
    readiness.register('database', () => Promise.reject(new RangeError('secret://')), 'always');
    expect(await readiness.report()).toMatchObject({
      isReady: false,
      checks: { database: { status: 'down', message: 'RangeError' } },
    });
  });
});
