import { Injectable } from '@nestjs/common';
import type { TenantId } from '@tandem/contracts';
import { MAX_SERVICES, ServiceRepository, type Page, type Service, type Transaction } from '@tandem/database';
import { Problem } from '@tandem/platform';
import type { ChangeService, CreateService, ListCatalogue } from './service.dto.ts';

/** The services a tenant offers. */
@Injectable()
export class ServicesService {
  constructor(private readonly services: ServiceRepository) {}

  list(tenantId: TenantId, page: ListCatalogue): Promise<Page<Service>> {
    return this.services.list(tenantId, page);
  }

  /** @throws Problem 404 */
  async get(tenantId: TenantId, id: string): Promise<Service> {
    return found(await this.services.find(tenantId, id));
  }

  /** @throws Problem 409 `service-exists`, 422 `too-many-services` */
  async create(transaction: Transaction, tenantId: TenantId, fields: CreateService): Promise<Service> {
    const service = await this.services.create(transaction, tenantId, fields);
    if (service === 'exists') throw serviceExists(fields.key);
    if (service !== 'full') return service;
    throw new Problem(
      422,
      'too-many-services',
      'Too many services',
      `A business may offer ${MAX_SERVICES} services. Delete one that is not needed.`,
    );
  }

  /** @throws Problem 404, 409 `service-exists` */
  async change(
    transaction: Transaction,
    tenantId: TenantId,
    id: string,
    fields: ChangeService,
  ): Promise<Service> {
    const service = await this.services.change(transaction, tenantId, id, fields);
    if (service === 'exists') throw serviceExists(fields.key ?? '');
    return found(service === 'not-found' ? null : service);
  }

  /** Takes a service off the offer. @throws Problem 404 */
  async delete(transaction: Transaction, tenantId: TenantId, id: string): Promise<void> {
    if (!(await this.services.deactivate(transaction, tenantId, id))) throw notFound();
  }
}

function found(service: Service | null): Service {
  if (service) return service;
  throw notFound();
}

const notFound = () =>
  new Problem(
    404,
    'service-not-found',
    'No such service',
    'There is no service with this id. Ask for the list.',
  );

const serviceExists = (key: string) =>
  new Problem(
    409,
    'service-exists',
    'The key is taken',
    `Another service has the key ${key}. Change that one, or choose another key.`,
  );
