import { setTimeout as delay } from 'node:timers/promises';
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
import { PostCallMetrics } from '../post-call-metrics.ts';
import { signedHeaders } from './signature.ts';
import { decideDelivery, type AttemptResult, type DeliveryDecision } from './delivery-decision.ts';

/** Requests in flight to one endpoint from one worker. */
const PER_ENDPOINT = 16;
/** How long past the receiver's timeout a claimed delivery stays with its worker. */
const LEASE_MARGIN_MS = 15_000;
const IDLE_MS = 500;
const AFTER_FAULT_MS = 2_000;

/** Delivers due events. It runs in every replica; each delivery is claimed by one worker. */
@Injectable()
export class WebhookDelivery implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(WebhookDelivery.name);
  private readonly claiming = new FaultLog(this.logger, 'look for webhooks that are due');
  private readonly inFlight = new Map<string, number>();
  private count = 0;
  private isStopping = false;
  private wake: () => void = () => undefined;
  private running: Promise<void> = Promise.resolve();

  constructor(
    @Inject(CONFIG) private readonly config: ServiceConfig<'post-call-worker'>,
    private readonly deliveries: WebhookDeliveryRepository,
    private readonly secrets: Sealer,
    private readonly poster: OutboundPoster,
    private readonly metrics: PostCallMetrics,
  ) {}

  onApplicationBootstrap(): void {
    this.running = this.run();
  }

  /** Waits until running deliveries are finished and stored. */
  async beforeApplicationShutdown(): Promise<void> {
    this.isStopping = true;
    this.wake();
    await this.running;
    this.poster.close();
  }

  private async run(): Promise<void> {
    while (!this.isStopping) {
      const room = this.config.webhookConcurrency - this.count;
      const claimed = room > 0 ? await this.claim(room) : [];
      for (const delivery of claimed ?? []) void this.deliver(delivery);
      // A full batch: claim again at once. Otherwise the first delivery that ends may free a place.
      if (claimed !== null && claimed.length === room && room > 0) continue;
      await this.sleep(claimed === null ? AFTER_FAULT_MS : IDLE_MS);
    }
    while (this.count > 0) await delay(50);
  }

  /** Returns null when the database does not respond. */
  private async claim(free: number): Promise<ClaimedDelivery[] | null> {
    const { webhookConcurrency: places, webhookTimeoutMs } = this.config;
    const leaseMs = webhookTimeoutMs + LEASE_MARGIN_MS;
    try {
      const claimed = await this.deliveries.claim({
        free,
        places,
        perEndpoint: PER_ENDPOINT,
        underWay: this.inFlight,
        leaseMs,
      });
      this.claiming.succeeded();
      return claimed;
    } catch (error) {
      this.claiming.failed(error);
      return null;
    }
  }

  private async sleep(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private async deliver(delivery: ClaimedDelivery): Promise<void> {
    const { endpointId } = delivery;
    this.count += 1;
    this.inFlight.set(endpointId, (this.inFlight.get(endpointId) ?? 0) + 1);
    try {
      const delaysMs = this.config.webhookRetryDelaysS.map((seconds) => seconds * 1_000);
      await this.apply(
        delivery,
        decideDelivery(await this.attempt(delivery), delivery.attempt, delaysMs, Math.random()),
      );
    } catch (error) {
      // The delivery is due again when its lease expires, under the same id.
      this.logger.warn(
        { err: error, endpointId, eventId: delivery.eventId },
        'webhook delivery result not stored; delivering again after its lease',
      );
    } finally {
      this.count -= 1;
      const left = (this.inFlight.get(endpointId) ?? 1) - 1;
      if (left > 0) this.inFlight.set(endpointId, left);
      else this.inFlight.delete(endpointId);
      this.wake();
    }
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
      ? this.deliveries.markReachable(delivery)
      : this.deliveries.markUnreachable(delivery));
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
      await this.deliveries.disable(delivery);
    }
    if (decision.pauseMs > 0) await this.deliveries.pause(delivery, decision.pauseMs);
    await this.deliveries.failed(delivery, decision);
  }
}

function bodyOf(id: string, { tenantId, event }: ClaimedDelivery): WebhookBody {
  const { type, subject, sequence, data, createdAt } = event;
  return { id, type, timestamp: createdAt.toISOString(), tenantId, subject, sequence, data };
}
