import type { TenantId } from '@tandem/contracts';
import type { EntityManager } from 'typeorm';
import { query } from '../connection/unit-of-work.ts';
import type { ClaimedDelivery, Delivery, DeliveryState, FailedTry } from '../entities/delivery.ts';
import type { Position } from '../rows/page.ts';
import { WEBHOOK_TABLES } from './delivery-tables.ts';

/** From this many failed attempts in a row on, an endpoint gets one delivery at a time, as a probe. */
export const FAILURES_BEFORE_PROBES = 5;
/** Pause after the first failed probe; it doubles with each further one up to the longest. */
const PROBE_PAUSE_MS = 1_000;
const LONGEST_PROBE_PAUSE_MS = 15_000;

/** Ends the probes of an endpoint that answered. */
export async function resetFailures(
  manager: EntityManager,
  endpointId: string,
  { owners } = WEBHOOK_TABLES,
): Promise<void> {
  await query(
    manager,
    `UPDATE ${owners} SET failures = 0, probing_until = NULL
     WHERE id = $1 AND (failures > 0 OR probing_until IS NOT NULL)`,
    [endpointId],
  );
}

/** Counts one more failure in a row; attempts that began before the probes count no more. */
export async function countFailure(
  manager: EntityManager,
  endpointId: string,
  { owners } = WEBHOOK_TABLES,
): Promise<void> {
  await query(
    manager,
    `UPDATE ${owners} SET failures = least(failures, 1000) + 1, probing_until = NULL,
       paused_until = CASE WHEN failures + 1 < $2 THEN paused_until ELSE greatest(paused_until,
         now() + least($3 * power(2, least(failures + 1 - $2, 20)), $4) * interval '1 ms') END
     WHERE id = $1 AND (failures < $2 OR probing_until IS NOT NULL)`,
    [endpointId, FAILURES_BEFORE_PROBES, PROBE_PAUSE_MS, LONGEST_PROBE_PAUSE_MS],
  );
}

/** Pauses an endpoint; a longer pause stays. */
export async function pauseEndpoint(
  manager: EntityManager,
  endpointId: string,
  forMs: number,
  { owners } = WEBHOOK_TABLES,
): Promise<void> {
  await query(
    manager,
    `UPDATE ${owners} SET paused_until = greatest(paused_until, now() + $2 * interval '1 ms')
     WHERE id = $1`,
    [endpointId, forMs],
  );
}

/** Stores a failed attempt if it is the latest: the delivery is retried, or given up. */
export async function storeFailure(
  manager: EntityManager,
  { endpointId, eventId, attempt }: ClaimedDelivery,
  { status, fault, retryAfterMs }: FailedTry,
): Promise<void> {
  await query(
    manager,
    `UPDATE webhook_deliveries SET last_status = $4, last_fault = $5,
       next_attempt_at = now() + coalesce($6::float8, 0) * interval '1 ms',
       state = CASE WHEN $6::float8 IS NULL THEN 'dead' ELSE 'pending' END,
       settled_at = CASE WHEN $6::float8 IS NULL THEN now() END
     WHERE endpoint_id = $1 AND event_id = $2 AND attempts = $3 AND state = 'pending'`,
    [endpointId, eventId, attempt, status, fault, retryAfterMs],
  );
}

/** Newest event first, from `start` on; null for every state. */
export function listDeliveries(
  manager: EntityManager,
  tenantId: TenantId,
  endpointId: string,
  state: DeliveryState | null,
  start: Position | null,
  limit: number,
): Promise<Delivery[]> {
  return query(
    manager,
    `SELECT event.id AS "eventId", event.type, delivery.state, delivery.attempts,
       CASE WHEN delivery.state = 'pending' THEN delivery.next_attempt_at END AS "nextAttemptAt",
       delivery.last_status AS "lastStatus", delivery.last_fault AS "lastFault",
       event.created_at AS "createdAt", delivery.settled_at AS "settledAt"
     FROM webhook_deliveries delivery JOIN outbox_events event ON event.id = delivery.event_id
     WHERE delivery.tenant_id = $1 AND delivery.endpoint_id = $2
       AND ($3::text IS NULL OR delivery.state = $3)
       AND ($4::timestamptz IS NULL OR (event.created_at, event.id) < ($4, $5::uuid))
     ORDER BY event.created_at DESC, event.id DESC LIMIT $6`,
    [tenantId, endpointId, state, start?.at ?? null, start?.id ?? null, limit],
  );
}

/** Deliveries to enabled endpoints. */
export interface Backlog {
  readonly pending: number;
  readonly dead: number;
  /** How long the oldest pending delivery has been due, in s. */
  readonly oldestDueS: number;
}

export async function readBacklog(
  manager: EntityManager,
  { owners, deliveries, owner } = WEBHOOK_TABLES,
): Promise<Backlog> {
  const [backlog] = await query<Backlog>(
    manager,
    `SELECT count(*) FILTER (WHERE state = 'pending')::integer AS pending,
       count(*) FILTER (WHERE state = 'dead')::integer AS dead,
       coalesce(extract(epoch FROM now() - min(delivery.next_attempt_at)
         FILTER (WHERE state = 'pending' AND next_attempt_at < now())), 0)::float8 AS "oldestDueS"
     FROM ${deliveries} delivery
     JOIN ${owners} receiver ON receiver.id = delivery.${owner} AND receiver.is_enabled
     WHERE delivery.state <> 'delivered'`,
  );
  return backlog ?? { pending: 0, dead: 0, oldestDueS: 0 };
}

/** Deletes up to 10,000 events with their deliveries, and up to 10,000 sequences. Returns how many events. */
export async function purgeOutbox(
  manager: EntityManager,
  eventsBefore: Date,
  sequencesBefore: Date,
): Promise<number> {
  const purged = await query(
    manager,
    `DELETE FROM outbox_events WHERE id IN (
       SELECT id FROM outbox_events WHERE created_at < $1 ORDER BY created_at LIMIT 10000) RETURNING 1`,
    [eventsBefore],
  );
  await query(
    manager,
    `DELETE FROM outbox_sequences WHERE (tenant_id, subject_kind, subject_id) IN (
       SELECT tenant_id, subject_kind, subject_id FROM outbox_sequences
       WHERE changed_at < $1 ORDER BY changed_at LIMIT 10000)`,
    [sequencesBefore],
  );
  return purged.length;
}
