import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { SealBroken, Sealer } from '@tandem/call-state';
import {
  webhookHeadersPlace,
  webhookSecretPlace,
  WEBHOOK_SECRETS_PURPOSE,
  type TenantId,
} from '@tandem/contracts';
import { WebhookDeliveryRepository, WebhookEndpointRepository, type SealedParts } from '@tandem/database';
import { CONFIG, deriveKeys, FaultLog, type ServiceConfig } from '@tandem/platform';
import { PostCallMetrics } from '../post-call-metrics.ts';

const MEASURE_EVERY_MS = 15_000;
const PURGE_EVERY_MS = 600_000;
/** How long events are kept: longer than any delivery is retried, and time enough for a replay. */
const KEEP_MS = 30 * 86_400_000;

/**
 * Measures the outbox, deletes old events, and reseals secrets after TANDEM_SECRET was rotated, so that they
 * no longer need the old one. It runs in every replica; repeated work has the same result.
 */
@Injectable()
export class OutboxMaintenance implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(OutboxMaintenance.name);
  private readonly measuring = new FaultLog(this.logger, 'measure the outbox');
  private timers: NodeJS.Timeout[] = [];

  constructor(
    private readonly deliveries: WebhookDeliveryRepository,
    @Inject(CONFIG) private readonly config: ServiceConfig<'post-call-worker'>,
    private readonly endpoints: WebhookEndpointRepository,
    private readonly secrets: Sealer,
    private readonly metrics: PostCallMetrics,
  ) {}

  onApplicationBootstrap(): void {
    this.timers = [
      setInterval(() => void this.measure(), MEASURE_EVERY_MS),
      setInterval(() => void this.purge(), PURGE_EVERY_MS),
    ];
    for (const timer of this.timers) timer.unref();
    void this.resealSecrets();
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
    await this.resealSecrets();
    try {
      const purged = await this.deliveries.purge(new Date(Date.now() - KEEP_MS));
      if (purged > 0) this.logger.log({ purged }, 'old events deleted');
    } catch (error) {
      this.logger.warn({ err: error }, 'deletion of old events failed; trying again later');
    }
  }

  /** Reseals secrets with the newest key; those of an endpoint that cannot be opened are left as they are. */
  async resealSecrets(): Promise<void> {
    try {
      const [{ keyId }] = deriveKeys(this.config.secrets, WEBHOOK_SECRETS_PURPOSE);
      for (const { id, tenantId, ...before } of await this.endpoints.sealedOtherwise(keyId))
        await this.reseal(tenantId, id, before);
    } catch (error) {
      this.logger.warn({ err: error }, 'resealing of signing secrets failed; trying again later');
    }
  }

  private async reseal(tenantId: TenantId, id: string, before: SealedParts): Promise<void> {
    const again = (sealed: string, place: string) =>
      this.secrets.seal(this.secrets.open(sealed, place), place);
    try {
      const { sealedSecret, sealedHeaders } = before;
      await this.endpoints.reseal(tenantId, id, before, {
        sealedSecret: again(sealedSecret, webhookSecretPlace(id)),
        sealedHeaders: sealedHeaders === null ? null : again(sealedHeaders, webhookHeadersPlace(id)),
      });
    } catch (error) {
      if (!(error instanceof SealBroken)) throw error;
      this.logger.warn(
        { err: error, endpointId: id },
        'signing secret unreadable: set it anew, or keep the TANDEM_SECRET it was sealed with',
      );
    }
  }
}
