import type { TenantId } from '@tandem/contracts';
import { query, type Transaction } from '../../connection/unit-of-work.ts';
import type { SessionLimits } from '../../entities/people.ts';
import type { UserRole } from '../../entities/roles.ts';

/** Sessions a user may have; the one that was idle for longest ends when another begins. */
export const MAX_SESSIONS = 20;

interface FoundSession {
  readonly id: string;
  readonly tenantId: TenantId;
  readonly userId: string;
  readonly role: UserRole;
  readonly reauthenticatedAt: Date;
  readonly lastSeenAt: Date;
  readonly isToRotate: boolean;
}

const IS_OPEN = `s.last_seen_at > now() - $2 * interval '1 ms' AND s.created_at > now() - $3 * interval '1 ms'
  AND u.state = 'active'`;

/** Returns the session of a token, or of one that was replaced seconds ago; null when it has ended. */
export async function findSession(
  transaction: Transaction,
  hash: Buffer,
  { idleMs, longestMs }: SessionLimits,
): Promise<FoundSession | null> {
  const [found] = await query<FoundSession>(
    transaction,
    `SELECT s.id, s.tenant_id AS "tenantId", s.user_id AS "userId", u.role,
       s.reauthenticated_at AS "reauthenticatedAt", s.last_seen_at AS "lastSeenAt",
       s.is_to_rotate AND s.token_hash = $1 AS "isToRotate"
     FROM user_sessions s JOIN users u ON u.tenant_id = s.tenant_id AND u.id = s.user_id
     WHERE (s.token_hash = $1 OR (s.previous_hash = $1 AND s.previous_until > now())) AND ${IS_OPEN}`,
    [hash, idleMs, longestMs],
  );
  return found ?? null;
}

/** Replaces the token of a session; the old one lasts for `graceMs`. Returns whether it was current. */
export async function replaceToken(
  transaction: Transaction,
  id: string,
  { from, to }: { readonly from: Buffer; readonly to: Buffer },
  graceMs: number,
): Promise<boolean> {
  const replaced = await query(
    transaction,
    `UPDATE user_sessions SET previous_hash = token_hash, token_hash = $3, is_to_rotate = false,
       previous_until = now() + $4 * interval '1 ms'
     WHERE id = $1 AND token_hash = $2 RETURNING 1`,
    [id, from, to, graceMs],
  );
  return replaced.length === 1;
}

/** Ends the sessions of a user beyond {@link MAX_SESSIONS}. */
export async function endSurplus(
  transaction: Transaction,
  tenantId: TenantId,
  userId: string,
): Promise<void> {
  await query(
    transaction,
    `DELETE FROM user_sessions WHERE id IN (
       SELECT id FROM user_sessions WHERE tenant_id = $1 AND user_id = $2
       ORDER BY last_seen_at DESC, id OFFSET $3)`,
    [tenantId, userId, MAX_SESSIONS],
  );
}

/** Deletes sessions and links that have ended, and failed attempts that are old. */
export async function purgeSignIns(
  transaction: Transaction,
  { idleMs, longestMs }: SessionLimits,
  keepFailuresMs: number,
): Promise<void> {
  await query(
    transaction,
    `DELETE FROM user_sessions WHERE created_at <= now() - $1 * interval '1 ms'
       OR last_seen_at <= now() - $2 * interval '1 ms'`,
    [longestMs, idleMs],
  );
  await query(transaction, 'DELETE FROM sign_in_links WHERE expires_at <= now()');
  await query(transaction, `DELETE FROM sign_in_failures WHERE at <= now() - $1 * interval '1 ms'`, [
    keepFailuresMs,
  ]);
}

/** Uses up a link. Returns its user; null for a link that was used, has ended or never was. */
export async function takeLink(
  transaction: Transaction,
  hash: Buffer,
): Promise<{ readonly tenantId: TenantId; readonly userId: string } | null> {
  const [taken] = await query<{ tenantId: TenantId; userId: string }>(
    transaction,
    `DELETE FROM sign_in_links WHERE token_hash = $1 AND expires_at > now()
     RETURNING tenant_id AS "tenantId", user_id AS "userId"`,
    [hash],
  );
  return taken ?? null;
}
