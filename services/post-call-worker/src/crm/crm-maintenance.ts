import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { SealBroken } from '@tandem/call-state';
import { CrmConnectionRepository, CrmDeliveryRepository } from '@tandem/database';
import { FaultLog } from '@tandem/platform';
import { PostCallMetrics } from '../post-call-metrics.ts';
import { CrmSecrets } from './crm-secrets.ts';

const MEASURE_EVERY_MS = 15_000;
const RESEAL_EVERY_MS = 600_000;

/**
 * Measures what waits for CRMs, and reseals credentials after TANDEM_SECRET was rotated, so that they no
 * longer need the old one. It runs in every replica; repeated work has the same result.
 */
@Injectable()
export class CrmMaintenance implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(CrmMaintenance.name);
  private readonly measuring = new FaultLog(this.logger, 'measure what waits for CRMs');
  private timers: NodeJS.Timeout[] = [];

  constructor(
    private readonly deliveries: CrmDeliveryRepository,
    private readonly connections: CrmConnectionRepository,
    private readonly secrets: CrmSecrets,
    private readonly metrics: PostCallMetrics,
  ) {}

  onApplicationBootstrap(): void {
    this.timers = [
      setInterval(() => void this.measure(), MEASURE_EVERY_MS),
      setInterval(() => void this.reseal(), RESEAL_EVERY_MS),
    ];
    for (const timer of this.timers) timer.unref();
    void this.reseal();
  }

  onApplicationShutdown(): void {
    for (const timer of this.timers) clearInterval(timer);
  }

  /** Reseals credentials with the newest key. */
  async reseal(): Promise<void> {
    try {
      for (const { id, tenantId, sealed } of await this.connections.sealedOtherwise(this.secrets.keyId)) {
        try {
          const opened = this.secrets.openCredentials(id, sealed);
          await this.connections.reseal(tenantId, id, sealed, this.secrets.sealCredentials(id, opened));
        } catch (error) {
          if (!(error instanceof SealBroken)) throw error;
          this.logger.warn({ connectionId: id }, 'credentials of a CRM unreadable: set them anew');
        }
      }
    } catch (error) {
      this.logger.warn(
        { err: error },
        'resealing of CRM credentials failed: keep the previous TANDEM_SECRET for now',
      );
    }
  }

  private async measure(): Promise<void> {
    try {
      const { pending, dead, oldestDueS } = await this.deliveries.backlog();
      this.metrics.crmPending.set(pending);
      this.metrics.crmDead.set(dead);
      this.metrics.crmOldest.set(oldestDueS);
      this.measuring.succeeded();
    } catch (error) {
      this.measuring.failed(error);
    }
  }
}
