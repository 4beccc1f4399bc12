import type { TenantId } from '@tandem/contracts';
import { query, type Transaction } from '../connection/unit-of-work.ts';
import type { ReplayRequest, ReplayResult } from '../entities/delivery.ts';
import { WEBHOOK_TABLES } from './delivery-tables.ts';

/** $1 tenant  $2 endpoint  $3 event ids  $4, $5 times of the events: from, to */
const chosenBy = (
  owner: string,
) => `delivery.tenant_id = $1 AND delivery.${owner} = $2 AND event.id = delivery.event_id
  AND ($3::uuid[] IS NULL OR delivery.event_id = ANY($3))
  AND ($4::timestamptz IS NULL OR event.created_at >= $4)
  AND ($5::timestamptz IS NULL OR event.created_at < $5)`;

/** Makes deliveries of the chosen events pending again; without a choice, those that were given up. */
export async function replayDeliveries(
  transaction: Transaction,
  tenantId: TenantId,
  endpointId: string,
  chosen: ReplayRequest,
  { deliveries, owner } = WEBHOOK_TABLES,
): Promise<Omit<ReplayResult, 'unknown'>> {
  const { eventIds = null, from = null, to = null } = chosen;
  const parameters = [tenantId, endpointId, eventIds, from, to];
  const [waiting] = await query<{ count: number }>(
    transaction,
    `SELECT count(*)::integer AS count FROM ${deliveries} delivery, outbox_events event
     WHERE ${chosenBy(owner)} AND delivery.state = 'pending'`,
    parameters,
  );
  const isChosen = eventIds !== null || from !== null || to !== null;
  const replayed = await query(
    transaction,
    `UPDATE ${deliveries} delivery
     SET state = 'pending', attempts = 0, next_attempt_at = now(), settled_at = NULL
     FROM outbox_events event WHERE ${chosenBy(owner)} AND delivery.state = ANY($6) RETURNING 1`,
    [...parameters, isChosen ? ['dead', 'delivered'] : ['dead']],
  );
  return { replayed: replayed.length, alreadyPending: waiting?.count ?? 0 };
}
