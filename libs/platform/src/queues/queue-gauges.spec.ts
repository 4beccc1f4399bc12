import { describe, expect, it } from '@jest/globals';
import { Metrics } from '../telemetry/metrics.ts';
import { observeQueues } from './queue-gauges.ts';

const jobsIn = async (metrics: Metrics): Promise<string[]> =>
  (await metrics.registry.metrics()).split('\n').filter((line) => line.startsWith('tandem_queue_jobs{'));

describe('the gauges of a queue', () => {
  it('have the number of jobs in each state', async () => {
    const metrics = new Metrics('tool-worker');
    const counts = { waiting: 1, prioritized: 2, active: 1, delayed: 2, failed: 0 };
    observeQueues([{ name: 'tool-calls', queue: { getJobCounts: () => Promise.resolve(counts) } }], metrics);
    expect(await jobsIn(metrics)).toEqual(
      Object.entries({ waiting: 3, active: 1, delayed: 2, failed: 0 }).map(
        ([state, count]) =>
          `tandem_queue_jobs{queue="tool-calls",state="${state}",service="tool-worker"} ${count}`,
      ),
    );
  });

  it.each([
    ['fails', () => Promise.reject(new Error('Connection is closed.'))],
    ['does not answer', () => new Promise<never>(() => undefined)],
  ])(
    'have no values while Redis %s, and leave the rest of the page as it is',
    async (_what, getJobCounts) => {
      const metrics = new Metrics('tool-worker');
      let isAway = false;
      const queue = { getJobCounts: () => (isAway ? getJobCounts() : Promise.resolve({ waiting: 1 })) };
      observeQueues([{ name: 'tool-calls', queue }], metrics, 20);
      expect(await jobsIn(metrics)).toHaveLength(4);
      isAway = true;
      expect(await jobsIn(metrics)).toEqual([]);
      expect(await metrics.registry.metrics()).toContain('tandem_build_info{');
    },
  );
});
