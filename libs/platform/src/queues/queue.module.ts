import { BullModule } from '@nestjs/bullmq';
import type { DynamicModule } from '@nestjs/common';
import type { QueueName } from '@tandem/contracts';
import type { JobsOptions, Queue, WorkerOptions } from 'bullmq';
import { BullMQOtel } from 'bullmq-otel';
import type { Redis } from 'ioredis';
import { MAX_BACKOFF_MS, QUEUE_PREFIX, QUEUE_SETTINGS } from './queue-options.ts';
import { queueToken } from './queue-tokens.ts';

/** Returns the options every job of a queue starts with. */
export function jobDefaults(name: QueueName): JobsOptions {
  const settings = QUEUE_SETTINGS[name];
  return {
    attempts: settings.attempts,
    backoff: { type: 'capped', delay: settings.backoffMs },
    removeOnComplete: { age: settings.keepCompletedS },
    removeOnFail: { age: settings.keepFailedS },
  };
}

/** Returns the worker options a processor of this queue passes to `@Processor`. */
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
 * Returns the module of the queues a service adds to or works on.
 * @param connection to Redis: one that fails at once while Redis is away (where a caller waits), or one that
 * waits
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
      { provide: Symbol('queue errors'), useFactory: listenForErrors, inject: names.map(queueToken) },
    ],
    exports: [BullModule],
  };
}

/**
 * Silences the connection errors of queues, which BullMQ prints where no one listens: readiness and failing
 * commands report them.
 */
function listenForErrors(...queues: readonly Queue[]): null {
  for (const queue of queues) queue.on('error', () => undefined);
  return null;
}
