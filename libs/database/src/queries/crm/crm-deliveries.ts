import type { TenantId } from '@tandem/contracts';
import type { EntityManager } from 'typeorm';
import { query } from '../../connection/unit-of-work.ts';
import type { ClaimedCrmDelivery, CrmDelivery, FailedPush } from '../../entities/crm.ts';
import type { DeliveryState } from '../../entities/delivery.ts';
import type { Position } from '../../rows/page.ts';

/** Stores a delivery that was made, also when another worker claimed it meanwhile. */
export async function storePushed(
  manager: EntityManager,
  { connectionId, eventId }: ClaimedCrmDelivery,
  { status, fault }: { readonly status: number | null; readonly fault: string | null },
): Promise<void> {
  await query(
    manager,
    `WITH made AS (
       UPDATE crm_deliveries SET state = 'delivered', last_status = $3, last_fault = $4,
         last_detail = NULL, settled_at = now()
       WHERE connection_id = $1 AND event_id = $2)
     UPDATE crm_connections SET last_delivered_at = now() WHERE id = $1`,
    [connectionId, eventId, status, fault],
  );
}

/** Stores a failed attempt if it is the latest: the delivery is retried, or given up. */
export async function storeFailedPush(
  manager: EntityManager,
  { connectionId, eventId, attempt }: ClaimedCrmDelivery,
  { status, fault, detail, retryAfterMs, isUncounted }: FailedPush,
): Promise<void> {
  await query(
    manager,
    `WITH failed AS (
       UPDATE crm_deliveries SET last_status = $4, last_fault = $5, last_detail = $6,
         next_attempt_at = now() + coalesce($7::float8, 0) * interval '1 ms',
         attempts = attempts - CASE WHEN $8::boolean THEN 1 ELSE 0 END,
         state = CASE WHEN $7::float8 IS NULL THEN 'dead' ELSE 'pending' END,
         settled_at = CASE WHEN $7::float8 IS NULL THEN now() END
       WHERE connection_id = $1 AND event_id = $2 AND attempts = $3 AND state = 'pending')
     UPDATE crm_connections SET last_fault = $5, last_detail = $6, last_fault_at = now() WHERE id = $1`,
    [connectionId, eventId, attempt, status, fault, detail, retryAfterMs, isUncounted],
  );
}

/** Newest event first, from `start` on; null for every state. */
export function listCrmDeliveries(
  manager: EntityManager,
  tenantId: TenantId,
  connectionId: string,
  state: DeliveryState | null,
  start: Position | null,
  limit: number,
): Promise<CrmDelivery[]> {
  return query(
    manager,
    `SELECT event.id AS "eventId", event.type, delivery.state, delivery.attempts,
       CASE WHEN delivery.state = 'pending' THEN delivery.next_attempt_at END AS "nextAttemptAt",
       delivery.last_status AS "lastStatus", delivery.last_fault AS "lastFault",
       delivery.last_detail AS "lastDetail", event.created_at AS "createdAt",
       delivery.settled_at AS "settledAt"
     FROM crm_deliveries delivery JOIN outbox_events event ON event.id = delivery.event_id
     WHERE delivery.tenant_id = $1 AND delivery.connection_id = $2
       AND ($3::text IS NULL OR delivery.state = $3)
       AND ($4::timestamptz IS NULL OR (event.created_at, event.id) < ($4, $5::uuid))
     ORDER BY event.created_at DESC, event.id DESC LIMIT $6`,
    [tenantId, connectionId, state, start?.at ?? null, start?.id ?? null, limit],
  );
}
