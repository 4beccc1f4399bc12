import type { BusinessEventType, EventSubject, TenantId, TEST_EVENT } from '@tandem/contracts';
import { jsonParameter } from '../../rows/storable.ts';
import { query, type Transaction } from '../../connection/unit-of-work.ts';

/** Something business systems are to be told. */
export interface OutboxEvent {
  readonly tenantId: TenantId;
  readonly type: BusinessEventType | typeof TEST_EVENT;
  readonly subject: EventSubject;
  /** JSON; dates become ISO strings. Preferably under 20 KB. */
  readonly data: object;
}

/**
 * Every endpoint that wants the event gets a delivery of its own. Nobody may want it; it still counts in its
 * subject's sequence.
 */
const WRITE = `
WITH numbered AS (
  INSERT INTO outbox_sequences AS kept (tenant_id, subject_kind, subject_id, last) VALUES ($1, $3, $4, 1)
  ON CONFLICT (tenant_id, subject_kind, subject_id) DO UPDATE SET last = kept.last + 1, changed_at = now() RETURNING last
), event AS (
  INSERT INTO outbox_events (tenant_id, type, subject_kind, subject_id, sequence, data) SELECT $1, $2, $3, $4, last, $5::jsonb FROM numbered RETURNING id
)
INSERT INTO webhook_deliveries (tenant_id, endpoint_id, event_id)
SELECT $1, endpoint.id, event.id FROM event JOIN webhook_endpoints endpoint ON endpoint.tenant_id = $1 AND endpoint.disabled_because IS DISTINCT FROM 'operator'
  AND (endpoint.id = $6 OR $6 IS NULL AND (endpoint.events = '{}' OR $2 = ANY(endpoint.events)))`;

/**
 * Writes an event with what it tells of: in the same transaction, after it, so that subjects are locked last.
 */
export async function writeEvent(
  transaction: Transaction,
  { tenantId, type, subject, data }: OutboxEvent,
): Promise<void> {
  const only = subject.kind === 'endpoint' ? subject.id : null;
  await query(transaction, WRITE, [tenantId, type, subject.kind, subject.id, jsonParameter(data), only]);
}

/**
 * Writes an event unless there is one of this type about its subject. The transaction holds the subject's
 * row.
 */
export async function writeEventOnce(transaction: Transaction, event: OutboxEvent): Promise<void> {
  const { tenantId, type, subject } = event;
  const known = await query(
    transaction,
    'SELECT 1 FROM outbox_events WHERE tenant_id = $1 AND subject_kind = $2 AND subject_id = $3 AND ' +
      'type = $4',
    [tenantId, subject.kind, subject.id, type],
  );
  if (known.length === 0) await writeEvent(transaction, event);
}
