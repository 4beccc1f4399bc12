import { Processor } from '@nestjs/bullmq';
import { Inject, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { messageJobSchema, ProviderError } from '@tandem/contracts';
import { MessageRepository, type Message } from '@tandem/database';
import {
  CONFIG,
  Metrics,
  Readiness,
  RestingProcessor,
  workerSettings,
  type ServiceConfig,
} from '@tandem/platform';
import { UnrecoverableError, type Job } from 'bullmq';
import { MessageAnswers } from './message-answers.service.ts';
import { MessageSender } from './message-sender.service.ts';

/** Has received messages answered and queued ones sent; a repetition changes nothing. */
@Processor('messages', workerSettings('messages'))
export class MessageProcessor extends RestingProcessor implements OnApplicationBootstrap {
  protected readonly logger = new Logger(MessageProcessor.name);
  private readonly stopping = new AbortController();

  constructor(
    @Inject(CONFIG) private readonly config: ServiceConfig<'post-call-worker'>,
    private readonly messages: MessageRepository,
    private readonly answers: MessageAnswers,
    private readonly sender: MessageSender,
    readiness: Readiness,
    processMetrics: Metrics,
  ) {
    super('messages', readiness, processMetrics);
  }

  onApplicationBootstrap(): void {
    this.worker.concurrency = this.config.messageConcurrency;
    this.worker.on('failed', (job, error) =>
      this.logger.warn(
        {
          err: error,
          messageId: (job?.data as { messageId?: string } | undefined)?.messageId,
          attempt: job?.attemptsMade,
        },
        'message neither answered nor sent; trying again',
      ),
    );
  }

  /** An answer that is being written is given up, and its job runs again elsewhere. */
  override async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort(
      new ProviderError('The worker is stopping; the message is answered by another one.', {
        provider: 'worker',
        code: 'stopping',
        category: 'connectivity',
      }),
    );
    await super.beforeApplicationShutdown();
  }

  protected override async work(job: Job<unknown>): Promise<void> {
    const parsed = messageJobSchema.safeParse(job.data);
    if (!parsed.success)
      throw new UnrecoverableError(
        'The job is none of a message. It was put in by something else, or by a version that does not fit.',
      );
    const { tenantId, messageId } = parsed.data;
    const message = await this.messages.find(tenantId, messageId);
    if (!message) return;
    if (message.direction === 'outbound') return this.sender.send(tenantId, messageId);
    const answer =
      message.status === 'received'
        ? await this.answer(message)
        : await this.messages.answerTo(tenantId, messageId);
    if (answer) await this.sender.send(tenantId, answer.id);
  }

  /** An error that repeats until somebody changes the settings leaves the message without an answer. */
  private async answer(message: Message): Promise<Message | null> {
    try {
      return await this.answers.answer(message, this.stopping.signal);
    } catch (error) {
      if (!(error instanceof ProviderError) || error.retryable) throw error;
      const { code, category } = error;
      this.logger.error(
        { messageId: message.id, code, category },
        'message not answered: the text model refuses; see its settings',
      );
      await this.messages.close(message.tenantId, message.id, 'model-failed');
      return null;
    }
  }
}
