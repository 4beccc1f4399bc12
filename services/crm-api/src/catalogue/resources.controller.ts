import { Body, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import type { Transaction } from '@tandem/database';
import {
  CurrentPrincipal,
  Endpoint,
  Idempotent,
  idParameterSchema,
  onceFor,
  TenantController,
  type IdParameter,
  type Principal,
} from '@tandem/platform';
import { CRM_SCOPES } from '../crm-scopes.ts';
import {
  changeResourceSchema,
  createResourceSchema,
  LEFT_BOOKINGS_EXAMPLE,
  leftBookingsSchema,
  NEW_RESOURCE_EXAMPLE,
  RESOURCE_EXAMPLE,
  resourcePageSchema,
  resourceSchema,
  toLeftBookings,
  toResourceDto,
  type ChangeResource,
  type CreateResource,
} from './resource.dto.ts';
import { ResourcesService } from './resources.service.ts';
import { listCatalogueSchema, type ListCatalogue } from './service.dto.ts';

const NOT_FOUND = '`resource-not-found`';
const SERVICE_PROBLEMS =
  '`unknown-service`; `services` lists those there are. `missing-skills`; `missing` lists them by service. ' +
  '`unknown-zone`; `zones` lists those there are. `unknown-location`.';

@TenantController('resources', CRM_SCOPES)
export class ResourcesController {
  constructor(private readonly resources: ResourcesService) {}

  @Get()
  @Endpoint({
    summary: 'Resources with their services and working hours, by name',
    success: { schema: resourcePageSchema, example: { items: [RESOURCE_EXAMPLE], nextCursor: null } },
  })
  async list(
    @CurrentPrincipal() { tenantId }: Principal,
    @Query({ schema: listCatalogueSchema }) query: ListCatalogue,
  ) {
    const { items, nextCursor } = await this.resources.list(tenantId, query);
    return { items: items.map(toResourceDto), nextCursor };
  }

  @Post()
  @Idempotent()
  @Endpoint({
    summary: 'Add a person, a room or a vehicle that does services',
    description:
      'It is booked for a service that it is listed for and has all skills of, within its hours. Hours ' +
      'that touch, also at midnight, are one stretch.',
    example: NEW_RESOURCE_EXAMPLE,
    success: { status: 201, schema: resourceSchema, example: RESOURCE_EXAMPLE },
    problems: { 422: `${SERVICE_PROBLEMS} \`too-many-resources\`` },
  })
  create(
    @CurrentPrincipal() { tenantId }: Principal,
    @Body({ schema: createResourceSchema }) body: CreateResource,
  ) {
    return onceFor(body, async (transaction: Transaction) =>
      toResourceDto(await this.resources.create(transaction, tenantId, body)),
    );
  }

  @Get(':id')
  @Endpoint({
    summary: 'One resource',
    success: { schema: resourceSchema, example: RESOURCE_EXAMPLE },
    problems: { 404: NOT_FOUND },
  })
  async get(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
  ) {
    return toResourceDto(await this.resources.get(tenantId, id));
  }

  @Patch(':id')
  @Idempotent()
  @Endpoint({
    summary: 'Change the given fields of a resource',
    description: 'A list replaces the former one as a whole. Bookings stay as they are.',
    example: {
      skills: ['gas-licence', 'forklift'],
      hours: [{ weekday: 1, opens: '09:00', closes: '15:00' }],
    },
    success: {
      schema: resourceSchema,
      example: {
        ...RESOURCE_EXAMPLE,
        skills: ['forklift', 'gas-licence'],
        hours: [{ weekday: 1, opens: '09:00', closes: '15:00' }],
      },
    },
    problems: { 404: NOT_FOUND, 422: SERVICE_PROBLEMS },
  })
  change(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
    @Body({ schema: changeResourceSchema }) body: ChangeResource,
  ) {
    return onceFor(body, async (transaction: Transaction) =>
      toResourceDto(await this.resources.change(transaction, tenantId, id, body)),
    );
  }

  @Delete(':id')
  @Idempotent()
  @Endpoint({
    summary: 'Take a resource out of use',
    description:
      'Never refused: its bookings stay, and the answer names those that are not over, so that somebody ' +
      'can move them. No other is made. Deleting it again gives the same answer.',
    success: { schema: leftBookingsSchema, example: LEFT_BOOKINGS_EXAMPLE },
    problems: { 404: NOT_FOUND },
  })
  delete(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
  ) {
    return onceFor(null, async (transaction: Transaction) =>
      toLeftBookings(await this.resources.delete(transaction, tenantId, id, new Date())),
    );
  }
}
