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

/** Returns the provider that publishes how many jobs of a queue are in each state, for its worker. */
export function queueGauges(name: QueueName): Provider {
  return {
    provide: Symbol(`gauges of ${name}`),
    useFactory: (metrics: Metrics, queue: Pick<Queue, 'getJobCounts'>) => observeQueue(name, metrics, queue),
    inject: [Metrics, queueToken(name)],
  };
}

/** Registers `tandem_queue_jobs`; it has no values while Redis does not answer. */
export function observeQueue(
  name: QueueName,
  metrics: Metrics,
  queue: Pick<Queue, 'getJobCounts'>,
  limitMs = LIMIT_MS,
): null {
  metrics.gauge({
    name: 'tandem_queue_jobs',
    help: 'Jobs of a queue by state; the same figure in every replica',
    labelNames: ['queue', 'state'],
    async collect() {
      this.reset();
      const wanted = Object.values(STATES).flat();
      const counts = await withTimeout(limitMs, queue.getJobCounts(...wanted)).catch(() => null);
      if (counts === null) return;
      for (const [state, parts] of Object.entries(STATES))
        this.set(
          { queue: name, state },
          parts.reduce((sum, part) => sum + (counts[part] ?? 0), 0),
        );
    },
  });
  return null;
}
