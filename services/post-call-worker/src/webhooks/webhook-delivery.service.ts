import { setTimeout as sleep } from 'node:timers/promises';
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
import { judge, type TryOutcome, type Verdict } from './verdict.ts';

/** Under way to one receiver at a time, from one worker. */
const PER_ENDPOINT = 16;
/** How long a worker may be at one delivery beyond the receiver's time before another takes it. */
const LEASE_MARGIN_MS = 15_000;
const IDLE_MS = 500;
const AFTER_FAULT_MS = 2_000;

/** Delivers what is due, in every replica at once: each delivery is taken by one. */
@Injectable()
export class WebhookDelivery implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(WebhookDelivery.name);
  private readonly claiming = new FaultLog(this.logger, 'look for webhooks that are due');
  private readonly underWay = new Map<string, number>();
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

  /** What is under way is finished and written down. */
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
      // A full hand means that there is more; otherwise whatever ends first may make room for it.
      if (claimed !== null && claimed.length === room && room > 0) continue;
      await this.rest(claimed === null ? AFTER_FAULT_MS : IDLE_MS);
    }
    while (this.count > 0) await sleep(50);
  }

  /** Null when the database does not answer. */
  private async claim(free: number): Promise<ClaimedDelivery[] | null> {
    const { webhookConcurrency: places, webhookTimeoutMs } = this.config;
    const leaseMs = webhookTimeoutMs + LEASE_MARGIN_MS;
    try {
      const claimed = await this.deliveries.claim({
        free,
        places,
        perEndpoint: PER_ENDPOINT,
        underWay: this.underWay,
        leaseMs,
      });
      this.claiming.succeeded();
      return claimed;
    } catch (error) {
      this.claiming.failed(error);
      return null;
    }
  }

  private async rest(ms: number): Promise<void> {
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
    this.underWay.set(endpointId, (this.underWay.get(endpointId) ?? 0) + 1);
    try {
      const delaysMs = this.config.webhookRetryDelaysS.map((seconds) => seconds * 1_000);
      await this.settle(
        delivery,
        judge(await this.attempt(delivery), delivery.attempt, delaysMs, Math.random()),
      );
    } catch (error) {
      // It is due again when its lease ends, under the same id.
      this.logger.warn(
        { err: error, endpointId, eventId: delivery.eventId },
        'what came of a webhook could not be written down',
      );
    } finally {
      this.count -= 1;
      const left = (this.underWay.get(endpointId) ?? 1) - 1;
      if (left > 0) this.underWay.set(endpointId, left);
      else this.underWay.delete(endpointId);
      this.wake();
    }
  }

  private async attempt(delivery: ClaimedDelivery): Promise<TryOutcome> {
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
        'the signing secret or the headers of a webhook endpoint cannot be opened; set them anew, or ' +
          'put back the TANDEM_SECRET they were sealed with',
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

  /** Returns the headers the endpoint's owner wants sent along, names in lower case. */
  private headersOf({ endpointId, sealedHeaders }: ClaimedDelivery): Record<string, string> {
    return sealedHeaders === null
      ? {}
      : (this.secrets.open(sealedHeaders, webhookHeadersPlace(endpointId)) as Record<string, string>);
  }

  private async settle(delivery: ClaimedDelivery, verdict: Verdict): Promise<void> {
    const { endpointId } = delivery;
    await (verdict.isReachable
      ? this.deliveries.markReachable(endpointId)
      : this.deliveries.markUnreachable(endpointId));
    if (verdict.kind === 'delivered') {
      this.metrics.webhooks.inc({ outcome: 'delivered' });
      return this.deliveries.delivered(delivery, verdict.status);
    }
    this.metrics.webhooks.inc({ outcome: verdict.retryAfterMs === null ? 'dead' : 'failed' });
    if (verdict.retryAfterMs === null)
      this.logger.warn(
        { endpointId, eventId: delivery.eventId, fault: verdict.fault },
        'a webhook was given up; it can be replayed',
      );
    if (verdict.isGone) {
      this.logger.warn(
        { endpointId, tenantId: delivery.tenantId },
        'a webhook endpoint says that it is gone; it is disabled',
      );
      await this.deliveries.disable(endpointId);
    }
    if (verdict.pauseMs > 0) await this.deliveries.pause(endpointId, verdict.pauseMs);
    await this.deliveries.failed(delivery, verdict);
  }
}

function bodyOf(id: string, { tenantId, event }: ClaimedDelivery): WebhookBody {
  const { type, subject, sequence, data, createdAt } = event;
  return { id, type, timestamp: createdAt.toISOString(), tenantId, subject, sequence, data };
}
