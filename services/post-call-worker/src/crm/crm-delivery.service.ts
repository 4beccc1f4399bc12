import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { CrmDeliveryRepository, type ClaimedCrmDelivery } from '@tandem/database';
import { CONFIG, FaultLog, type ServiceConfig } from '@tandem/platform';
import { DeliveryLoop } from '../deliveries/delivery-loop.ts';
import { PostCallMetrics } from '../post-call-metrics.ts';
import { decidePush } from './crm-decision.ts';
import { CrmFault } from './crm-fault.ts';
import { CrmPush, pushLimitMs } from './crm-push.service.ts';

/** Pushes in flight over one connection from one worker: CRMs allow few requests at a time. */
const PER_CONNECTION = 4;
/** How long past the time limit of a push its delivery stays with its worker. */
const LEASE_MARGIN_MS = 15_000;

/** Pushes due events into CRMs. It runs in every replica; each delivery is claimed by one worker. */
@Injectable()
export class CrmDelivery implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(CrmDelivery.name);
  private readonly loop: DeliveryLoop<ClaimedCrmDelivery>;

  constructor(
    @Inject(CONFIG)
    private readonly config: Pick<
      ServiceConfig<'post-call-worker'>,
      'webhookConcurrency' | 'webhookTimeoutMs' | 'webhookRetryDelaysS'
    >,
    private readonly deliveries: CrmDeliveryRepository,
    private readonly crm: CrmPush,
    private readonly metrics: PostCallMetrics,
  ) {
    this.loop = new DeliveryLoop<ClaimedCrmDelivery>({
      places: config.webhookConcurrency,
      perTarget: PER_CONNECTION,
      leaseMs: pushLimitMs(config.webhookTimeoutMs) + LEASE_MARGIN_MS,
      faults: new FaultLog(this.logger, 'look for events that are due to CRMs'),
      targetOf: ({ connectionId }) => connectionId,
      claim: (claim) => this.deliveries.claim(claim),
      // A claim takes one delivery of each connection.
      hasMore: () => true,
      deliver: (delivery) => this.attempt(delivery),
      onUnstored: (error, { connectionId, eventId }) =>
        // Pushed again, it writes the same records.
        this.logger.warn(
          { err: error, connectionId, eventId },
          'result of a push to a CRM not stored; pushing again after its lease',
        ),
    });
  }

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  /** Waits until running pushes are finished and stored. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.loop.stop();
    this.crm.close();
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
    await this.deliveries.markReachable(delivery.connectionId);
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
      ? this.deliveries.markReachable(connectionId)
      : this.deliveries.markUnreachable(connectionId));
    if (decision.pauseMs > 0) await this.deliveries.pause(connectionId, decision.pauseMs);
    await this.deliveries.failed(delivery, decision);
  }
}
