import { Get, Inject, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse } from '@nestjs/swagger';
import { CurrentPrincipal, TenantController, problemSchema, type Principal } from '@tandem/platform';
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
  constructor(@Inject(AvailabilityService) private readonly availability: AvailabilityService) {}

  @Get()
  @ApiOperation({ summary: 'Free appointments of one day' })
  @ApiResponse({ status: 200, standardSchema: availabilitySchema })
  @ApiResponse({
    status: 404,
    description: '`unknown-service`; `services` lists those there are.',
    standardSchema: problemSchema,
  })
  ofDay(
    @CurrentPrincipal() caller: Principal,
    @Query({ schema: availabilityQuerySchema }) query: AvailabilityQuery,
  ): Promise<AvailabilityDto> {
    return this.availability.ofDay(caller.tenantId, query, new Date());
  }
}
