import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { WebhookDeliveryRepository } from '@tandem/database';
import { PostCallMetrics } from '../post-call-metrics.ts';

const MEASURE_EVERY_MS = 15_000;
const PURGE_EVERY_MS = 600_000;
/** Longer than anything is tried, and long enough for somebody to come back from holidays and replay. */
const KEEP_MS = 30 * 86_400_000;

/** Tells how much waits, and forgets what is long over. In every replica: they take different rows or none. */
@Injectable()
export class OutboxKeeper implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(OutboxKeeper.name);
  private timers: NodeJS.Timeout[] = [];

  constructor(
    @Inject(WebhookDeliveryRepository) private readonly deliveries: WebhookDeliveryRepository,
    @Inject(PostCallMetrics) private readonly metrics: PostCallMetrics,
  ) {}

  onApplicationBootstrap(): void {
    this.timers = [setInterval(() => void this.measure(), MEASURE_EVERY_MS), setInterval(() => void this.purge(), PURGE_EVERY_MS)];
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
    } catch (error) {
      this.logger.warn({ err: error }, 'the outbox could not be measured');
    }
  }

  private async purge(): Promise<void> {
    try {
      const purged = await this.deliveries.purge(new Date(Date.now() - KEEP_MS));
      if (purged > 0) this.logger.log({ purged }, 'old events forgotten');
    } catch (error) {
      this.logger.warn({ err: error }, 'old events could not be forgotten; trying again later');
    }
  }
}
