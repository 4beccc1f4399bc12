import { Inject, Injectable, Logger } from '@nestjs/common';
import type { MessageJob, TenantId } from '@tandem/contracts';
import type { Queue } from 'bullmq';
import { queueToken } from './queue-tokens.ts';

/** Queues messages to be answered or sent. When the queue is away, the sweep finds the message's row. */
@Injectable()
export class MessageQueue {
  private readonly logger = new Logger(MessageQueue.name);

  constructor(@Inject(queueToken('messages')) private readonly queue: Queue<MessageJob>) {}

  /** Adds a job for the message; a second one does nothing while the first is there. */
  async enqueue(messageId: string, tenantId: TenantId): Promise<void> {
    try {
      await this.queue.add('message', { messageId, tenantId }, { jobId: `message_${messageId}` });
    } catch (error) {
      this.logger.warn({ err: error, messageId }, 'queue for messages unavailable; the sweep will find it');
    }
  }
}
