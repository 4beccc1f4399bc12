import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { MessageRepository } from '@tandem/database';
import { FaultLog, MessageQueue, RecurringTask } from '@tandem/platform';

const INTERVAL_MS = 1_000;
const BATCH = 100;
/** How long a job gets before its message is queued again, which does nothing while the job is there. */
const AGAIN_MS = 30_000;
/**
 * An answer a quarter of an hour later comes out of the blue. A provider answers within ten seconds; after
 * two minutes the worker that handed a message over is lost.
 */
const LIMITS = { waitingMs: 900_000, sendingMs: 120_000 };

/**
 * Puts messages into the queue that were stored without it or whose job was lost, and settles those that
 * waited too long. It runs in every replica.
 */
@Injectable()
export class MessageSweep implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(MessageSweep.name);
  private readonly task = new RecurringTask(
    INTERVAL_MS,
    () => this.sweep(),
    new FaultLog(this.logger, 'look for messages to send'),
  );

  constructor(
    private readonly messages: MessageRepository,
    private readonly queue: MessageQueue,
  ) {}

  onApplicationBootstrap(): void {
    this.task.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.task.stop();
  }

  private async sweep(): Promise<void> {
    for (const { id, tenantId } of await this.messages.due(BATCH, AGAIN_MS))
      await this.queue.enqueue(id, tenantId);
    const settled = await this.messages.settleStuck(BATCH, LIMITS);
    if (settled > 0) this.logger.warn({ settled }, 'messages expired, or lost on their way out');
  }
}
