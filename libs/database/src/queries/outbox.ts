import {
  crmTargetOf,
  type BusinessEventType,
  type EventSubject,
  type TenantId,
  type TEST_EVENT,
} from '@tandem/contracts';
import { query, type Transaction } from '../connection/unit-of-work.ts';
import { jsonParameter } from '../rows/storable.ts';

/** An event for business systems. */
export interface OutboxEvent {
  readonly tenantId: TenantId;
  readonly type: BusinessEventType | typeof TEST_EVENT;
  readonly subject: EventSubject;
  /** JSON; dates become ISO strings. Preferably under 20 KB. */
  readonly data: object;
}

/**
 * Numbers the event within its subject, stores it, and makes a delivery for each endpoint and each connection
 * to a CRM that subscribed. An event without a subscriber counts in the sequence too.
 *
 * $1 tenant  $2 type  $3 subject kind  $4 subject id  $5 data  $6 the only endpoint or connection, null for
 * all  $7 what it writes in a CRM  $8 what it touches there
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
  SELECT $1, connection.id, event.id, $7::text, $8::text[]
  FROM event JOIN crm_connections connection ON connection.tenant_id = $1
    AND connection.is_enabled AND (connection.id = $6 OR $6 IS NULL AND $2 = ANY(connection.events))
)
INSERT INTO webhook_deliveries (tenant_id, endpoint_id, event_id)
SELECT $1, endpoint.id, event.id
FROM event JOIN webhook_endpoints endpoint
  ON endpoint.tenant_id = $1 AND endpoint.disabled_because IS DISTINCT FROM 'operator'
  AND (endpoint.id = $6 OR $6 IS NULL AND (endpoint.events = '{}' OR $2 = ANY(endpoint.events)))`;

export async function insertEvent(
  transaction: Transaction,
  { tenantId, type, subject, data }: OutboxEvent,
): Promise<void> {
  const only = subject.kind === 'endpoint' ? subject.id : null;
  const { record, keys } = crmTargetOf(subject, data);
  const parameters = [tenantId, type, subject.kind, subject.id, jsonParameter(data), only, record, keys];
  await query(transaction, WRITE, parameters);
}
