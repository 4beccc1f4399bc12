import { OnWorkerEvent, WorkerHost } from '@nestjs/bullmq';
import { Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import type { QueueName } from '@tandem/contracts';
import type { Job } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Gauge } from 'prom-client';
import type { Readiness } from '../health/readiness.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { CONNECTION_CLOSED, jobFault } from './job-fault.ts';

const FIRST_REST_MS = 250;
const LONGEST_REST_MS = 4_000;
/** How long after a rest no fault means that the queue works: an unusable one refuses within milliseconds. */
const STEADY_MS = 1_500;

/**
 * A processor whose worker pauses while Redis refuses it (read-only, out of memory, in cluster mode): BullMQ
 * would retry at once, thousands of times a second. It waits by itself only when it cannot reach Redis.
 */
export abstract class RestingProcessor extends WorkerHost implements BeforeApplicationShutdown {
  protected abstract readonly logger: Logger;
  private readonly resting: Gauge<'queue'>;
  private fault: string | null = null;
  private restMs = FIRST_REST_MS;
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly queue: QueueName,
    readiness: Readiness,
    metrics: Metrics,
  ) {
    super();
    readiness.register(`queue ${queue}`, () =>
      this.fault === null ? null : `the queue refuses its worker (${this.fault}): see the state of Redis`,
    );
    this.resting = metrics.gauge({
      name: 'tandem_queue_worker_resting',
      help: '1 while the worker of a queue is paused because Redis refuses it',
      labelNames: ['queue'],
    });
    this.resting.set({ queue }, 0);
  }

  /** Does one job; repeating it changes nothing. */
  protected abstract work(job: Job<unknown>, token?: string): Promise<unknown>;

  override async process(job: Job<unknown>, token?: string): Promise<unknown> {
    try {
      return await this.work(job, token);
    } catch (error) {
      throw jobFault(error);
    }
  }

  @OnWorkerEvent('error')
  failed(error: Error): void {
    if (isAboutOneJob(error))
      return this.logger.warn(
        { queue: this.queue, reason: error.message },
        'job lost its lock; running again',
      );
    if (isAboutConnection(error) || this.worker.isPaused()) return;
    const fault = codeOf(error);
    if (fault !== this.fault)
      this.logger.warn(
        { queue: this.queue, code: fault, reason: error.message },
        'queue refuses its worker; trying again with growing pauses',
      );
    this.fault = fault;
    this.resting.set({ queue: this.queue }, 1);
    this.pauseWorker();
  }

  /**
   * Waits for running jobs, unless Redis is away: their outcome could not be stored, and the queue runs them
   * again.
   */
  async beforeApplicationShutdown(): Promise<void> {
    if (this.timer) clearTimeout(this.timer);
    const { status } = this.worker.opts.connection as Redis;
    await this.worker.close(status !== 'ready');
  }

  private pauseWorker(): void {
    void this.worker.pause(true);
    this.schedule(this.restMs, () => {
      void this.worker.resume();
      this.schedule(STEADY_MS, () => this.markWorking());
    });
    this.restMs = Math.min(this.restMs * 2, LONGEST_REST_MS);
  }

  private markWorking(): void {
    this.fault = null;
    this.restMs = FIRST_REST_MS;
    this.resting.set({ queue: this.queue }, 0);
    this.logger.log({ queue: this.queue }, 'queue serves its worker again');
  }

  private schedule(ms: number, then: () => void): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = setTimeout(then, ms);
  }
}

const isAboutOneJob = ({ message }: Error): boolean => message.startsWith('could not renew lock');

/**
 * Returns whether only the connection is away: ioredis and BullMQ wait for it, and its readiness is logged.
 */
function isAboutConnection(error: Error): boolean {
  const { code } = error as { code?: unknown };
  return (
    (typeof code === 'string' && code.startsWith('E')) ||
    ['MaxRetriesPerRequestError', 'AbortError', 'ConnectionClosedError'].includes(error.name) ||
    error.message === CONNECTION_CLOSED
  );
}

/** Returns the first word of an error reply, such as READONLY; what follows may name keys. */
function codeOf({ message }: Error): string {
  return /(?:^| -)([A-Z]{2,20}) /.exec(message)?.[1] ?? 'unknown';
}
