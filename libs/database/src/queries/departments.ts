import type { Department, TenantId } from '@tandem/contracts';
import type { EntityManager } from 'typeorm';
import { query } from '../connection/unit-of-work.ts';
import { jsonParameter } from '../rows/storable.ts';

/** Inserts or replaces a department unless the tenant has `most` others. Returns whether it is stored. */
export async function putDepartment(
  manager: EntityManager,
  tenantId: TenantId,
  { key, name, address, mode, ringMs, hours }: Department,
  most: number,
): Promise<boolean> {
  const stored = await query(
    manager,
    `INSERT INTO departments (tenant_id, key, name, address, mode, ring_ms, hours)
     SELECT $1, $2, $3, $4, $5, $6, $7::jsonb
     WHERE (SELECT count(*) FROM departments WHERE tenant_id = $1 AND key <> $2) < $8
     ON CONFLICT (tenant_id, key) DO UPDATE SET name = excluded.name, address = excluded.address,
       mode = excluded.mode, ring_ms = excluded.ring_ms, hours = excluded.hours
     RETURNING 1`,
    [tenantId, key, name, address, mode, ringMs, jsonParameter(hours), most],
  );
  return stored.length === 1;
}
