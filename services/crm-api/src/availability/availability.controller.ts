import { Get, Query } from '@nestjs/common';
import { CurrentPrincipal, Endpoint, TenantController, type Principal } from '@tandem/platform';
import { CRM_SCOPES } from '../crm-scopes.ts';
import {
  availabilityQuerySchema,
  availabilitySchema,
  type AvailabilityDto,
  type AvailabilityQuery,
} from './availability.dto.ts';
import { AvailabilityService } from './availability.service.ts';

@TenantController('availability', CRM_SCOPES)
export class AvailabilityController {
  constructor(private readonly availability: AvailabilityService) {}

  @Get()
  @Endpoint({
    summary: 'Free appointments of one day',
    success: { schema: availabilitySchema },
    problems: { 404: '`unknown-service`; `services` lists those there are.' },
  })
  ofDay(
    @CurrentPrincipal() { tenantId }: Principal,
    @Query({ schema: availabilityQuerySchema }) query: AvailabilityQuery,
  ): Promise<AvailabilityDto> {
    return this.availability.ofDay(tenantId, query, new Date());
  }
}
