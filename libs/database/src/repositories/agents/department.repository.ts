import { storableText, type Department, type TenantId } from '@tandem/contracts';
import type { DataSource } from 'typeorm';
import { DepartmentRow } from '../../entities/access.entities.ts';
import { jsonParameter } from '../../rows/storable.ts';
import { query, run, type Transaction } from '../../connection/unit-of-work.ts';

/** As many as an agent snapshot carries. */
export const MAX_DEPARTMENTS = 50;

/** A tenant's directory: where calls may be put through to. */
export class DepartmentRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** By key. */
  async list(tenantId: TenantId, transaction?: Transaction): Promise<Department[]> {
    const read = (manager: Transaction) =>
      manager.find(DepartmentRow, { where: { tenantId }, order: { key: 'ASC' }, take: MAX_DEPARTMENTS });
    const found = await (transaction ? read(transaction) : run(this.dataSource, read));
    return found.map(({ tenantId: _tenantId, hours, ...department }) => ({
      ...department,
      hours: hours as Department['hours'],
    }));
  }

  /** `full`: the tenant has as many as a call can know of. */
  async put(tenantId: TenantId, department: Department): Promise<'stored' | 'full'> {
    const stored = await run(this.dataSource, (manager) =>
      query(
        manager,
        `INSERT INTO departments (tenant_id, key, name, address, mode, ring_ms, hours)
         SELECT $1, $2, $3, $4, $5, $6, $7::jsonb WHERE (SELECT count(*) FROM departments WHERE tenant_id = $1 AND key <> $2) < ${MAX_DEPARTMENTS}
         ON CONFLICT (tenant_id, key) DO UPDATE SET name = excluded.name, address = excluded.address, mode = excluded.mode, ring_ms = excluded.ring_ms, hours = excluded.hours
         RETURNING key`,
        [
          tenantId,
          department.key,
          storableText(department.name),
          storableText(department.address),
          department.mode,
          department.ringMs,
          jsonParameter(department.hours),
        ],
      ),
    );
    return stored.length === 1 ? 'stored' : 'full';
  }

  async delete(tenantId: TenantId, key: string): Promise<void> {
    await run(this.dataSource, (manager) => manager.delete(DepartmentRow, { tenantId, key }));
  }
}
