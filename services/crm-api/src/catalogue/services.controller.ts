import { Body, Get, Param, Patch } from '@nestjs/common';
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
import { changeServiceSchema, serviceSchema, servicesSchema, type ChangeService } from './catalogue.dto.ts';
import { CatalogueService } from './catalogue.service.ts';

@TenantController('services', CRM_SCOPES)
export class ServicesController {
  constructor(private readonly catalogue: CatalogueService) {}

  @Get()
  @Endpoint({ summary: 'Services that can be booked', success: { schema: servicesSchema } })
  async list(@CurrentPrincipal() { tenantId }: Principal) {
    return { items: await this.catalogue.services(tenantId) };
  }

  @Patch(':id')
  @Idempotent()
  @Endpoint({
    summary: 'Set the notice of a service',
    success: { schema: serviceSchema },
    problems: { 404: '`service-not-found`' },
  })
  change(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
    @Body({ schema: changeServiceSchema }) body: ChangeService,
  ) {
    return onceFor(body, (transaction: Transaction) =>
      this.catalogue.setNotice(transaction, tenantId, id, body.noticeMinutes),
    );
  }
}
