import { Get, Query } from '@nestjs/common';
import { CurrentPrincipal, Endpoint, TenantController, type Principal } from '@tandem/platform';
import { CRM_SCOPES } from '../crm-scopes.ts';
import {
  AVAILABILITY_EXAMPLE,
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
    summary: 'Free appointments of one day or of up to 14, of all resources or of one',
    description:
      'Appointments keep clear of other bookings by buffers: between two of them there is at least the ' +
      'buffer after the earlier one and the buffer before the later one. Resources on leave have none. A ' +
      'range: `?service=plumbing&date=2027-03-05&days=2`.',
    success: { schema: availabilitySchema, example: AVAILABILITY_EXAMPLE },
    problems: {
      404:
        '`unknown-service`; `services` lists those there are. `unknown-resource`: no such resource does ' +
        'the service; `resources` lists those that do. `unknown-zone`; `zones` lists those there are.',
    },
  })
  find(
    @CurrentPrincipal() { tenantId }: Principal,
    @Query({ schema: availabilityQuerySchema }) query: AvailabilityQuery,
  ): Promise<AvailabilityDto> {
    return this.availability.find(tenantId, query, new Date());
  }
}
