import { Injectable } from '@nestjs/common';
import type { TenantId } from '@tandem/contracts';
import {
  LocationRepository,
  MAX_RESOURCES,
  ResourceRepository,
  ServiceRepository,
  ZoneRepository,
  type BookingsOfResource,
  type Page,
  type Resource,
  type Transaction,
} from '@tandem/database';
import { Problem } from '@tandem/platform';
import { unknownLocation, unknownZone } from '../zones/unknown-zone.ts';
import type { ChangeResource, CreateResource } from './resource.dto.ts';
import type { ListCatalogue } from './service.dto.ts';
import { unknownService } from './unknown-service.ts';

/** The people, rooms and vehicles that do the services of a tenant. */
@Injectable()
export class ResourcesService {
  constructor(
    private readonly resources: ResourceRepository,
    private readonly services: ServiceRepository,
    private readonly locations: LocationRepository,
    private readonly zones: ZoneRepository,
  ) {}

  list(tenantId: TenantId, page: ListCatalogue): Promise<Page<Resource>> {
    return this.resources.list(tenantId, page);
  }

  /** @throws Problem 404 */
  async get(tenantId: TenantId, id: string): Promise<Resource> {
    return found(await this.resources.find(tenantId, id));
  }

  /**
   * @throws Problem 422 `unknown-service`, `missing-skills`, `unknown-zone`, `unknown-location`,
   * `too-many-resources`
   */
  async create(
    transaction: Transaction,
    tenantId: TenantId,
    { services, zones, ...fields }: CreateResource,
  ): Promise<Resource> {
    const zoneIds = await this.holdPlaces(transaction, tenantId, { zones, locationId: fields.locationId });
    const serviceIds = await this.serviceIds(transaction, tenantId, services, fields.skills);
    const resource = await this.resources.create(transaction, tenantId, { ...fields, serviceIds, zoneIds });
    if (resource) return resource;
    throw new Problem(
      422,
      'too-many-resources',
      'Too many resources',
      `A business may have ${MAX_RESOURCES} resources. Delete one that is not needed.`,
    );
  }

  /** @throws Problem 404, 422 `unknown-service`, `missing-skills`, `unknown-zone`, `unknown-location` */
  async change(
    transaction: Transaction,
    tenantId: TenantId,
    id: string,
    { services, zones, ...fields }: ChangeResource,
  ): Promise<Resource> {
    const places = { zones: zones ?? [], locationId: fields.locationId ?? null };
    const zoneIds = await this.holdPlaces(transaction, tenantId, places);
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
    const change = { ...fields, serviceIds, zoneIds: zones && zoneIds };
    return found(await this.resources.change(transaction, tenantId, id, change));
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

  /**
   * Returns the ids of zones. They and the location are not deleted before the transaction ends. Must precede
   * the lock of a resource: who deletes a location takes them in this order too.
   * @throws Problem 422
   */
  private async holdPlaces(
    transaction: Transaction,
    tenantId: TenantId,
    { zones, locationId }: Pick<CreateResource, 'zones' | 'locationId'>,
  ): Promise<string[]> {
    if (
      locationId !== null &&
      !(await this.locations.hold(transaction, tenantId, locationId, 'pessimistic_read'))
    )
      throw unknownLocation();
    if (zones.length === 0) return [];
    const held = await this.zones.holdByKey(transaction, tenantId, zones);
    if (held.length < zones.length) throw unknownZone(422, await this.zones.keys(tenantId, transaction));
    return held.map(({ id }) => id);
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
