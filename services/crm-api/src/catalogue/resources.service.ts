import { Injectable } from '@nestjs/common';
import type { TenantId } from '@tandem/contracts';
import {
  MAX_RESOURCES,
  ResourceRepository,
  ServiceRepository,
  type BookingsOfResource,
  type Page,
  type Resource,
  type Transaction,
} from '@tandem/database';
import { Problem } from '@tandem/platform';
import type { ChangeResource, CreateResource } from './resource.dto.ts';
import type { ListCatalogue } from './service.dto.ts';
import { unknownService } from './unknown-service.ts';

/** The people, rooms and vehicles that do the services of a tenant. */
@Injectable()
export class ResourcesService {
  constructor(
    private readonly resources: ResourceRepository,
    private readonly services: ServiceRepository,
  ) {}

  list(tenantId: TenantId, page: ListCatalogue): Promise<Page<Resource>> {
    return this.resources.list(tenantId, page);
  }

  /** @throws Problem 404 */
  async get(tenantId: TenantId, id: string): Promise<Resource> {
    return found(await this.resources.find(tenantId, id));
  }

  /** @throws Problem 422 `unknown-service`, `missing-skills`, `too-many-resources` */
  async create(
    transaction: Transaction,
    tenantId: TenantId,
    { services, ...fields }: CreateResource,
  ): Promise<Resource> {
    const serviceIds = await this.serviceIds(transaction, tenantId, services, fields.skills);
    const resource = await this.resources.create(transaction, tenantId, { ...fields, serviceIds });
    if (resource) return resource;
    throw new Problem(
      422,
      'too-many-resources',
      'Too many resources',
      `A business may have ${MAX_RESOURCES} resources. Delete one that is not needed.`,
    );
  }

  /** @throws Problem 404, 422 `unknown-service`, `missing-skills` */
  async change(
    transaction: Transaction,
    tenantId: TenantId,
    id: string,
    { services, ...fields }: ChangeResource,
  ): Promise<Resource> {
    const before = found(await this.resources.hold(transaction, tenantId, id));
    const serviceIds =
      (services ?? fields.skills)
        ? await this.serviceIds(
            transaction,
            tenantId,
            services ?? before.services,
            fields.skills ?? before.skills,
          )
        : undefined;
    return found(await this.resources.change(transaction, tenantId, id, { ...fields, serviceIds }));
  }

  /** Takes a resource out of use, and returns its bookings that are not over. @throws Problem 404 */
  async delete(
    transaction: Transaction,
    tenantId: TenantId,
    id: string,
    now: Date,
  ): Promise<BookingsOfResource> {
    return found(await this.resources.deactivate(transaction, tenantId, id, now));
  }

  /** Returns the ids of services on offer that a resource with these skills can do. @throws Problem 422 */
  private async serviceIds(
    transaction: Transaction,
    tenantId: TenantId,
    keys: readonly string[],
    skills: readonly string[],
  ): Promise<string[]> {
    const offered = await this.services.all(transaction, tenantId);
    const listed = offered.filter(({ key }) => keys.includes(key));
    if (listed.length < keys.length)
      throw unknownService(
        422,
        offered.map(({ key }) => key),
      );
    const lacking = listed.flatMap(({ key, skills: needed }) => {
      const missing = needed.filter((skill) => !skills.includes(skill));
      return missing.length > 0 ? [{ service: key, skills: missing }] : [];
    });
    if (lacking.length > 0) throw missingSkills(lacking);
    return listed.map(({ id }) => id);
  }
}

export function found<Value>(value: Value | null): Value {
  if (value !== null) return value;
  throw resourceNotFound();
}

export const resourceNotFound = (): Problem =>
  new Problem(
    404,
    'resource-not-found',
    'No such resource',
    'There is no resource with this id. Ask for the list.',
  );

const missingSkills = (lacking: readonly { service: string; skills: readonly string[] }[]) =>
  new Problem(
    422,
    'missing-skills',
    'The resource lacks skills',
    `It needs more skills for its services: ${lacking
      .map(({ service, skills }) => `${skills.join(', ')} for ${service}`)
      .join('; ')}. Add the skills or leave out the services.`,
    { missing: lacking },
  );
