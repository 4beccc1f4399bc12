import type { AuditActor, TenantId } from '@tandem/contracts';
import type { EntityManager } from 'typeorm';
import { objectOf } from '../audit/append-entry.ts';
import { query } from '../connection/unit-of-work.ts';

/** An entry of the audit log as it is read. */
export interface AuditEntry {
  readonly seq: number;
  readonly at: Date;
  readonly actor: AuditActor & {
    /** Name of a person or an API key; null for others. Kept with them, not in the log. */
    readonly name: string | null;
  };
  readonly act: string;
  readonly object: { readonly kind: string; readonly id: string | null };
  readonly refusal: string | null;
  readonly digestBefore: string | null;
  readonly digestAfter: string | null;
  readonly address: string | null;
  readonly reason: string | null;
  /** Hash of the entry, in hexadecimal; it covers all before. */
  readonly hash: string;
}

export interface AuditFilter {
  /** Id of a person, a key, or the call a service acted in. */
  readonly actor?: string | undefined;
  readonly act?: string | undefined;
  /** Id of the object, also where the log has its digest only. */
  readonly object?: string | undefined;
  /** At or after. */
  readonly from?: Date | undefined;
  /** Before. */
  readonly until?: Date | undefined;
}

interface EntryRow extends Omit<AuditEntry, 'seq' | 'actor' | 'object'> {
  readonly seq: string;
  readonly actorKind: AuditActor['kind'];
  readonly actorId: string | null;
  readonly actorName: string | null;
  readonly objectKind: string;
  readonly objectId: string | null;
}

/*
 * Times rise with the numbers, so the bounds in time become bounds of numbers, each found in one step.
 *
 * $1 tenant  $2 before this number  $3 limit  $4 actor  $5 act  $6 object as it is  $7 hash of the object
 * $8 from  $9 until
 */
const LIST = `
WITH bounds AS (
  SELECT
    CASE WHEN $8::timestamptz IS NULL THEN 1 ELSE (SELECT seq FROM audit_entries
      WHERE tenant_id = $1 AND at >= $8 ORDER BY at, seq LIMIT 1) END AS first,
    CASE WHEN $9::timestamptz IS NULL THEN 9223372036854775807 ELSE (SELECT seq FROM audit_entries
      WHERE tenant_id = $1 AND at < $9 ORDER BY at DESC, seq DESC LIMIT 1) END AS last,
    (SELECT 'digest-' || left(audit_digest(digest_key, $7), 32) FROM audit_heads WHERE tenant_id = $1)
      AS digest
)
SELECT entry.seq::text, entry.at, actor_kind AS "actorKind", actor_id AS "actorId",
  coalesce(person.name, key.name) AS "actorName",
  act, object_kind AS "objectKind", object_id AS "objectId", refusal, digest_before AS "digestBefore",
  digest_after AS "digestAfter", address, reason, encode(hash, 'hex') AS hash
FROM bounds, audit_entries entry LEFT JOIN api_keys key
  ON entry.actor_kind = 'key' AND key.tenant_id = entry.tenant_id AND key.id::text = entry.actor_id
LEFT JOIN users person
  ON entry.actor_kind = 'user' AND person.tenant_id = entry.tenant_id AND person.id::text = entry.actor_id
WHERE entry.tenant_id = $1 AND entry.seq >= bounds.first AND entry.seq <= bounds.last
  AND ($2::bigint IS NULL OR entry.seq < $2)
  AND ($4::text IS NULL OR actor_id = $4)
  AND ($5::text IS NULL OR act = $5)
  AND ($6::text IS NULL AND $7::text IS NULL OR object_id = coalesce($6, bounds.digest))
ORDER BY entry.seq DESC LIMIT $3`;

/** Returns entries newest first, those before a number. */
export async function listEntries(
  manager: EntityManager,
  tenantId: TenantId,
  { actor, act, object, from, until }: AuditFilter,
  before: number | null,
  limit: number,
): Promise<AuditEntry[]> {
  const { objectId, objectHash } = objectOf(object ?? null);
  const rows = await query<EntryRow>(manager, LIST, [
    ...[tenantId, before, limit, actor ?? null, act ?? null, objectId, objectHash],
    ...[from ?? null, until ?? null],
  ]);
  return rows.map(toEntry);
}

function toEntry({ actorKind, actorId, actorName, objectKind, objectId, seq, ...row }: EntryRow): AuditEntry {
  return {
    ...row,
    seq: Number(seq),
    actor: { kind: actorKind, id: actorId, name: actorName },
    object: { kind: objectKind, id: objectId },
  };
}

/** The most addresses noted of a key; one used from everywhere is news no more. */
const MAX_ADDRESSES = 200;

/**
 * Notes an address of a key. Returns whether it was not known; `hasOthers`: the key was used from another one
 * before.
 */
export async function noteKeyAddress(
  manager: EntityManager,
  tenantId: TenantId,
  apiKeyId: string,
  address: string,
): Promise<{ isNew: boolean; hasOthers: boolean }> {
  const [noted] = await query<{ isNew: boolean; hasOthers: boolean }>(
    manager,
    `WITH known AS (SELECT count(*) AS n FROM api_key_addresses WHERE api_key_id = $2), noted AS (
       INSERT INTO api_key_addresses (tenant_id, api_key_id, address)
       SELECT $1, $2, $3 FROM known WHERE n < $4 ON CONFLICT DO NOTHING RETURNING 1
     )
     SELECT EXISTS (SELECT 1 FROM noted) AS "isNew", n > 0 AS "hasOthers" FROM known`,
    [tenantId, apiKeyId, address, MAX_ADDRESSES],
  );
  return noted ?? { isNew: false, hasOthers: false };
}
