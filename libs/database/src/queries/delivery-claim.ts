import type { EventSubject } from '@tandem/contracts';
import type { EntityManager } from 'typeorm';
import { query } from '../connection/unit-of-work.ts';
import type { ClaimedDelivery, DeliveryClaim } from '../entities/delivery.ts';
import { FAILURES_BEFORE_PROBES } from './deliveries.ts';

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
