import type { Provider } from '@nestjs/common';
import type { QueueName } from '@tandem/contracts';
import type { Queue } from 'bullmq';
import { withTimeout } from '../lifecycle/with-timeout.ts';
import { Metrics } from '../telemetry/metrics.ts';
import { queueToken } from './queue-tokens.ts';

/** States as they are published, with those of BullMQ: a job with a priority waits in a set of its own. */
const STATES = {
  waiting: ['waiting', 'prioritized'],
  active: ['active'],
  delayed: ['delayed'],
  failed: ['failed'],
} as const;
/** Time limit of a look: without Redis the rest of the page must still come. */
const LIMIT_MS = 500;

/** Returns the provider that publishes how many jobs of its queues are in each state, for their worker. */
export function queueGauges(...names: readonly QueueName[]): Provider {
  return {
    provide: Symbol(`gauges of ${names.join(', ')}`),
    useFactory: (metrics: Metrics, ...queues: Pick<Queue, 'getJobCounts'>[]) =>
      observeQueues(
        names.map((name, index) => ({ name, queue: queues[index] as Pick<Queue, 'getJobCounts'> })),
        metrics,
      ),
    inject: [Metrics, ...names.map(queueToken)],
  };
}

/** Registers `tandem_queue_jobs`; a queue has no values there while Redis does not answer. */
export function observeQueues(
  queues: readonly { readonly name: QueueName; readonly queue: Pick<Queue, 'getJobCounts'> }[],
  metrics: Metrics,
  limitMs = LIMIT_MS,
): null {
  metrics.gauge({
    name: 'tandem_queue_jobs',
    help: 'Jobs of a queue by state; the same figure in every replica',
    labelNames: ['queue', 'state'],
    async collect() {
      const wanted = Object.values(STATES).flat();
      const looks = await Promise.all(
        queues.map(async ({ name, queue }) => ({
          name,
          counts: await withTimeout(limitMs, queue.getJobCounts(...wanted)).catch(() => null),
        })),
      );
      this.reset();
      for (const { name, counts } of looks)
        if (counts !== null)
          for (const [state, parts] of Object.entries(STATES))
            this.set(
              { queue: name, state },
              parts.reduce((sum, part) => sum + (counts[part] ?? 0), 0),
            );
    },
  });
  return null;
}
