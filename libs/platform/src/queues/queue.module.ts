import { BullModule } from '@nestjs/bullmq';
import type { DynamicModule } from '@nestjs/common';
import type { QueueName } from '@tandem/contracts';
import type { JobsOptions, WorkerOptions } from 'bullmq';
import { BullMQOtel } from 'bullmq-otel';
import { Redis } from 'ioredis';
import { MAX_BACKOFF_MS, QUEUE_PREFIX, QUEUE_SETTINGS } from './queue-options.ts';

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
    settings: { backoffStrategy: (attempt: number) => Math.min(settings.backoffMs * 2 ** (attempt - 1), MAX_BACKOFF_MS) },
  };
}

/**
 * The queues a service adds to or works on. A producer fails at once while Redis is away (someone is waiting for the
 * answer); a worker waits for it to come back.
 */
export function queueModule(role: 'producer' | 'worker', redisUrl: string, names: readonly QueueName[]): DynamicModule {
  return {
    module: class QueuesModule {},
    global: true,
    imports: [
      BullModule.forRoot({
        connection: queueConnection(role, redisUrl),
        prefix: QUEUE_PREFIX,
        telemetry: new BullMQOtel({ tracerName: 'tandem' }),
      }),
      ...names.map((name) => BullModule.registerQueue({ name, defaultJobOptions: jobDefaults(name) })),
    ],
    exports: [BullModule],
  };
}

function queueConnection(role: 'producer' | 'worker', redisUrl: string): Redis {
  const connection =
    role === 'worker'
      ? new Redis(redisUrl, { maxRetriesPerRequest: null, retryStrategy: backOff })
      : new Redis(redisUrl, { maxRetriesPerRequest: 1, enableOfflineQueue: false, commandTimeout: 2_000, retryStrategy: backOff });
  connection.on('error', () => undefined); // Readiness and the callers' own errors tell; ioredis keeps reconnecting.
  return connection;
}

const backOff = (attempt: number): number => Math.min(100 * attempt, 2_000);
