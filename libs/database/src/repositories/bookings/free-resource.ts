import { DatabaseRefusal, SQL_STATE, translate } from '../../connection/database-errors.ts';
import { savepoint, type Transaction } from '../../connection/unit-of-work.ts';
import type { WantedTime } from '../../entities/booking.ts';
import { isFree } from '../../queries/bookings.ts';
import { expireHolds } from '../../queries/holds.ts';
import { lockName } from '../../queries/locks.ts';

/**
 * Lets `take` have the first resource that is free; null when none is.
 *
 * One resource at a time is locked, checked and taken or released, so two bookings never hold what the
 * other wants: a lock taken after a savepoint is released by rolling back to it. The winner's lock stays
 * until the transaction ends, so the next one sees its booking. The exclusion constraint is the last
 * resort; alone it would answer contention with deadlocks.
 */
export async function takeFirstFree<Taken>(
  transaction: Transaction,
  wanted: WantedTime,
  take: (resourceId: string) => Promise<Taken>,
): Promise<Taken | null> {
  for (const resourceId of wanted.resourceIds) {
    const resource = await savepoint(transaction, 'resource');
    const taken = await takeIfFree(transaction, wanted, resourceId, take);
    await (taken === null ? resource.rollback() : resource.release());
    if (taken !== null) return taken;
  }
  return null;
}

/** Waits for every other transaction that books a resource or gives it leave, and keeps them waiting. */
export async function lockResource(transaction: Transaction, resourceId: string): Promise<void> {
  await lockName(transaction, `booking:${resourceId}`);
}

/** Locks several resources, in one order for every transaction: one that books a series wants them all. */
export async function lockResources(transaction: Transaction, resourceIds: readonly string[]): Promise<void> {
  for (const id of [...new Set(resourceIds)].sort()) await lockResource(transaction, id);
}

async function takeIfFree<Taken>(
  transaction: Transaction,
  wanted: WantedTime,
  resourceId: string,
  take: (resourceId: string) => Promise<Taken>,
): Promise<Taken | null> {
  await lockResource(transaction, resourceId);
  if (!(await isFree(transaction, resourceId, wanted))) return null;
  // The constraint knows no clock.
  await expireHolds(transaction, resourceId);
  try {
    return await take(resourceId);
  } catch (error) {
    // A booking made without the lock, from a console for example. The constraint has the last word.
    const meaning = translate(error);
    if (meaning instanceof DatabaseRefusal && meaning.sqlState === SQL_STATE.exclusionViolation) return null;
    throw error;
  }
}
