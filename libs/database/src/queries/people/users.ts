import type { TenantId } from '@tandem/contracts';
import { query, type Transaction } from '../../connection/unit-of-work.ts';
import type { NewUser } from '../../entities/people.ts';

/** Inserts a user; returns the id, null where the address is that of a user already. */
export async function insertUser(
  transaction: Transaction,
  tenantId: TenantId,
  { email, name, role }: NewUser,
): Promise<string | null> {
  const [made] = await query<{ id: string }>(
    transaction,
    `INSERT INTO users (tenant_id, email, name, role) VALUES ($1, $2, $3, $4)
     ON CONFLICT (email) DO NOTHING RETURNING id`,
    [tenantId, email, name, role],
  );
  return made?.id ?? null;
}

/** Returns whether the tenant has an admin besides this user who has signed in before and still can. */
export async function hasOtherAdmin(
  transaction: Transaction,
  tenantId: TenantId,
  userId: string,
): Promise<boolean> {
  const [found] = await query<{ exists: boolean }>(
    transaction,
    `SELECT EXISTS (SELECT 1 FROM users
       WHERE tenant_id = $1 AND id <> $2 AND role = 'admin' AND state = 'active') AS exists`,
    [tenantId, userId],
  );
  return found?.exists === true;
}

/** Notes a time step whose code was shown. Returns false for one that was noted before, or an earlier one. */
export async function takeTotpStep(
  transaction: Transaction,
  tenantId: TenantId,
  userId: string,
  step: number,
): Promise<boolean> {
  const taken = await query(
    transaction,
    'UPDATE users SET totp_step = $3 WHERE tenant_id = $1 AND id = $2 AND totp_step < $3 RETURNING 1',
    [tenantId, userId, step],
  );
  return taken.length === 1;
}

/** Ties a user without a subject to one of the provider. Returns false for a user who has another. */
export async function tieSubject(
  transaction: Transaction,
  userId: string,
  issuer: string,
  subject: string,
): Promise<boolean> {
  const tied = await query(
    transaction,
    `UPDATE users SET oidc_issuer = $2, oidc_subject = $3
     WHERE id = $1 AND oidc_subject IS NULL RETURNING 1`,
    [userId, issuer, subject],
  );
  return tied.length === 1;
}
