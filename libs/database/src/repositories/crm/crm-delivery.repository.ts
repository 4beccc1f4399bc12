import type { TenantId } from '@tandem/contracts';
import type { DataSource } from 'typeorm';
import { acrossTenants, run, transact } from '../../connection/unit-of-work.ts';
import type { ClaimedCrmDelivery, CrmDelivery, FailedPush } from '../../entities/crm.ts';
import type { DeliveryClaim, DeliveryState, ReplayRequest, ReplayResult } from '../../entities/delivery.ts';
import { claimCrmDeliveries } from '../../queries/crm/crm-claim.ts';
import { listCrmDeliveries, storeFailedPush, storePushed } from '../../queries/crm/crm-deliveries.ts';
import {
  countFailure,
  pauseEndpoint,
  readBacklog,
  resetFailures,
  type Backlog,
} from '../../queries/deliveries.ts';
import { replayDeliveries } from '../../queries/delivery-replay.ts';
import { CRM_TABLES } from '../../queries/delivery-tables.ts';
import { startOf, toPage, type Page, type PageRequest } from '../../rows/page.ts';
import { storable } from '../../rows/storable.ts';

/** Deliveries of events to CRMs. */
export class CrmDeliveryRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Claims due deliveries for `leaseMs`, one of each connection at most. */
  claim(claim: DeliveryClaim): Promise<ClaimedCrmDelivery[]> {
    return acrossTenants(this.dataSource, 'due-work', (manager) => claimCrmDeliveries(manager, claim));
  }

  /** Stores that the CRM took a request or refused its content: it gets deliveries as usual. */
  markReachable({ tenantId, connectionId }: ClaimedCrmDelivery): Promise<void> {
    return run(this.dataSource, tenantId, (manager) => resetFailures(manager, connectionId, CRM_TABLES));
  }

  /** Stores one more attempt in a row that did not reach the CRM; after some it gets probes only. */
  markUnreachable({ tenantId, connectionId }: ClaimedCrmDelivery): Promise<void> {
    return run(this.dataSource, tenantId, (manager) => countFailure(manager, connectionId, CRM_TABLES));
  }

  /** Pushes nothing over the connection for this time. */
  pause({ tenantId, connectionId }: ClaimedCrmDelivery, forMs: number): Promise<void> {
    return run(this.dataSource, tenantId, (manager) =>
      pauseEndpoint(manager, connectionId, forMs, CRM_TABLES),
    );
  }

  /** @param result a fault says why nothing had to be sent */
  delivered(
    delivery: ClaimedCrmDelivery,
    result: { readonly status: number | null; readonly fault: string | null },
  ): Promise<void> {
    return run(this.dataSource, delivery.tenantId, (manager) => storePushed(manager, delivery, result));
  }

  /** Stores a failed attempt if it is the latest. */
  failed(delivery: ClaimedCrmDelivery, attempt: FailedPush): Promise<void> {
    return run(this.dataSource, delivery.tenantId, (manager) =>
      storeFailedPush(manager, delivery, storable(attempt)),
    );
  }

  /** Newest event first. @throws CursorMalformed */
  async list(
    tenantId: TenantId,
    connectionId: string,
    state: DeliveryState | undefined,
    page: PageRequest,
  ): Promise<Page<CrmDelivery>> {
    const start = startOf(page);
    const found = await run(this.dataSource, tenantId, (manager) =>
      listCrmDeliveries(manager, tenantId, connectionId, state ?? null, start, page.limit + 1),
    );
    return toPage(
      found,
      page.limit,
      ({ createdAt, eventId }) => ({ at: createdAt, id: eventId }),
      (delivery) => delivery,
    );
  }

  /** Pushes events again: the named ones and those of a period in any state, else all that were given up. */
  async replay(tenantId: TenantId, connectionId: string, request: ReplayRequest): Promise<ReplayResult> {
    const result = await transact(this.dataSource, tenantId, (transaction) =>
      replayDeliveries(transaction, tenantId, connectionId, request, CRM_TABLES),
    );
    const known = result.replayed + result.alreadyPending;
    return { ...result, unknown: request.eventIds ? new Set(request.eventIds).size - known : 0 };
  }

  backlog(): Promise<Backlog> {
    return acrossTenants(this.dataSource, 'upkeep', (manager) => readBacklog(manager, CRM_TABLES));
  }
}
