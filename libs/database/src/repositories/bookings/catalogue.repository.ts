import type { TenantId } from '@tandem/contracts';
import type { DataSource } from 'typeorm';
import { run, type Transaction } from '../../connection/unit-of-work.ts';
import { ServiceRow, type Service } from '../../entities/business.entities.ts';
import { listResources, type Resource } from '../../queries/resources.ts';
import { without } from '../../rows/without.ts';

/** A catalogue is small; of a larger one the first entries are listed. */
const MAX_LISTED = 200;

const toService = (row: ServiceRow): Service => without(row, 'tenantId', 'isActive');

/** The services of a tenant, and the resources that do them. */
export class CatalogueRepository {
  constructor(private readonly dataSource: DataSource) {}

  async services(tenantId: TenantId): Promise<Service[]> {
    const found = await run(this.dataSource, (manager) =>
      manager.find(ServiceRow, {
        where: { tenantId, isActive: true },
        order: { key: 'ASC' },
        take: MAX_LISTED,
      }),
    );
    return found.map(toService);
  }

  /**
   * Sets how long before its start an appointment must be booked. Null when there is no such service.
   */
  async setNotice(
    transaction: Transaction,
    tenantId: TenantId,
    id: string,
    noticeMinutes: number,
  ): Promise<Service | null> {
    await transaction.update(ServiceRow, { tenantId, id, isActive: true }, { noticeMinutes });
    const service = await transaction.findOneBy(ServiceRow, { tenantId, id, isActive: true });
    return service && toService(service);
  }

  async resources(tenantId: TenantId): Promise<Resource[]> {
    return run(this.dataSource, (manager) => listResources(manager, tenantId, MAX_LISTED));
  }
}
