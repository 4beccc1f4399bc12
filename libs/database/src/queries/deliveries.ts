import type { EventSubject, TenantId } from '@tandem/contracts';
import type { EntityManager } from 'typeorm';
import { query, type Transaction } from '../connection/unit-of-work.ts';
import type {
  ClaimedDelivery,
  Delivery,
  DeliveryClaim,
  DeliveryState,
  FailedTry,
  ReplayRequest,
  ReplayResult,
} from '../entities/delivery.ts';
import type { Position } from '../rows/page.ts';

/** From this many failed attempts in a row on, an endpoint gets one delivery at a time, as a probe. */
export const FAILURES_BEFORE_PROBES = 5;
/** Pause after the first failed probe; it doubles with each further one up to the longest. */
const PROBE_PAUSE_MS = 1_000;
const LONGEST_PROBE_PAUSE_MS = 15_000;

/*
 * Assigns the free places of a worker. `ranked` lists endpoints with due deliveries, those of each tenant in
 * the order of their last turn; `endpoint` locks as many as there are places, tenants in turn, skipping
 * endpoints that another worker is claiming; `picked` locks due deliveries of each; `dealt` ranks them so
 * that every tenant gets a place before one gets its second, and every endpoint of a tenant likewise. While
 * several tenants have endpoints, none holds more than half.
 *
 * $1 free places, $2 places per endpoint, $3 and $4 endpoints with deliveries under way in this worker and
 * their number, $5 lease in ms, $6 failures before probes, $7 all places of the worker
 */
const CLAIM = `
WITH held AS (
  SELECT holder.id, holder.tenant_id, load.count
  FROM unnest($3::uuid[], $4::integer[]) AS load(id, count)
  JOIN webhook_endpoints holder ON holder.id = load.id
), ranked AS (
  SELECT candidate.id, row_number() OVER (
      PARTITION BY candidate.tenant_id ORDER BY candidate.claimed_at NULLS FIRST, candidate.id)
    + coalesce((SELECT sum(count) FROM held WHERE held.tenant_id = candidate.tenant_id), 0) AS turn
  FROM webhook_endpoints candidate
  WHERE candidate.is_enabled AND (candidate.paused_until IS NULL OR candidate.paused_until <= now())
    AND (candidate.failures < $6 OR candidate.probing_until IS NULL OR candidate.probing_until <= now())
    AND coalesce((SELECT count FROM held WHERE held.id = candidate.id), 0) < $2
    AND EXISTS (SELECT 1 FROM webhook_deliveries due
      WHERE due.endpoint_id = candidate.id AND due.state = 'pending' AND due.next_attempt_at <= now())
), endpoint AS MATERIALIZED (
  SELECT id, tenant_id, url, sealed_secret, sealed_headers, failures, claimed_at,
    CASE WHEN previous_until > now() THEN previous_sealed_secret END AS previous_sealed_secret
  FROM webhook_endpoints
  WHERE id IN (SELECT id FROM ranked ORDER BY turn LIMIT $1)
    AND is_enabled AND (failures < $6 OR probing_until IS NULL OR probing_until <= now())
  FOR UPDATE SKIP LOCKED
), picked AS MATERIALIZED (
  SELECT endpoint.*, pick.event_id, pick.next_attempt_at FROM endpoint CROSS JOIN LATERAL (
    SELECT event_id, next_attempt_at FROM webhook_deliveries
    WHERE endpoint_id = endpoint.id AND state = 'pending' AND next_attempt_at <= now()
    ORDER BY next_attempt_at
    LIMIT CASE WHEN endpoint.failures >= $6 THEN 1
      ELSE least($1, $2 - coalesce((SELECT count FROM held WHERE held.id = endpoint.id), 0)) END
    FOR UPDATE SKIP LOCKED
  ) pick
), in_turn AS (
  SELECT *, row_number() OVER (PARTITION BY id ORDER BY next_attempt_at) AS turn FROM picked
), dealt AS (
  SELECT *, row_number() OVER (PARTITION BY tenant_id ORDER BY turn, claimed_at NULLS FIRST, id)
    + coalesce((SELECT sum(count) FROM held WHERE held.tenant_id = in_turn.tenant_id), 0) AS place
  FROM in_turn
), due AS (
  SELECT * FROM dealt
  WHERE place <= greatest(1, $7 / 2)
    OR NOT EXISTS (SELECT 1 FROM webhook_endpoints other
      WHERE other.is_enabled AND other.tenant_id <> dealt.tenant_id)
  ORDER BY place, turn LIMIT $1
), touched AS (
  UPDATE webhook_endpoints SET claimed_at = clock_timestamp(),
    probing_until = CASE WHEN webhook_endpoints.failures >= $6 THEN now() + $5 * interval '1 ms' END
  WHERE id IN (SELECT id FROM due)
)
UPDATE webhook_deliveries delivery
SET attempts = delivery.attempts + 1, next_attempt_at = now() + $5 * interval '1 ms'
FROM due JOIN outbox_events event ON event.id = due.event_id
WHERE delivery.endpoint_id = due.id AND delivery.event_id = due.event_id
RETURNING delivery.endpoint_id AS "endpointId", delivery.event_id AS "eventId",
  delivery.tenant_id AS "tenantId", delivery.attempts AS attempt, due.url,
  due.sealed_secret AS "sealedSecret", due.previous_sealed_secret AS "previousSealedSecret",
  due.sealed_headers AS "sealedHeaders", event.type, event.subject_kind AS "subjectKind",
  event.subject_id AS "subjectId", event.sequence, event.data, event.created_at AS "createdAt"`;

