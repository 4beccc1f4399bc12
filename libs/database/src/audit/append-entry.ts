import { createHash } from 'node:crypto';
import { storableText, type AuditAct, type TenantId } from '@tandem/contracts';
import type { EntityManager } from 'typeorm';

const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
/**
 * Ids that are kept as they are: UUIDs, dates, and keys that people choose. Anything else, such as the phone
 * number of a blocked caller, is kept as its digest.
 */
const PLAIN_ID = new RegExp(
  `^(?:(?:[a-z]+[_-])?${UUID}|\\d{4}-\\d\\d-\\d\\d|(?=.*[A-Za-z])(?!.*\\d{5})[A-Za-z0-9_-]{1,63})$`,
);

/** An object's id as the log keeps it: as it is, or its SHA-256, which the log keys. */
export function objectOf(id: string | null): { objectId: string | null; objectHash: string | null } {
  if (id === null || PLAIN_ID.test(id)) return { objectId: id, objectHash: null };
  return { objectId: null, objectHash: createHash('sha256').update(id).digest('hex') };
}

/**
 * Appends an entry to the log of a tenant. Other entries of the tenant wait for the end of this transaction,
 * so this is its last statement.
 */
export async function appendEntry(
  transaction: EntityManager,
  tenantId: TenantId,
  { actor, name, objectId, before, after, refusal, address, reason }: AuditAct,
): Promise<void> {
  const entry = {
    actorKind: actor.kind,
    actorId: actor.id,
    name,
    ...objectOf(objectId),
    refusal,
    before: hexOf(before),
    after: hexOf(after),
    address,
    reason: reason === null ? null : storableText(reason),
  };
  await transaction.query('SELECT audit_append($1, $2::jsonb)', [tenantId, JSON.stringify(entry)]);
}

const hexOf = (hash: Uint8Array | null): string | null => hash && Buffer.from(hash).toString('hex');
