import { Inject, Injectable, Logger } from '@nestjs/common';
import { CallStore } from '@tandem/call-state';
import type { CallId, TenantId } from '@tandem/contracts';
import { Metrics, Problem, queueToken, type Principal } from '@tandem/platform';
import type { Job, Queue } from 'bullmq';
import { fromRedis } from '../calls/from-redis.ts';
import { DEAD_QUEUES, reasonOf, refusalOf, subjectOf, type DeadQueue } from './dead-job.ts';

/** Failed jobs of a queue that are looked at, the newest first. */
const MOST_LOOKED_AT = 5_000;
const PAGE = 200;
/** Jobs of one request that run again. */
const MOST_RETRIED = 500;

/** A failed job of a tenant. */
export interface DeadLetter extends ReturnType<typeof subjectOf> {
  readonly queue: DeadQueue;
  readonly id: string;
  readonly queuedAt: Date;
  readonly failedAt: Date | null;
  readonly attempts: number;
  readonly reason: ReturnType<typeof reasonOf>;
  readonly refusal: Awaited<ReturnType<typeof refusalOf>>;
}

export interface RetriedAll {
  readonly retried: number;
  readonly refused: number;
  readonly isComplete: boolean;
}

/** Jobs that have failed for good, of one tenant at a time. */
@Injectable()
export class DeadLetters {
  private readonly logger = new Logger(DeadLetters.name);
  private readonly queues: Readonly<Record<DeadQueue, Queue>>;
  private readonly retries;

  constructor(
    @Inject(queueToken('tool-calls')) toolCalls: Queue,
    @Inject(queueToken('post-call')) postCall: Queue,
    @Inject(queueToken('messages')) messages: Queue,
    private readonly calls: CallStore,
    metrics: Metrics,
  ) {
    this.queues = { 'tool-calls': toolCalls, 'post-call': postCall, messages };
    this.retries = metrics.counter({
      name: 'tandem_dead_letters_retried_total',
      help: 'Failed jobs an operator asked to run again, by outcome',
      labelNames: ['queue', 'outcome'],
    });
  }

  /** Returns failed jobs of the queue, or of all, the last to fail first. */
  async list(tenantId: TenantId, queue: DeadQueue | undefined, limit: number) {
    const found: DeadLetter[] = [];
    let isComplete = true;
    for (const name of queue ? [queue] : DEAD_QUEUES) {
      const { jobs, isAll } = await fromRedis(this.failed(name, tenantId, limit));
      isComplete &&= isAll;
      for (const job of jobs) found.push(await this.describe(name, job));
    }
    found.sort((a, b) => (b.failedAt?.getTime() ?? 0) - (a.failedAt?.getTime() ?? 0));
    return { items: found.slice(0, limit), isComplete: isComplete && found.length <= limit };
  }

  /** Runs a failed job again, with all its attempts. @throws Problem 404, or 409 `must-not-run-again` */
  async retry(principal: Principal, queue: DeadQueue, id: string): Promise<void> {
    const job = (await fromRedis(this.queues[queue].getJob(id))) as Job<unknown> | undefined;
    if (!job || tenantOf(job) !== principal.tenantId || !(await fromRedis(job.isFailed()))) throw notFound();
    const refusal = await this.refusal(queue, job);
    if (refusal) {
      this.note(principal, queue, job, 'refused');
      throw new Problem(409, 'must-not-run-again', 'It must not run again', refusal.detail, {
        reason: refusal.code,
      });
    }
    if (!(await this.runAgain(principal, queue, job))) throw notFound();
  }

  /** Runs the failed jobs of a queue again that may. */
  async retryAll(principal: Principal, queue: DeadQueue): Promise<RetriedAll> {
    const { jobs, isAll } = await fromRedis(this.failed(queue, principal.tenantId, MOST_RETRIED));
    let retried = 0;
    let refused = 0;
    for (const job of jobs)
      if (await this.refusal(queue, job)) {
        refused += 1;
        this.retries.inc({ queue, outcome: 'refused' });
      } else if (await this.runAgain(principal, queue, job)) retried += 1;
    return { retried, refused, isComplete: isAll };
  }

  private async describe(queue: DeadQueue, job: Job<unknown>): Promise<DeadLetter> {
    return {
      queue,
      id: String(job.id),
      ...subjectOf(job),
      queuedAt: new Date(job.timestamp),
      failedAt: job.finishedOn === undefined ? null : new Date(job.finishedOn),
      attempts: job.attemptsMade,
      reason: reasonOf(job),
      refusal: await this.refusal(queue, job),
    };
  }

  private refusal(queue: DeadQueue, job: Job<unknown>) {
    const isCallOver = async (callId: CallId) => {
      const call = await fromRedis(this.calls.state(callId));
      return call === null || call.phase === 'ended';
    };
    return refusalOf(queue, job, isCallOver, Date.now());
  }

  /** Returns false when the job is not failed any more: another request was faster. */
  private async runAgain(principal: Principal, queue: DeadQueue, job: Job<unknown>): Promise<boolean> {
    try {
      await job.retry('failed', { resetAttemptsMade: true, resetAttemptsStarted: true });
    } catch (error) {
      if (await fromRedis(job.isFailed())) throw error;
      return false;
    }
    this.note(principal, queue, job, 'retried');
    return true;
  }

  private note({ tenantId, apiKeyId }: Principal, queue: DeadQueue, { id }: Job, outcome: string): void {
    this.retries.inc({ queue, outcome });
    this.logger.log({ tenantId, apiKeyId, queue, jobId: id, outcome }, 'failed job asked to run again');
  }

  /** Returns up to `limit` failed jobs of the tenant, and whether there are no others. */
  private async failed(queue: DeadQueue, tenantId: TenantId, limit: number) {
    const jobs: Job<unknown>[] = [];
    for (let start = 0; start < MOST_LOOKED_AT; start += PAGE) {
      const page = (await this.queues[queue].getFailed(start, start + PAGE - 1)) as (
        Job<unknown> | undefined
      )[];
      for (const job of page)
        if (job && tenantOf(job) === tenantId) {
          if (jobs.length === limit) return { jobs, isAll: false };
          jobs.push(job);
        }
      if (page.length < PAGE) return { jobs, isAll: true };
    }
    return { jobs, isAll: false };
  }
}

function tenantOf({ data }: Job<unknown>): unknown {
  return (data as { readonly tenantId?: unknown } | null)?.tenantId;
}

const notFound = (): Problem =>
  new Problem(
    404,
    'dead-letter-not-found',
    'No such failed job',
    'No job of this queue with this id has failed. It may run again already; ask for the list.',
  );
