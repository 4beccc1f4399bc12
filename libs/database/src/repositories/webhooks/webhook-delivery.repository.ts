import type { TenantId } from '@tandem/contracts';
import type { DataSource } from 'typeorm';
import { acrossTenants, run, transact } from '../../connection/unit-of-work.ts';
import type {
  ClaimedDelivery,
  Delivery,
  DeliveryClaim,
  DeliveryState,
  FailedTry,
  ReplayRequest,
  ReplayResult,
} from '../../entities/delivery.ts';
import { WebhookDeliveryRow, WebhookEndpointRow } from '../../entities/outbox.entities.ts';
import {
  countFailure,
  listDeliveries,
  pauseEndpoint,
  purgeOutbox,
  readBacklog,
  resetFailures,
  storeFailure,
  type Backlog,
} from '../../queries/deliveries.ts';
import { replayDeliveries } from '../../queries/delivery-replay.ts';
import { claimDeliveries } from '../../queries/delivery-claim.ts';
import { startOf, toPage, type Page, type PageRequest } from '../../rows/page.ts';

/** A booking may be moved a year after it was made: its events continue the sequence then. */
const SEQUENCE_REST_MS = 366 * 86_400_000;

/** An endpoint and its tenant. */
type Target = Pick<ClaimedDelivery, 'tenantId' | 'endpointId'>;

/** Deliveries of events to endpoints: pending, made, or given up. */
export class WebhookDeliveryRepository {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Claims due deliveries for `leaseMs`: one that is not settled by then is due again. Places go to tenants
   * in turn, and to the endpoints of a tenant in the order of their last turn.
   */
  claim(claim: DeliveryClaim): Promise<ClaimedDelivery[]> {
    return acrossTenants(this.dataSource, 'due-work', (manager) => claimDeliveries(manager, claim));
  }

  /** Stores that the receiver responded, with whatever status: the endpoint gets deliveries as usual. */
  markReachable({ tenantId, endpointId }: Target): Promise<void> {
    return run(this.dataSource, tenantId, (manager) => resetFailures(manager, endpointId));
  }

  /**
   * Stores one more failed attempt in a row; from {@link FAILURES_BEFORE_PROBES} on the endpoint pauses
   * between probes.
   */
  markUnreachable({ tenantId, endpointId }: Target): Promise<void> {
    return run(this.dataSource, tenantId, (manager) => countFailure(manager, endpointId));
  }

  /** Stores a delivery that was made, also when another worker claimed it meanwhile. */
  async delivered({ tenantId, endpointId, eventId }: ClaimedDelivery, status: number): Promise<void> {
    await run(this.dataSource, tenantId, (manager) =>
      manager.update(
        WebhookDeliveryRow,
        { endpointId, eventId },
        { state: 'delivered', lastStatus: status, lastFault: null, settledAt: () => 'now()' },
      ),
    );
  }

  /** Stores a failed attempt if it is the latest. */
  failed(delivery: ClaimedDelivery, attempt: FailedTry): Promise<void> {
    return run(this.dataSource, delivery.tenantId, (manager) => storeFailure(manager, delivery, attempt));
  }

  /** Sends nothing to the endpoint for this time. */
  pause({ tenantId, endpointId }: Target, forMs: number): Promise<void> {
    return run(this.dataSource, tenantId, (manager) => pauseEndpoint(manager, endpointId, forMs));
  }

  /** Disables an endpoint that responded 410 Gone. Its deliveries wait until an operator enables it again. */
  async disable({ tenantId, endpointId }: Target): Promise<void> {
    await run(this.dataSource, tenantId, (manager) =>
      manager.update(
        WebhookEndpointRow,
        { id: endpointId, isEnabled: true },
        { isEnabled: false, disabledBecause: 'gone' },
      ),
    );
  }

  /** Newest event first. @throws CursorMalformed */
  async list(
    tenantId: TenantId,
    endpointId: string,
    state: DeliveryState | undefined,
    page: PageRequest,
  ): Promise<Page<Delivery>> {
    const start = startOf(page);
    const found = await run(this.dataSource, tenantId, (manager) =>
      listDeliveries(manager, tenantId, endpointId, state ?? null, start, page.limit + 1),
    );
    return toPage(
      found,
      page.limit,
      ({ createdAt, eventId }) => ({ at: createdAt, id: eventId }),
      (delivery) => delivery,
    );
  }

  /**
   * Delivers events again, from the first attempt on and under their old ids: the named ones and those of a
   * period in any state, otherwise all that were given up.
   */
  async replay(tenantId: TenantId, endpointId: string, request: ReplayRequest): Promise<ReplayResult> {
    const result = await transact(this.dataSource, tenantId, (transaction) =>
      replayDeliveries(transaction, tenantId, endpointId, request),
    );
    const known = result.replayed + result.alreadyPending;
    return { ...result, unknown: request.eventIds ? new Set(request.eventIds).size - known : 0 };
  }

  backlog(): Promise<Backlog> {
    return acrossTenants(this.dataSource, 'upkeep', readBacklog);
  }

  /**
   * Deletes up to 10,000 events older than this with their deliveries, and the sequences of subjects without
   * new events for a year more. @returns how many events
   */
  purge(olderThan: Date): Promise<number> {
    const sequencesBefore = new Date(olderThan.getTime() - SEQUENCE_REST_MS);
    return acrossTenants(this.dataSource, 'upkeep', (manager) =>
      purgeOutbox(manager, olderThan, sequencesBefore),
    );
  }
}
