import { Body, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import type { Transaction } from '@tandem/database';
import {
  CurrentPrincipal,
  Endpoint,
  Idempotent,
  idParameterSchema,
  IfMatch,
  onceFor,
  Tagged,
  TenantController,
  type IdParameter,
  type Precondition,
  type Principal,
} from '@tandem/platform';
import { listCatalogueSchema, type ListCatalogue } from '../catalogue/service.dto.ts';
import { CRM_SCOPES } from '../crm-scopes.ts';
import {
  changeLocationSchema,
  createLocationSchema,
  LOCATION_EXAMPLE,
  locationPageSchema,
  locationSchema,
  NEW_LOCATION_EXAMPLE,
  toLocationDto,
  type ChangeLocation,
  type CreateLocation,
} from './location.dto.ts';
import { LocationsService } from './locations.service.ts';

const NOT_FOUND = '`location-not-found`';

@TenantController('locations', CRM_SCOPES)
export class LocationsController {
  constructor(private readonly locations: LocationsService) {}

  @Get()
  @Endpoint({
    summary: 'Locations, by name',
    success: { schema: locationPageSchema, example: { items: [LOCATION_EXAMPLE], nextCursor: null } },
  })
  async list(
    @CurrentPrincipal() { tenantId }: Principal,
    @Query({ schema: listCatalogueSchema }) query: ListCatalogue,
  ) {
    const { items, nextCursor } = await this.locations.list(tenantId, query);
    return { items: items.map(toLocationDto), nextCursor };
  }

  @Post()
  @Idempotent()
  @Endpoint({
    summary: 'Add a location',
    description: 'Resources and zones may belong to it; callers are told where it is.',
    example: NEW_LOCATION_EXAMPLE,
    success: { status: 201, schema: locationSchema, example: LOCATION_EXAMPLE },
    problems: { 422: '`too-many-locations`' },
  })
  create(
    @CurrentPrincipal() { tenantId }: Principal,
    @Body({ schema: createLocationSchema }) body: CreateLocation,
  ) {
    return onceFor(body, async (transaction: Transaction) =>
      toLocationDto(await this.locations.create(transaction, tenantId, body)),
    );
  }

  @Get(':id')
  @Tagged()
  @Endpoint({
    summary: 'One location',
    success: { schema: locationSchema, example: LOCATION_EXAMPLE },
    problems: { 404: NOT_FOUND },
  })
  async get(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
  ) {
    return toLocationDto(await this.locations.get(tenantId, id));
  }

  @Patch(':id')
  @Idempotent()
  @Tagged({ change: true })
  @Endpoint({
    summary: 'Change the given fields of a location',
    example: { phone: null },
    success: { schema: locationSchema, example: { ...LOCATION_EXAMPLE, phone: null } },
    problems: { 404: NOT_FOUND },
  })
  change(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
    @IfMatch() precondition: Precondition,
    @Body({ schema: changeLocationSchema }) body: ChangeLocation,
  ) {
    return onceFor(body, async (transaction: Transaction) =>
      toLocationDto(await this.locations.change(transaction, tenantId, id, body, precondition)),
    );
  }

  @Delete(':id')
  @Idempotent()
  @Endpoint({
    summary: 'Delete a location',
    description: 'Never refused: resources and zones that belong to it belong to none then.',
    success: { status: 204, description: 'Also when it was deleted before.' },
    problems: { 404: NOT_FOUND },
  })
  delete(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
  ) {
    return onceFor(null, (transaction: Transaction) => this.locations.delete(transaction, tenantId, id));
  }
}
