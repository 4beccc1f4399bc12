import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { mailAddressOf } from '@tandem/contracts';
import { BookingNoticeRepository, type DueNotice } from '@tandem/database';
import { CONFIG, FaultLog, RecurringTask, type ServiceConfig } from '@tandem/platform';
import { PostCallMetrics } from '../post-call-metrics.ts';

const INTERVAL_MS = 5_000;
const BATCH = 100;

/**
 * Has confirmations and reminders of appointments sent: it finds those whose time has come, and stores the
 * message of each once. It runs in every replica and keeps nothing in memory, so a restart loses none.
 */
@Injectable()
export class ReminderSweep implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(ReminderSweep.name);
  private readonly task = new RecurringTask(
    INTERVAL_MS,
    () => this.sweep(new Date()),
    new FaultLog(this.logger, 'look for reminders to send'),
  );

  constructor(
    private readonly notices: BookingNoticeRepository,
    @Inject(CONFIG) private readonly config: Pick<ServiceConfig<'post-call-worker'>, 'mailFrom'>,
    private readonly metrics: PostCallMetrics,
  ) {}

  onApplicationBootstrap(): void {
    this.task.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.task.stop();
  }

  /**
   * One round; the message sweep puts what is stored into the queue. A notice that fails does not keep the
   * others back.
   * @throws the error of the last one that failed
   */
  async sweep(now: Date): Promise<void> {
    const failures: unknown[] = [];
    for (const notice of await this.notices.due(now, BATCH))
      await this.settle(notice).catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw failures.at(-1);
  }

  private async settle(notice: DueNotice): Promise<void> {
    const { mailFrom } = this.config;
    const { tenantId, bookingId, kind, channel } = notice;
    const outcome = await this.notices.settle(
      notice,
      mailFrom === undefined ? null : mailAddressOf(mailFrom),
    );
    if (outcome === 'settled') return;
    this.metrics.bookingNotices.inc({ kind, channel, outcome });
    this.logger.log({ tenantId, bookingId, kind, channel, outcome }, 'booking notice settled');
  }
}
