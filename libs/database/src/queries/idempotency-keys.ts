import type { KeyedRequest, StoredAnswer } from '@tandem/contracts';
import type { EntityManager } from 'typeorm';
import { query, type Transaction } from '../connection/unit-of-work.ts';

/** Stores a claim for a key that is not known yet. Returns whether it was stored. */
export async function insertClaim(
  manager: EntityManager,
  { tenantId, key, operation, hash }: KeyedRequest,
  claim: string,
): Promise<boolean> {
  const inserted = await query(
    manager,
    `INSERT INTO idempotency_keys (tenant_id, key, operation, request_hash, state, claim)
     VALUES ($1, $2, $3, $4, 'in-progress', $5) ON CONFLICT (tenant_id, key) DO NOTHING RETURNING 1`,
    [tenantId, key, operation, hash, claim],
  );
  return inserted.length === 1;
}

/** A key as stored. */
interface KnownKey {
  /** The same operation with the same body. */
  readonly isSame: boolean;
  /** Claimed longer ago than a claim lasts. */
  readonly isStale: boolean;
  /** Null while the request is in progress. */
  readonly status: number | null;
  readonly body: unknown;
}

export async function findKey(
  manager: EntityManager,
  { tenantId, key, operation, hash }: KeyedRequest,
  staleAfterMs: number,
): Promise<KnownKey | null> {
  const [known] = await query<KnownKey>(
    manager,
    `SELECT operation = $3 AND request_hash = $4 AS "isSame",
       claimed_at < now() - $5 * interval '1 ms' AS "isStale",
       response_status AS status, response_body AS body
     FROM idempotency_keys WHERE tenant_id = $1 AND key = $2`,
    [tenantId, key, operation, hash, staleAfterMs],
  );
  return known ?? null;
}

/** Replaces a stale claim. Returns whether it was still stale. */
export async function takeOverClaim(
  manager: EntityManager,
  { tenantId, key }: KeyedRequest,
  claim: string,
  staleAfterMs: number,
): Promise<boolean> {
  const taken = await query(
    manager,
    `UPDATE idempotency_keys SET claim = $3, claimed_at = now()
     WHERE tenant_id = $1 AND key = $2 AND state = 'in-progress'
       AND claimed_at < now() - $4 * interval '1 ms' RETURNING 1`,
    [tenantId, key, claim, staleAfterMs],
  );
  return taken.length === 1;
}

/** Stores the response under a claim. Returns whether the claim still stood. */
export async function storeResponse(
  transaction: Transaction,
  { tenantId, key }: KeyedRequest,
  claim: string,
  { status, body }: StoredAnswer,
): Promise<boolean> {
  const completed = await query(
    transaction,
    `UPDATE idempotency_keys SET state = 'completed', response_status = $4, response_body = $5::json
     WHERE tenant_id = $1 AND key = $2 AND claim = $3 AND state = 'in-progress' RETURNING 1`,
    [tenantId, key, claim, status, JSON.stringify(body)],
  );
  return completed.length === 1;
}

/** Deletes up to 10,000 keys older than this. Returns how many. */
export async function purgeKeys(manager: EntityManager, olderThan: Date): Promise<number> {
  const purged = await query(
    manager,
    `DELETE FROM idempotency_keys WHERE (tenant_id, key) IN (
       SELECT tenant_id, key FROM idempotency_keys WHERE created_at < $1 ORDER BY created_at LIMIT 10000)
     RETURNING 1`,
    [olderThan],
  );
  return purged.length;
}
