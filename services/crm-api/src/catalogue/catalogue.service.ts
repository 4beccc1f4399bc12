import { Injectable } from '@nestjs/common';
import type { TenantId } from '@tandem/contracts';
import { CatalogueRepository, type Resource, type Service, type Transaction } from '@tandem/database';
import { Problem } from '@tandem/platform';

/** The services of a tenant, and the resources that do them. */
@Injectable()
export class CatalogueService {
  constructor(private readonly catalogue: CatalogueRepository) {}

  services(tenantId: TenantId): Promise<Service[]> {
    return this.catalogue.services(tenantId);
  }

  resources(tenantId: TenantId): Promise<Resource[]> {
    return this.catalogue.resources(tenantId);
  }

  /** @throws Problem 404 */
  async setNotice(
    transaction: Transaction,
    tenantId: TenantId,
    id: string,
    noticeMinutes: number,
  ): Promise<Service> {
    const service = await this.catalogue.setNotice(transaction, tenantId, id, noticeMinutes);
    if (service) return service;
    throw new Problem(
      404,
      'service-not-found',
      'No such service',
      'There is no service with this id. Ask for the list.',
    );
  }
}
