import { Get, Inject } from '@nestjs/common';
import { ApiOperation, ApiResponse } from '@nestjs/swagger';
import { CatalogueRepository } from '@tandem/database';
import { CurrentCaller, TenantController, type Caller } from '@tandem/platform';
import { CRM_SCOPES } from '../crm-scopes.ts';
import { servicesSchema } from './catalogue.dto.ts';

@TenantController('services', CRM_SCOPES)
export class ServicesController {
  constructor(@Inject(CatalogueRepository) private readonly catalogue: CatalogueRepository) {}

  @Get()
  @ApiOperation({ summary: 'What can be booked' })
  @ApiResponse({ status: 200, standardSchema: servicesSchema })
  async list(@CurrentCaller() caller: Caller) {
    return { items: await this.catalogue.services(caller.tenantId) };
  }
}
