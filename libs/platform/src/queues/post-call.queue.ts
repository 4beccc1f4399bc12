import { Inject, Injectable, Logger } from '@nestjs/common';
import type { CallId, PostCallJob, TenantId } from '@tandem/contracts';
import type { Queue } from 'bullmq';
import { queueToken } from './queue-tokens.ts';

/** Queues calls for storage. When the queue is away, the reaper of lost calls finds the call. */
@Injectable()
export class PostCallQueue {
  private readonly logger = new Logger(PostCallQueue.name);

  constructor(@Inject(queueToken('post-call')) private readonly queue: Queue<PostCallJob>) {}

  /**
   * Adds a job that reports the start of the call; a second one does nothing. When the queue is away, its
   * start is reported with its end.
   */
  async enqueueStart(callId: CallId, tenantId: TenantId, startedAt: number): Promise<void> {
    try {
      const jobId = `post-call_${callId}_started`;
      await this.queue.add('record-call', { callId, tenantId, startedAt }, { jobId });
    } catch (error) {
      this.logger.warn({ err: error, callId }, 'start of a call not queued; it is reported with its end');
    }
  }

  /** Adds a job for the call; a second one for the same `occasion` does nothing. */
  async enqueue(
    callId: CallId,
    tenantId: TenantId,
    occasion: 'ended' | 'carrier-completed' | 'reaped',
    delayMs = 0,
  ): Promise<void> {
    try {
      await this.queue.add(
        'record-call',
        { callId, tenantId },
        { jobId: `post-call_${callId}_${occasion}`, delay: delayMs },
      );
    } catch (error) {
      this.logger.warn(
        { err: error, callId },
        'queue for storing calls unavailable; the reaper will find the call',
      );
    }
  }
}
