import type { EventSubject } from '@tandem/contracts';
import type { EntityManager } from 'typeorm';
import { query } from '../../connection/unit-of-work.ts';
import type { ClaimedCrmDelivery } from '../../entities/crm.ts';
import type { DeliveryClaim } from '../../entities/delivery.ts';
import { FAILURES_BEFORE_PROBES } from '../deliveries.ts';

/*
 * Assigns the free places of a worker, one to a connection at a time: of each connection the first due
 * delivery before which no earlier one waits that touches the same things. A claimed delivery stays pending,
 * so nothing overtakes it. Tenants take turns, and while several have connections none holds more than half.
 *
 * $1 free places, $2 places per connection, $3 and $4 connections with deliveries under way in this worker
 * and their number, $5 lease in ms, $6 failures before probes, $7 all places of the worker
 */
const CLAIM = `
WITH held AS (
  SELECT holder.id, holder.tenant_id, load.count
  FROM unnest($3::uuid[], $4::integer[]) AS load(id, count)
  JOIN crm_connections holder ON holder.id = load.id
), ranked AS (
  SELECT candidate.id, candidate.tenant_id, row_number() OVER (
      PARTITION BY candidate.tenant_id ORDER BY candidate.claimed_at NULLS FIRST, candidate.id)
    + coalesce((SELECT sum(count) FROM held WHERE held.tenant_id = candidate.tenant_id), 0) AS turn
  FROM crm_connections candidate
  WHERE candidate.is_enabled AND (candidate.paused_until IS NULL OR candidate.paused_until <= now())
    AND (candidate.failures < $6 OR candidate.probing_until IS NULL OR candidate.probing_until <= now())
    AND coalesce((SELECT count FROM held WHERE held.id = candidate.id), 0) < $2
    AND EXISTS (SELECT 1 FROM crm_deliveries due
      WHERE due.connection_id = candidate.id AND due.state = 'pending' AND due.next_attempt_at <= now())
), connection AS MATERIALIZED (
  SELECT id, kind, settings, sealed_credentials, updated_at, failures FROM crm_connections
  WHERE id IN (
      SELECT id FROM ranked
      WHERE turn <= greatest(1, $7 / 2) OR NOT EXISTS (SELECT 1 FROM crm_connections other
        WHERE other.is_enabled AND other.tenant_id <> ranked.tenant_id)
      ORDER BY turn LIMIT $1)
    AND is_enabled AND (failures < $6 OR probing_until IS NULL OR probing_until <= now())
  FOR UPDATE SKIP LOCKED
), due AS MATERIALIZED (
  SELECT connection.*, pick.event_id FROM connection CROSS JOIN LATERAL (
    SELECT event_id FROM crm_deliveries candidate
    WHERE connection_id = connection.id AND state = 'pending' AND next_attempt_at <= now()
      AND NOT EXISTS (SELECT 1 FROM crm_deliveries earlier
        WHERE earlier.connection_id = connection.id AND earlier.state = 'pending'
          AND earlier.position < candidate.position AND earlier.keys && candidate.keys)
    ORDER BY position LIMIT 1
    FOR UPDATE SKIP LOCKED
  ) pick
), touched AS (
  UPDATE crm_connections SET claimed_at = clock_timestamp(),
    probing_until = CASE WHEN crm_connections.failures >= $6 THEN now() + $5 * interval '1 ms' END
  WHERE id IN (SELECT id FROM due)
)
UPDATE crm_deliveries delivery
SET attempts = delivery.attempts + 1, next_attempt_at = now() + $5 * interval '1 ms'
FROM due JOIN outbox_events event ON event.id = due.event_id
WHERE delivery.connection_id = due.id AND delivery.event_id = due.event_id
RETURNING delivery.connection_id AS "connectionId", delivery.event_id AS "eventId",
  delivery.tenant_id AS "tenantId", delivery.attempts AS attempt, due.kind, due.settings,
  due.sealed_credentials AS "sealedCredentials", due.updated_at AS "changedAt",
  EXISTS (SELECT 1 FROM crm_deliveries later
    WHERE later.connection_id = delivery.connection_id AND later.record = delivery.record
      AND later.position > delivery.position AND later.state = 'delivered') AS "isSuperseded",
  event.type, event.subject_kind AS "subjectKind", event.subject_id AS "subjectId", event.sequence,
  event.data, event.created_at AS "createdAt"`;

type Claimed = Omit<ClaimedCrmDelivery, 'event'> &
  Omit<ClaimedCrmDelivery['event'], 'subject'> & {
    readonly subjectKind: EventSubject['kind'];
    readonly subjectId: string;
  };

/** Any number of workers may claim at once. */
export async function claimCrmDeliveries(
  manager: EntityManager,
  { free, places, perEndpoint, underWay, leaseMs }: DeliveryClaim,
): Promise<ClaimedCrmDelivery[]> {
  const held = [[...underWay.keys()], [...underWay.values()]];
  const parameters = [free, perEndpoint, ...held, leaseMs, FAILURES_BEFORE_PROBES, places];
  const claimed = await query<Claimed>(manager, CLAIM, parameters);
  return claimed.map(({ type, subjectKind, subjectId, sequence, data, createdAt, ...delivery }) => ({
    ...delivery,
    event: { type, subject: { kind: subjectKind, id: subjectId }, sequence, data, createdAt },
  }));
}
