import { setTimeout as delay } from 'node:timers/promises';
import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { CrmDeliveryRepository, type ClaimedCrmDelivery } from '@tandem/database';
import { CONFIG, FaultLog, type ServiceConfig } from '@tandem/platform';
import { PostCallMetrics } from '../post-call-metrics.ts';
import { decidePush } from './crm-decision.ts';
import { CrmFault } from './crm-fault.ts';
import { CrmPush, pushLimitMs } from './crm-push.service.ts';

/** Pushes in flight over one connection from one worker: CRMs allow few requests at a time. */
const PER_CONNECTION = 4;
/** How long past the time limit of a push its delivery stays with its worker. */
const LEASE_MARGIN_MS = 15_000;
const IDLE_MS = 500;
const AFTER_FAULT_MS = 2_000;

/** Pushes due events into CRMs. It runs in every replica; each delivery is claimed by one worker. */
@Injectable()
export class CrmDelivery implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(CrmDelivery.name);
  private readonly claiming = new FaultLog(this.logger, 'look for events that are due to CRMs');
  private readonly underWay = new Map<string, number>();
  private count = 0;
  private isStopping = false;
  private wake: () => void = () => undefined;
  private running: Promise<void> = Promise.resolve();

  constructor(
    @Inject(CONFIG)
    private readonly config: Pick<
      ServiceConfig<'post-call-worker'>,
      'webhookConcurrency' | 'webhookTimeoutMs' | 'webhookRetryDelaysS'
    >,
    private readonly deliveries: CrmDeliveryRepository,
    private readonly crm: CrmPush,
    private readonly metrics: PostCallMetrics,
  ) {}

  onApplicationBootstrap(): void {
    this.running = this.run();
  }

  /** Waits until running pushes are finished and stored. */
  async beforeApplicationShutdown(): Promise<void> {
    this.isStopping = true;
    this.wake();
    await this.running;
    this.crm.close();
  }

  private async run(): Promise<void> {
    while (!this.isStopping) {
      const claimed = await this.claim(this.config.webhookConcurrency - this.count);
      for (const delivery of claimed ?? []) void this.deliver(delivery);
      // A claim takes one delivery of each connection: there may be more.
      if (claimed !== null && claimed.length > 0) continue;
      await this.sleep(claimed === null ? AFTER_FAULT_MS : IDLE_MS);
    }
    while (this.count > 0) await delay(50);
  }

  /** Returns null when the database does not respond. */
  private async claim(free: number): Promise<ClaimedCrmDelivery[] | null> {
    if (free <= 0) return [];
    const { webhookConcurrency: places, webhookTimeoutMs } = this.config;
    const leaseMs = pushLimitMs(webhookTimeoutMs) + LEASE_MARGIN_MS;
    const { underWay } = this;
    try {
      const claimed = await this.deliveries.claim({
        free,
        places,
        perEndpoint: PER_CONNECTION,
        underWay,
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

  private async deliver(delivery: ClaimedCrmDelivery): Promise<void> {
    const { connectionId, eventId } = delivery;
    this.count += 1;
    this.underWay.set(connectionId, (this.underWay.get(connectionId) ?? 0) + 1);
    try {
      await this.attempt(delivery);
    } catch (error) {
      // The delivery is due again when its lease expires, and writes the same records.
      this.logger.warn(
        { err: error, connectionId, eventId },
        'result of a push to a CRM not stored; pushing again after its lease',
      );
    } finally {
      this.count -= 1;
      const left = (this.underWay.get(connectionId) ?? 1) - 1;
      if (left > 0) this.underWay.set(connectionId, left);
      else this.underWay.delete(connectionId);
      this.wake();
    }
  }

  private async attempt(delivery: ClaimedCrmDelivery): Promise<void> {
    // An event that is replayed does not undo what a later one wrote.
    if (delivery.isSuperseded)
      return this.deliveries.delivered(delivery, { status: null, fault: 'superseded' });
    let status: number;
    try {
      status = await this.crm.push(delivery);
    } catch (error) {
      return this.settleFailed(
        delivery,
        error instanceof CrmFault ? error : this.unexpected(error, delivery),
      );
    }
    await this.deliveries.markReachable(delivery);
    this.metrics.crmPushes.inc({ outcome: 'delivered' });
    await this.deliveries.delivered(delivery, { status, fault: null });
  }

  private unexpected(error: unknown, { connectionId, eventId }: ClaimedCrmDelivery): CrmFault {
    this.logger.error({ err: error, connectionId, eventId }, 'push to a CRM failed unexpectedly');
    return new CrmFault('failed', 'internal');
  }

  private async settleFailed(delivery: ClaimedCrmDelivery, fault: CrmFault): Promise<void> {
    const { connectionId, eventId } = delivery;
    const delaysMs = this.config.webhookRetryDelaysS.map((seconds) => seconds * 1_000);
    const decision = decidePush(fault, delivery.attempt, delaysMs, Math.random());
    const isDead = decision.retryAfterMs === null;
    this.metrics.crmPushes.inc({
      outcome: isDead ? 'dead' : decision.isReachable ? 'failed' : 'unavailable',
    });
    // The CRM's words are for the operator of the tenant, and stay out of the log.
    if (isDead)
      this.logger.warn(
        { connectionId, eventId, fault: decision.fault },
        'push to a CRM given up; it can be replayed',
      );
    await (decision.isReachable
      ? this.deliveries.markReachable(delivery)
      : this.deliveries.markUnreachable(delivery));
    if (decision.pauseMs > 0) await this.deliveries.pause(delivery, decision.pauseMs);
    await this.deliveries.failed(delivery, decision);
  }
}