type Claimed = Omit<ClaimedDelivery, 'event'> &
  Omit<ClaimedDelivery['event'], 'subject'> & {
    readonly subjectKind: EventSubject['kind'];
    readonly subjectId: string;
  };

/** Any number of workers may claim at once. */
export async function claimDeliveries(
  manager: EntityManager,
  { free, places, perEndpoint, underWay, leaseMs }: DeliveryClaim,
): Promise<ClaimedDelivery[]> {
  const held = [[...underWay.keys()], [...underWay.values()]];
  const parameters = [free, perEndpoint, ...held, leaseMs, FAILURES_BEFORE_PROBES, places];
  const claimed = await query<Claimed>(manager, CLAIM, parameters);
  return claimed.map(({ type, subjectKind, subjectId, sequence, data, createdAt, ...delivery }) => ({
    ...delivery,
    event: { type, subject: { kind: subjectKind, id: subjectId }, sequence, data, createdAt },
  }));
}

/** Ends the probes of an endpoint that answered. */
export async function resetFailures(manager: EntityManager, endpointId: string): Promise<void> {
  await query(
    manager,
    `UPDATE webhook_endpoints SET failures = 0, probing_until = NULL
     WHERE id = $1 AND (failures > 0 OR probing_until IS NOT NULL)`,
    [endpointId],
  );
}

/** Counts one more failure in a row; attempts that began before the probes count no more. */
export async function countFailure(manager: EntityManager, endpointId: string): Promise<void> {
  await query(
    manager,
    `UPDATE webhook_endpoints SET failures = least(failures, 1000) + 1, probing_until = NULL,
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
): Promise<void> {
  await query(
    manager,
    `UPDATE webhook_endpoints SET paused_until = greatest(paused_until, now() + $2 * interval '1 ms')
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

/** $1 tenant  $2 endpoint  $3 event ids  $4, $5 times of the events: from, to */
const CHOSEN = `delivery.tenant_id = $1 AND delivery.endpoint_id = $2 AND event.id = delivery.event_id
  AND ($3::uuid[] IS NULL OR delivery.event_id = ANY($3))
  AND ($4::timestamptz IS NULL OR event.created_at >= $4)
  AND ($5::timestamptz IS NULL OR event.created_at < $5)`;

/** Makes deliveries of the chosen events pending again; without a choice, those that were given up. */
export async function replayDeliveries(
  transaction: Transaction,
  tenantId: TenantId,
  endpointId: string,
  chosen: ReplayRequest,
): Promise<Omit<ReplayResult, 'unknown'>> {
  const { eventIds = null, from = null, to = null } = chosen;
  const parameters = [tenantId, endpointId, eventIds, from, to];
  const [waiting] = await query<{ count: number }>(
    transaction,
    `SELECT count(*)::integer AS count FROM webhook_deliveries delivery, outbox_events event
     WHERE ${CHOSEN} AND delivery.state = 'pending'`,
    parameters,
  );
  const isChosen = eventIds !== null || from !== null || to !== null;
  const replayed = await query(
    transaction,
    `UPDATE webhook_deliveries delivery
     SET state = 'pending', attempts = 0, next_attempt_at = now(), settled_at = NULL
     FROM outbox_events event WHERE ${CHOSEN} AND delivery.state = ANY($6) RETURNING 1`,
    [...parameters, isChosen ? ['dead', 'delivered'] : ['dead']],
  );
  return { replayed: replayed.length, alreadyPending: waiting?.count ?? 0 };
}

/** Deliveries to enabled endpoints. */
export interface Backlog {
  readonly pending: number;
  readonly dead: number;
  /** How long the oldest pending delivery has been due, in s. */
  readonly oldestDueS: number;
}

export async function readBacklog(manager: EntityManager): Promise<Backlog> {
  const [backlog] = await query<Backlog>(
    manager,
    `SELECT count(*) FILTER (WHERE state = 'pending')::integer AS pending,
       count(*) FILTER (WHERE state = 'dead')::integer AS dead,
       coalesce(extract(epoch FROM now() - min(delivery.next_attempt_at)
         FILTER (WHERE state = 'pending' AND next_attempt_at < now())), 0)::float8 AS "oldestDueS"
     FROM webhook_deliveries delivery
     JOIN webhook_endpoints endpoint ON endpoint.id = delivery.endpoint_id AND endpoint.is_enabled
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
