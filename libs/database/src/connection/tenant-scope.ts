import type { TenantId } from '@tandem/contracts';
import type { EntityManager } from 'typeorm';
import { query } from '../rows/query.ts';

/**
 * The role of a transaction that works for one tenant: it has no login, owns nothing and is subject to the
 * policies of every tenant table. `docs/tenants.md` names the grants.
 */
export const TENANT_ROLE = 'tandem_app';
/** The setting of a transaction that names its tenant; policies read it. */
export const TENANT_SETTING = 'tandem.tenant';

/**
 * Reasons for work on rows of more than one tenant. A new reason needs its line here.
 * - `installation`: the tenants themselves, for those who run the installation
 * - `lookup`: a key, number, token or report, by which the tenant is found
 * - `due-work`: jobs and deliveries of all tenants that are due, dealt out fairly
 * - `upkeep`: deletion by age, new seals after a rotation, measurements
 * - `no-tenant`: the call to a number that nobody has
 * - `health`: the state of the schema
 */
export type AcrossTenants = 'installation' | 'lookup' | 'due-work' | 'upkeep' | 'no-tenant' | 'health';

/** The rows a transaction works on: those of a tenant, or any for a reason. */
export type Scope = { readonly tenantId: TenantId } | { readonly reason: AcrossTenants };

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** A transaction was to work for a tenant whose id is none. */
export class TenantIdMalformed extends Error {
  override readonly name = 'TenantIdMalformed';
  constructor() {
    super('A transaction works for a tenant, named by a UUID, and got something else. Nothing was read.');
  }
}

/**
 * Returns SQL that puts a transaction into its scope, until it ends. Across tenants it stays what its
 * connection is: the owner of the tables, to whom no policy applies.
 * @throws TenantIdMalformed
 */
export function scopeSql(scope: Scope): string {
  if ('reason' in scope) return '';
  if (!UUID.test(scope.tenantId)) throw new TenantIdMalformed();
  return `; SET LOCAL ROLE ${TENANT_ROLE}; SET LOCAL ${TENANT_SETTING} = '${scope.tenantId}'`;
}

/** Narrows a transaction across tenants to the tenant it has found, until it ends. @throws TenantIdMalformed */
export async function narrowTo(transaction: EntityManager, tenantId: TenantId): Promise<void> {
  if (!UUID.test(tenantId)) throw new TenantIdMalformed();
  await enter(transaction, TENANT_ROLE, tenantId);
}

/**
 * Runs a part of a transaction for another tenant: one that is being created. The transaction is what it was
 * afterwards.
 */
export function actFor<T>(
  transaction: EntityManager,
  tenantId: TenantId,
  work: () => Promise<T>,
): Promise<T> {
  return aside(transaction, () => narrowTo(transaction, tenantId), work);
}

/** Runs a part of a tenant's transaction on rows of any tenant. The transaction is what it was afterwards. */
export function lookAcrossTenants<T>(
  transaction: EntityManager,
  _reason: AcrossTenants,
  work: () => Promise<T>,
): Promise<T> {
  return aside(transaction, () => enter(transaction, 'none', ''), work);
}

async function aside<T>(
  transaction: EntityManager,
  begin: () => Promise<void>,
  work: () => Promise<T>,
): Promise<T> {
  const [before] = await query<{ role: string; tenant: string }>(
    transaction,
    `SELECT current_setting('role') AS role, coalesce(current_setting('${TENANT_SETTING}', true), '') AS tenant`,
  );
  await begin();
  try {
    return await work();
  } finally {
    // Refused only in a transaction that has failed: it does nothing more, or goes back to a savepoint before.
    await enter(transaction, before?.role ?? 'none', before?.tenant ?? '').catch(() => undefined);
  }
}

async function enter(transaction: EntityManager, role: string, tenant: string): Promise<void> {
  await query(transaction, `SELECT set_config('role', $1, true), set_config('${TENANT_SETTING}', $2, true)`, [
    role,
    tenant,
  ]);
}
