import { BullModule } from '@nestjs/bullmq';
import type { DynamicModule } from '@nestjs/common';
import type { QueueName } from '@tandem/contracts';
import type { JobsOptions, Queue, WorkerOptions } from 'bullmq';
import { BullMQOtel } from 'bullmq-otel';
import type { Redis } from 'ioredis';
import { MAX_BACKOFF_MS, QUEUE_PREFIX, QUEUE_SETTINGS } from './queue-options.ts';
import { queueToken } from './queue-tokens.ts';

/** Options every job of a queue starts with. */
export function jobDefaults(name: QueueName): JobsOptions {
  const settings = QUEUE_SETTINGS[name];
  return {
    attempts: settings.attempts,
    backoff: { type: 'capped', delay: settings.backoffMs },
    removeOnComplete: { age: settings.keepCompletedS },
    removeOnFail: { age: settings.keepFailedS },
  };
}

/** What a processor of this queue passes to `@Processor`. */
export function workerSettings(name: QueueName): Omit<WorkerOptions, 'connection'> {
  const settings = QUEUE_SETTINGS[name];
  return {
    lockDuration: settings.lockMs,
    stalledInterval: settings.stalledCheckMs,
    maxStalledCount: settings.maxStalled,
    settings: {
      backoffStrategy: (attempt: number) => Math.min(settings.backoffMs * 2 ** (attempt - 1), MAX_BACKOFF_MS),
    },
  };
}

/**
 * The queues a service adds to or works on.
 * @param connection to Redis: one that fails at once while Redis is away (someone waits for the answer), or
 * one that waits
 */
export function queueModule(connection: Redis, names: readonly QueueName[]): DynamicModule {
  return {
    module: class QueuesModule {},
    global: true,
    imports: [
      BullModule.forRoot({
        connection,
        prefix: QUEUE_PREFIX,
        telemetry: new BullMQOtel({ tracerName: 'tandem' }),
      }),
      ...names.map((name) => BullModule.registerQueue({ name, defaultJobOptions: jobDefaults(name) })),
    ],
    providers: [
      { provide: Symbol('errors of queues'), useFactory: listenForErrors, inject: names.map(queueToken) },
    ],
    exports: [BullModule],
  };
}

/**
 * A queue without a listener prints each error of its connection; the watch on Redis and the commands that
 * fail tell.
 */
function listenForErrors(...queues: readonly Queue[]): null {
  for (const queue of queues) queue.on('error', () => undefined);
  return null;
}
