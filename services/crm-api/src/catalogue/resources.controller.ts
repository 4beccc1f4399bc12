import { Get } from '@nestjs/common';
import { CurrentPrincipal, Endpoint, TenantController, type Principal } from '@tandem/platform';
import { CRM_SCOPES } from '../crm-scopes.ts';
import { resourcesSchema } from './catalogue.dto.ts';
import { CatalogueService } from './catalogue.service.ts';

@TenantController('resources', CRM_SCOPES)
export class ResourcesController {
  constructor(private readonly catalogue: CatalogueService) {}

  @Get()
  @Endpoint({
    summary: 'Resources with their services and working hours',
    success: { schema: resourcesSchema },
  })
  async list(@CurrentPrincipal() { tenantId }: Principal) {
    return { items: await this.catalogue.resources(tenantId) };
  }
}
