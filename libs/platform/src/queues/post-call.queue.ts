import { Inject, Injectable, Logger } from '@nestjs/common';
import type { CallId, PostCallJob, TenantId } from '@tandem/contracts';
import type { Queue } from 'bullmq';
import { queueToken } from './queue-tokens.ts';

/** Asks for a call to be written down. When the queue is away, the reaper of lost calls finds the call. */
@Injectable()
export class PostCallQueue {
  private readonly logger = new Logger(PostCallQueue.name);

  constructor(@Inject(queueToken('post-call')) private readonly queue: Queue<PostCallJob>) {}

  /**
   * `occasion` tells apart the several times one call may be written; asking twice for one is asking once.
   */
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
        'the call could not be queued for recording; the reaper will find it',
      );
    }
  }
}
