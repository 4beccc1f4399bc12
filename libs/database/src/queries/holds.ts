import type { TenantId } from '@tandem/contracts';
import type { EntityManager } from 'typeorm';
import { query, type Transaction } from '../connection/unit-of-work.ts';

/** Returns SQL for whether a booking, or a hold that is not over, occupies its resource. */
export const standing = (booking: string): string =>
  `(${booking}.status IN ('booked', 'held')
    AND (${booking}.status = 'booked' OR ${booking}.hold_expires_at > clock_timestamp()))`;

/**
 * Returns SQL that is true for bookings that could occupy time after an instant: a buffer is four hours at most.
 * An index knows the end of a booking; one on ranges is closed to tenants.
 */
export const endsNear = (booking: string, from: string): string =>
  `${booking}.ends_at > ${from} - interval '4 hours'`;

/** Returns SQL for the status of a booking; a hold that is over is `expired`. */
export const bookingStatus = (booking: string): string =>
  `CASE WHEN ${booking}.status = 'held' AND ${booking}.hold_expires_at <= clock_timestamp() THEN 'expired'
    ELSE ${booking}.status END`;

/**
 * Marks the holds of a resource that are over. The transaction holds the resource; a hold that is being
 * confirmed or cancelled is left out, and the constraint waits for it.
 */
export async function expireHolds(transaction: Transaction, resourceId: string): Promise<void> {
  await query(
    transaction,
    `UPDATE bookings SET status = 'expired' WHERE id IN (
       SELECT id FROM bookings WHERE resource_id = $1 AND status = 'held'
         AND hold_expires_at <= clock_timestamp() FOR UPDATE SKIP LOCKED)`,
    [resourceId],
  );
}

/** Returns resources that have holds which are over and not marked. */
export function resourcesWithExpiredHolds(
  manager: EntityManager,
  limit: number,
): Promise<{ id: string; tenantId: TenantId }[]> {
  return query(
    manager,
    `SELECT resource_id AS id, tenant_id AS "tenantId" FROM bookings
     WHERE status = 'held' AND hold_expires_at <= now() GROUP BY resource_id, tenant_id LIMIT $1`,
    [limit],
  );
}

/** Books what is held, unless the hold is over or its time has begun. Returns whether it was. */
export async function confirmHold(
  transaction: Transaction,
  tenantId: TenantId,
  id: string,
): Promise<boolean> {
  const confirmed = await query(
    transaction,
    `UPDATE bookings SET status = 'booked', hold_expires_at = NULL
     WHERE tenant_id = $1 AND id = $2 AND status = 'held' AND hold_expires_at > clock_timestamp()
       AND starts_at > clock_timestamp()
     RETURNING id`,
    [tenantId, id],
  );
  return confirmed.length === 1;
}

/** Gives a hold up, unless it is over. Returns whether it was. */
export async function releaseHold(
  transaction: Transaction,
  tenantId: TenantId,
  id: string,
): Promise<boolean> {
  const released = await query(
    transaction,
    `UPDATE bookings SET status = 'cancelled', cancelled_at = now()
     WHERE tenant_id = $1 AND id = $2 AND status = 'held' AND hold_expires_at > clock_timestamp()
       AND starts_at > clock_timestamp()
     RETURNING id`,
    [tenantId, id],
  );
  return released.length === 1;
}
