import { Injectable } from '@nestjs/common';
import type { Department, TenantId } from '@tandem/contracts';
import { DepartmentRepository, MAX_DEPARTMENTS } from '@tandem/database';
import { Problem } from '@tandem/platform';

/** The directory of a tenant. */
@Injectable()
export class DepartmentsService {
  constructor(private readonly departments: DepartmentRepository) {}

  list(tenantId: TenantId): Promise<Department[]> {
    return this.departments.list(tenantId);
  }

  /** @throws Problem 422 `too-many-departments` */
  async put(tenantId: TenantId, department: Department): Promise<void> {
    const outcome = await this.departments.put(tenantId, department);
    if (outcome === 'full')
      throw new Problem(
        422,
        'too-many-departments',
        'Too many departments',
        `A call can know of ${MAX_DEPARTMENTS} departments. Delete one first.`,
      );
  }

  /** Does nothing when there is no such department. */
  delete(tenantId: TenantId, key: string): Promise<void> {
    return this.departments.delete(tenantId, key);
  }
}
