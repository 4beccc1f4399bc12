import { Injectable } from '@nestjs/common';
import type { TenantId } from '@tandem/contracts';
import {
  LocationRepository,
  MAX_LOCATIONS,
  type Location,
  type Page,
  type Transaction,
} from '@tandem/database';
import { Precondition, Problem } from '@tandem/platform';
import type { ListCatalogue } from '../catalogue/service.dto.ts';
import { toLocationDto, toLocationFields, type ChangeLocation, type CreateLocation } from './location.dto.ts';

/** The places of a tenant. */
@Injectable()
export class LocationsService {
  constructor(private readonly locations: LocationRepository) {}

  list(tenantId: TenantId, page: ListCatalogue): Promise<Page<Location>> {
    return this.locations.list(tenantId, page);
  }

  /** @throws Problem 404 */
  async get(tenantId: TenantId, id: string): Promise<Location> {
    return found(await this.locations.find(tenantId, id));
  }

  /** @throws Problem 422 `too-many-locations` */
  async create(
    transaction: Transaction,
    tenantId: TenantId,
    { point, ...fields }: CreateLocation,
  ): Promise<Location> {
    const located = { ...fields, latitude: point?.lat ?? null, longitude: point?.lon ?? null };
    const location = await this.locations.create(transaction, tenantId, located);
    if (location) return location;
    throw new Problem(
      422,
      'too-many-locations',
      'Too many locations',
      `A business may have ${MAX_LOCATIONS} locations. Delete one that is not needed.`,
    );
  }

  /** @throws Problem 404, 412 */
  async change(
    transaction: Transaction,
    tenantId: TenantId,
    id: string,
    fields: ChangeLocation,
    precondition: Precondition,
  ): Promise<Location> {
    const before = found(await this.locations.hold(transaction, tenantId, id));
    if (!precondition.isMet(toLocationDto(before))) throw Precondition.failed();
    return this.locations.change(transaction, tenantId, id, toLocationFields(fields));
  }

  /** @throws Problem 404 */
  async delete(transaction: Transaction, tenantId: TenantId, id: string): Promise<void> {
    if (!(await this.locations.deactivate(transaction, tenantId, id))) throw notFound();
  }
}

function found(location: Location | null): Location {
  if (location) return location;
  throw notFound();
}

const notFound = () =>
  new Problem(
    404,
    'location-not-found',
    'No such location',
    'There is no location with this id. Ask for the list.',
  );
