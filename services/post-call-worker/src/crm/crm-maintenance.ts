import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { CrmDeliveryRepository } from '@tandem/database';
import { FaultLog, RecurringTask } from '@tandem/platform';
import { PostCallMetrics } from '../post-call-metrics.ts';

const EVERY_MS = 15_000;

/** Measures what waits for CRMs. It runs in every replica, with the same figures. */
@Injectable()
export class CrmMaintenance implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly task = new RecurringTask(
    EVERY_MS,
    () => this.measure(),
    new FaultLog(new Logger(CrmMaintenance.name), 'measure what waits for CRMs'),
  );

  constructor(
    private readonly deliveries: CrmDeliveryRepository,
    private readonly metrics: PostCallMetrics,
  ) {}

  onApplicationBootstrap(): void {
    this.task.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.task.stop();
  }

  private async measure(): Promise<void> {
    const { pending, dead, oldestDueS } = await this.deliveries.backlog();
    this.metrics.crmPending.set(pending);
    this.metrics.crmDead.set(dead);
    this.metrics.crmOldest.set(oldestDueS);
  }
}
