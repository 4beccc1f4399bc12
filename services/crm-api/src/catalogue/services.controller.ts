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
  changeServiceSchema,
  createServiceSchema,
  listCatalogueSchema,
  NEW_SERVICE_EXAMPLE,
  SERVICE_EXAMPLE,
  servicePageSchema,
  serviceSchema,
  toServiceDto,
  type ChangeService,
  type CreateService,
  type ListCatalogue,
} from './service.dto.ts';
import { ServicesService } from './services.service.ts';

const NOT_FOUND = '`service-not-found`';

@TenantController('services', CRM_SCOPES)
export class ServicesController {
  constructor(private readonly services: ServicesService) {}

  @Get()
  @Endpoint({
    summary: 'Services that can be booked, by key',
    success: { schema: servicePageSchema, example: { items: [SERVICE_EXAMPLE], nextCursor: null } },
  })
  async list(
    @CurrentPrincipal() { tenantId }: Principal,
    @Query({ schema: listCatalogueSchema }) query: ListCatalogue,
  ) {
    const { items, nextCursor } = await this.services.list(tenantId, query);
    return { items: items.map(toServiceDto), nextCursor };
  }

  @Post()
  @Idempotent()
  @Endpoint({
    summary: 'Offer a service',
    description:
      'It can be booked as soon as a resource is listed for it and has its skills. The key of a service ' +
      'that was deleted is free again: the new service has an id of its own and none of the former bookings.',
    example: NEW_SERVICE_EXAMPLE,
    success: { status: 201, schema: serviceSchema, example: SERVICE_EXAMPLE },
    problems: { 409: '`service-exists`', 422: '`too-many-services`' },
  })
  create(
    @CurrentPrincipal() { tenantId }: Principal,
    @Body({ schema: createServiceSchema }) body: CreateService,
  ) {
    return onceFor(body, async (transaction: Transaction) =>
      toServiceDto(await this.services.create(transaction, tenantId, body)),
    );
  }

  @Get(':id')
  @Endpoint({
    summary: 'One service on offer',
    success: { schema: serviceSchema, example: SERVICE_EXAMPLE },
    problems: { 404: NOT_FOUND },
  })
  async get(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
  ) {
    return toServiceDto(await this.services.get(tenantId, id));
  }

  @Patch(':id')
  @Idempotent()
  @Endpoint({
    summary: 'Change the given fields of a service',
    description:
      'Bookings keep their time and the buffers they were made with; one that is moved takes the duration ' +
      'and buffers of then. A resource that lacks a new skill is not booked for the service until it has it.',
    example: { durationMinutes: 60, priceText: null },
    success: {
      schema: serviceSchema,
      example: { ...SERVICE_EXAMPLE, durationMinutes: 60, priceText: null },
    },
    problems: { 404: NOT_FOUND, 409: '`service-exists`' },
  })
  change(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
    @Body({ schema: changeServiceSchema }) body: ChangeService,
  ) {
    return onceFor(body, async (transaction: Transaction) =>
      toServiceDto(await this.services.change(transaction, tenantId, id, body)),
    );
  }

  @Delete(':id')
  @Idempotent()
  @Endpoint({
    summary: 'Stop offering a service',
    description:
      'Never refused: its bookings stay and can be moved and cancelled, but no other is made. It cannot be ' +
      'offered again; its key is free for another service at once.',
    success: { status: 204, description: 'Also when it was deleted before.' },
    problems: { 404: NOT_FOUND },
  })
  delete(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
  ) {
    return onceFor(null, (transaction: Transaction) => this.services.delete(transaction, tenantId, id));
  }
}
