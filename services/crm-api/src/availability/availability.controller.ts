import { Get, Inject, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse } from '@nestjs/swagger';
import { CurrentCaller, type Caller } from '../access/caller.ts';
import { TenantController } from '../access/tenant-controller.ts';
import { problemSchema } from '../http/problem.dto.ts';
import { availabilityQuerySchema, availabilitySchema, type AvailabilityDto, type AvailabilityQuery } from './availability.dto.ts';
import { AvailabilityService } from './availability.service.ts';

@TenantController('availability')
export class AvailabilityController {
  constructor(@Inject(AvailabilityService) private readonly availability: AvailabilityService) {}

  @Get()
  @ApiOperation({ summary: 'Free appointments of one day' })
  @ApiResponse({ status: 200, standardSchema: availabilitySchema })
  @ApiResponse({ status: 404, description: '`unknown-service`; `services` lists those there are.', standardSchema: problemSchema })
  ofDay(@CurrentCaller() caller: Caller, @Query({ schema: availabilityQuerySchema }) query: AvailabilityQuery): Promise<AvailabilityDto> {
    return this.availability.ofDay(caller.tenantId, query, new Date());
  }
}
