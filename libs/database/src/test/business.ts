import { randomUUID } from 'node:crypto';
import type { TenantId } from '@tandem/contracts';
import type { DataSource } from 'typeorm';
import { ResourceRow, ResourceServiceRow, ServiceRow } from '../entities/business.entities.ts';
import { TenantRow } from '../entities/tenant.entities.ts';

export interface Business {
  readonly tenantId: TenantId;
  readonly serviceId: string;
  readonly resourceIds: readonly string[];
}

/** A tenant with one service and this many people who do it. */
export async function openBusiness(dataSource: DataSource, people: number): Promise<Business> {
  const tenantId = randomUUID() as TenantId;
  const serviceId = randomUUID();
  const resourceIds = Array.from({ length: people }, () => randomUUID()).sort();
  await dataSource.manager.insert(TenantRow, {
    id: tenantId,
    slug: `t-${tenantId}`,
    companyName: 'Test',
    timeZone: 'America/New_York',
  });
  await dataSource.manager.insert(ServiceRow, {
    id: serviceId,
    tenantId,
    key: 'plumbing',
    name: 'Plumbing',
    durationMinutes: 60,
  });
  for (const id of resourceIds) {
    await dataSource.manager.insert(ResourceRow, { id, tenantId, name: `Engineer ${id}` });
    await dataSource.manager.insert(ResourceServiceRow, { tenantId, resourceId: id, serviceId });
  }
  return { tenantId, serviceId, resourceIds };
}
