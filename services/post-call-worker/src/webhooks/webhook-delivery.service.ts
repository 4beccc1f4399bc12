import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Sealer } from '@tandem/call-state';
import { webhookHeadersPlace, webhookSecretPlace, type WebhookBody } from '@tandem/contracts';
import { WebhookDeliveryRepository, type ClaimedDelivery } from '@tandem/database';
import { CONFIG, FaultLog, OutboundFailure, OutboundPoster, type ServiceConfig } from '@tandem/platform';
import { DeliveryLoop } from '../deliveries/delivery-loop.ts';
import { PostCallMetrics } from '../post-call-metrics.ts';
import { signedHeaders } from './signature.ts';
import { decideDelivery, type AttemptResult, type DeliveryDecision } from './delivery-decision.ts';

/** Requests in flight to one endpoint from one worker. */
const PER_ENDPOINT = 16;
/** How long past the receiver's timeout a claimed delivery stays with its worker. */
const LEASE_MARGIN_MS = 15_000;

/** Delivers due events. It runs in every replica; each delivery is claimed by one worker. */
@Injectable()
export class WebhookDelivery implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(WebhookDelivery.name);
  private readonly loop: DeliveryLoop<ClaimedDelivery>;

  constructor(
    @Inject(CONFIG) private readonly config: ServiceConfig<'post-call-worker'>,
    private readonly deliveries: WebhookDeliveryRepository,
    private readonly secrets: Sealer,
    private readonly poster: OutboundPoster,
    private readonly metrics: PostCallMetrics,
  ) {
    this.loop = new DeliveryLoop<ClaimedDelivery>({
      places: config.webhookConcurrency,
      perTarget: PER_ENDPOINT,
      leaseMs: config.webhookTimeoutMs + LEASE_MARGIN_MS,
      faults: new FaultLog(this.logger, 'look for webhooks that are due'),
      targetOf: ({ endpointId }) => endpointId,
      claim: (claim) => this.deliveries.claim(claim),
      hasMore: (claimed, free) => claimed === free,
      deliver: (delivery) => this.deliver(delivery),
      onUnstored: (error, { endpointId, eventId }) =>
        // Delivered again, it has the same id.
        this.logger.warn(
          { err: error, endpointId, eventId },
          'webhook delivery result not stored; delivering again after its lease',
        ),
    });
  }

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  /** Waits until running deliveries are finished and stored. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.loop.stop();
    this.poster.close();
  }

  private async deliver(delivery: ClaimedDelivery): Promise<void> {
    const delaysMs = this.config.webhookRetryDelaysS.map((seconds) => seconds * 1_000);
    await this.apply(
      delivery,
      decideDelivery(await this.attempt(delivery), delivery.attempt, delaysMs, Math.random()),
    );
  }

  private async attempt(delivery: ClaimedDelivery): Promise<AttemptResult> {
    const id = `evt_${delivery.eventId}`;
    const body = JSON.stringify(bodyOf(id, delivery));
    let secrets: string[];
    let own: Record<string, string>;
    try {
      own = this.headersOf(delivery);
      secrets = [delivery.sealedSecret, delivery.previousSealedSecret].flatMap((sealed) =>
        sealed === null ? [] : [String(this.secrets.open(sealed, webhookSecretPlace(delivery.endpointId)))],
      );
    } catch (error) {
      this.logger.error(
        { err: error, endpointId: delivery.endpointId },
        'webhook secret or headers unreadable: set them anew, or restore the TANDEM_SECRET they were ' +
          'sealed with',
      );
      return { fault: 'secret-unreadable' };
    }
    try {
      return await this.poster.post({
        url: delivery.url,
        headers: {
          ...own,
          'content-type': 'application/json',
          'user-agent': 'Tandem',
          ...signedHeaders(id, new Date(), body, secrets),
        },
        body,
        timeoutMs: this.config.webhookTimeoutMs,
      });
    } catch (error) {
      if (error instanceof OutboundFailure) return { fault: error.code };
      throw error;
    }
  }

  /** Returns the headers the endpoint's owner wants added, names in lower case. */
  private headersOf({ endpointId, sealedHeaders }: ClaimedDelivery): Record<string, string> {
    return sealedHeaders === null
      ? {}
      : (this.secrets.open(sealedHeaders, webhookHeadersPlace(endpointId)) as Record<string, string>);
  }

  private async apply(delivery: ClaimedDelivery, decision: DeliveryDecision): Promise<void> {
    const { endpointId } = delivery;
    await (decision.isReachable
      ? this.deliveries.markReachable(endpointId)
      : this.deliveries.markUnreachable(endpointId));
    if (decision.kind === 'delivered') {
      this.metrics.webhooks.inc({ outcome: 'delivered' });
      return this.deliveries.delivered(delivery, decision.status);
    }
    this.metrics.webhooks.inc({ outcome: decision.retryAfterMs === null ? 'dead' : 'failed' });
    if (decision.retryAfterMs === null)
      this.logger.warn(
        { endpointId, eventId: delivery.eventId, fault: decision.fault },
        'webhook delivery given up; it can be replayed',
      );
    if (decision.isGone) {
      this.logger.warn({ endpointId, tenantId: delivery.tenantId }, 'webhook endpoint gone (410); disabled');
      await this.deliveries.disable(endpointId);
    }
    if (decision.pauseMs > 0) await this.deliveries.pause(endpointId, decision.pauseMs);
    await this.deliveries.failed(delivery, decision);
  }
}

function bodyOf(id: string, { tenantId, event }: ClaimedDelivery): WebhookBody {
  const { type, subject, sequence, data, createdAt } = event;
  return { id, type, timestamp: createdAt.toISOString(), tenantId, subject, sequence, data };
}
