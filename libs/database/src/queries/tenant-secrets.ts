import type { TenantId } from '@tandem/contracts';
import type { EntityManager } from 'typeorm';
import { query } from '../connection/unit-of-work.ts';

export interface SealedSecret {
  readonly tenantId: TenantId;
  readonly name: string;
  readonly sealed: string;
}

/** Inserts or replaces a secret unless the tenant has `most` others. Returns whether it is stored. */
export async function putSecret(
  manager: EntityManager,
  tenantId: TenantId,
  { name, sealed }: Omit<SealedSecret, 'tenantId'>,
  most: number,
): Promise<boolean> {
  const stored = await query(
    manager,
    `INSERT INTO tenant_secrets (tenant_id, name, sealed)
     SELECT $1, $2, $3
     WHERE (SELECT count(*) FROM tenant_secrets WHERE tenant_id = $1 AND name <> $2) < $4
     ON CONFLICT (tenant_id, name) DO UPDATE SET sealed = excluded.sealed, updated_at = now()
     RETURNING 1`,
    [tenantId, name, sealed, most],
  );
  return stored.length === 1;
}
