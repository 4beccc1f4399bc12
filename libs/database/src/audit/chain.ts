import { createHash } from 'node:crypto';

/** An entry as the verification reads it: every column as text. */
export interface ChainedEntry {
  readonly tenantId: string;
  readonly seq: string;
  /** Milliseconds since 1970. */
  readonly at: string;
  readonly actorKind: string | null;
  readonly actorId: string | null;
  readonly act: string | null;
  readonly objectKind: string | null;
  readonly objectId: string | null;
  readonly refusal: string | null;
  readonly digestBefore: string | null;
  readonly digestAfter: string | null;
  readonly address: string | null;
  readonly reason: string | null;
  readonly previousHash: Buffer;
  readonly hash: Buffer;
}

/** The hash the first entry of a chain follows. */
export const FIRST_HASH = Buffer.alloc(32);

/**
 * Returns the hash of an entry: SHA-256 of the previous hash and of its fields, each with its length in
 * bytes. The same is computed by audit_append() in the database.
 */
export function hashOf(entry: ChainedEntry): Buffer {
  const { tenantId, seq, at, actorKind, actorId, act, objectKind, objectId, refusal } = entry;
  const { digestBefore, digestAfter, address, reason } = entry;
  const text = [
    ...[tenantId, seq, at, actorKind, actorId, act, objectKind, objectId, refusal],
    ...[digestBefore, digestAfter, address, reason],
  ]
    .map(field)
    .join('');
  return createHash('sha256').update(entry.previousHash).update(`tandem-audit-1 ${text}`).digest();
}

const field = (value: string | null): string =>
  value === null ? '-' : `${Buffer.byteLength(value)}:${value}`;
