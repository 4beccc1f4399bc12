import {
  crmTargetOf,
  NAMED_ONLY_EVENT,
  type BusinessEventType,
  type EventSubject,
  type TenantId,
  type TEST_EVENT,
} from '@tandem/contracts';
import { query, type Transaction } from '../connection/unit-of-work.ts';
import { jsonParameter } from '../rows/storable.ts';

/**
 * The things of the tenant an event is about, by which endpoints filter. An absent list: events of this kind
 * have none, and no filter keeps them back. An empty one: this event has none, and any filter does.
 */
export interface EventFacets {
  readonly agentIds?: readonly string[] | undefined;
  /** The tenant's own numbers, E.164. */
  readonly numbers?: readonly string[] | undefined;
  readonly serviceIds?: readonly string[] | undefined;
  readonly resourceIds?: readonly string[] | undefined;
}

/** An event for business systems. */
export interface OutboxEvent {
  readonly tenantId: TenantId;
  readonly type: BusinessEventType | typeof TEST_EVENT;
  readonly subject: EventSubject;
  /** Things endpoints can filter by. */
  readonly facets?: EventFacets;
  /** JSON; dates become ISO strings. Preferably under 20 KB. */
  readonly data: object;
}

/** SQL that is true for endpoints whose filter of this kind, if any, names one of the parameter. */
const PASSES = (filter: keyof EventFacets, parameter: string) => `
  AND (${parameter}::text[] IS NULL OR NOT endpoint.filters ? '${filter}'
    OR endpoint.filters -> '${filter}' ?| ${parameter}::text[])`;

/**
 * Numbers the event within its subject, stores it, and makes a delivery for each endpoint and each connection
 * to a CRM that subscribed. An event without a subscriber counts in the sequence too.
 *
 * $1 tenant  $2 type  $3 subject kind  $4 subject id  $5 data  $6 the only endpoint or connection, null for
 * all  $7 whether it goes to endpoints without a list of events  $8 to $11 the facets, null where events of
 * the kind have none  $12 what it writes in a CRM  $13 what it touches there
 */
const WRITE = `
WITH numbered AS (
  INSERT INTO outbox_sequences AS kept (tenant_id, subject_kind, subject_id, last) VALUES ($1, $3, $4, 1)
  ON CONFLICT (tenant_id, subject_kind, subject_id) DO UPDATE SET last = kept.last + 1, changed_at = now()
  RETURNING last
), event AS (
  INSERT INTO outbox_events (tenant_id, type, subject_kind, subject_id, sequence, data)
  SELECT $1, $2, $3, $4, last, $5::jsonb FROM numbered RETURNING id
), crm AS (
  INSERT INTO crm_deliveries (tenant_id, connection_id, event_id, record, keys)
  SELECT $1, connection.id, event.id, $12::text, $13::text[]
  FROM event JOIN crm_connections connection ON connection.tenant_id = $1
    AND connection.is_enabled AND (connection.id = $6 OR $6 IS NULL AND $2 = ANY(connection.events))
)
INSERT INTO webhook_deliveries (tenant_id, endpoint_id, event_id)
SELECT $1, endpoint.id, event.id
FROM event JOIN webhook_endpoints endpoint
  ON endpoint.tenant_id = $1 AND endpoint.disabled_because IS DISTINCT FROM 'operator'
  AND (endpoint.id = $6 OR $6 IS NULL
    AND (endpoint.events = '{}' AND $7::boolean OR $2 = ANY(endpoint.events))
    ${PASSES('agentIds', '$8')}${PASSES('numbers', '$9')}
    ${PASSES('serviceIds', '$10')}${PASSES('resourceIds', '$11')})`;

export async function insertEvent(
  transaction: Transaction,
  { tenantId, type, subject, facets = {}, data }: OutboxEvent,
): Promise<void> {
  const only = subject.kind === 'endpoint' ? subject.id : null;
  const { record, keys } = crmTargetOf(subject, data);
  const { agentIds = null, numbers = null, serviceIds = null, resourceIds = null } = facets;
  await query(transaction, WRITE, [
    ...[tenantId, type, subject.kind, subject.id, jsonParameter(data), only, type !== NAMED_ONLY_EVENT],
    ...[agentIds, numbers, serviceIds, resourceIds, record, keys],
  ]);
}
