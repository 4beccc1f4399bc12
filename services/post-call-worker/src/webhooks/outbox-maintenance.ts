import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { WebhookDeliveryRepository } from '@tandem/database';
import { FaultLog } from '@tandem/platform';
import { PostCallMetrics } from '../post-call-metrics.ts';

const MEASURE_EVERY_MS = 15_000;
const PURGE_EVERY_MS = 600_000;
/** How long events are kept: longer than any delivery is retried, and time enough for a replay. */
const KEEP_MS = 30 * 86_400_000;

/** Measures the outbox and deletes old events, in every replica; repeated work has the same result. */
@Injectable()
export class OutboxMaintenance implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(OutboxMaintenance.name);
  private readonly measuring = new FaultLog(this.logger, 'measure the outbox');
  private timers: NodeJS.Timeout[] = [];

  constructor(
    private readonly deliveries: WebhookDeliveryRepository,
    private readonly metrics: PostCallMetrics,
  ) {}

  onApplicationBootstrap(): void {
    this.timers = [
      setInterval(() => void this.measure(), MEASURE_EVERY_MS),
      setInterval(() => void this.purge(), PURGE_EVERY_MS),
    ];
    for (const timer of this.timers) timer.unref();
  }

  onApplicationShutdown(): void {
    for (const timer of this.timers) clearInterval(timer);
  }

  private async measure(): Promise<void> {
    try {
      const { pending, dead, oldestDueS } = await this.deliveries.backlog();
      this.metrics.webhooksPending.set(pending);
      this.metrics.webhooksDead.set(dead);
      this.metrics.webhooksOldest.set(oldestDueS);
      this.measuring.succeeded();
    } catch (error) {
      this.measuring.failed(error);
    }
  }

  private async purge(): Promise<void> {
    try {
      const purged = await this.deliveries.purge(new Date(Date.now() - KEEP_MS));
      if (purged > 0) this.logger.log({ purged }, 'old events deleted');
    } catch (error) {
      this.logger.warn({ err: error }, 'deletion of old events failed; trying again later');
    }
  }
}
