import type { Transaction } from '../connection/unit-of-work.ts';
import { query } from '../connection/unit-of-work.ts';

/**
 * Waits for every other transaction that holds this name, and holds it until the transaction ends. What
 * depends on the lock is read in a later statement: its snapshot must be newer.
 */
export async function lockName(transaction: Transaction, name: string): Promise<void> {
  await query(transaction, 'SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [name]);
}
