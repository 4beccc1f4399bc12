import { Get, Inject } from '@nestjs/common';
import { ApiOperation, ApiResponse } from '@nestjs/swagger';
import { CatalogueRepository } from '@tandem/database';
import { CurrentPrincipal, TenantController, type Principal } from '@tandem/platform';
import { CRM_SCOPES } from '../crm-scopes.ts';
import { resourcesSchema } from './catalogue.dto.ts';

@TenantController('resources', CRM_SCOPES)
export class ResourcesController {
  constructor(@Inject(CatalogueRepository) private readonly catalogue: CatalogueRepository) {}

  @Get()
  @ApiOperation({ summary: 'Who does it, and when they work' })
  @ApiResponse({ status: 200, standardSchema: resourcesSchema })
  async list(@CurrentPrincipal() caller: Principal) {
    return { items: await this.catalogue.resources(caller.tenantId) };
  }
}
