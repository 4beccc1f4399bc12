import type { Department, TenantId } from '@tandem/contracts';
import type { DataSource } from 'typeorm';
import { run, type Transaction } from '../../connection/unit-of-work.ts';
import { DepartmentRow } from '../../entities/access.entities.ts';
import { putDepartment } from '../../queries/departments.ts';
import { storable } from '../../rows/storable.ts';
import { without } from '../../rows/without.ts';

/** The most departments an agent snapshot carries. */
export const MAX_DEPARTMENTS = 50;

/** A tenant's directory: where calls may be transferred to. */
export class DepartmentRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** By key. */
  async list(tenantId: TenantId, transaction?: Transaction): Promise<Department[]> {
    const read = (manager: Transaction) =>
      manager.find(DepartmentRow, { where: { tenantId }, order: { key: 'ASC' }, take: MAX_DEPARTMENTS });
    const found = await (transaction ? read(transaction) : run(this.dataSource, tenantId, read));
    return found.map((row) => without(row, 'tenantId'));
  }

  /** `full`: the tenant has {@link MAX_DEPARTMENTS} others. */
  async put(tenantId: TenantId, department: Department): Promise<'stored' | 'full'> {
    const isStored = await run(this.dataSource, tenantId, (manager) =>
      putDepartment(manager, tenantId, storable(department), MAX_DEPARTMENTS),
    );
    return isStored ? 'stored' : 'full';
  }

  async delete(tenantId: TenantId, key: string): Promise<void> {
    await run(this.dataSource, tenantId, (manager) => manager.delete(DepartmentRow, { tenantId, key }));
  }
}
