import { Body, Get, Param, Put } from '@nestjs/common';
import {
  CurrentPrincipal,
  Endpoint,
  idParameterSchema,
  IfMatch,
  Tagged,
  TenantController,
  type IdParameter,
  type Precondition,
  type Principal,
} from '@tandem/platform';
import { ADMIN_SCOPES } from '../admin-scopes.ts';
import {
  fromPut,
  openingHoursSchema,
  putOpeningHoursSchema,
  toOpeningHoursDto,
  type PutOpeningHours,
} from './opening-hours.dto.ts';
import { OpeningHoursService } from './opening-hours.service.ts';

/** When a number takes calls. Closed dates are those of the tenant. */
@TenantController('numbers/:id/opening-hours', ADMIN_SCOPES)
export class OpeningHoursController {
  constructor(private readonly hours: OpeningHoursService) {}

  @Get()
  @Tagged()
  @Endpoint({
    summary: 'Opening hours of a number',
    success: { schema: openingHoursSchema },
    problems: { 404: '`number-not-found`' },
  })
  async get(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
  ) {
    return toOpeningHoursDto(await this.hours.get(tenantId, id));
  }

  @Put()
  @Tagged({ change: true })
  @Endpoint({
    summary: 'Set the opening hours of a number',
    description:
      'Applies from the next call on. Callers outside the hours hear that you are closed; running calls ' +
      'go on.',
    success: { schema: openingHoursSchema },
    problems: { 404: '`number-not-found`' },
  })
  async put(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
    @IfMatch() precondition: Precondition,
    @Body({ schema: putOpeningHoursSchema }) body: PutOpeningHours,
  ) {
    return toOpeningHoursDto(await this.hours.put(tenantId, id, fromPut(body), precondition));
  }
}
