import { Body, Get, Patch } from '@nestjs/common';
import {
  CurrentPrincipal,
  Endpoint,
  IfMatch,
  Tagged,
  TenantController,
  type Precondition,
  type Principal,
} from '@tandem/platform';
import { ADMIN_SCOPES } from '../admin-scopes.ts';
import { changeTenantSchema, tenantSchema, toTenantDto, type ChangeTenant } from './tenant.dto.ts';
import { TenantsService } from './tenants.service.ts';

/** The business itself. */
@TenantController('tenant', ADMIN_SCOPES)
export class OwnTenantController {
  constructor(private readonly tenants: TenantsService) {}

  @Get()
  @Tagged()
  @Endpoint({ summary: 'Your business: name, time zone, language', success: { schema: tenantSchema } })
  async get(@CurrentPrincipal() { tenantId }: Principal) {
    return toTenantDto(await this.tenants.get(tenantId));
  }

  @Patch()
  @Tagged({ change: true })
  @Endpoint({
    summary: 'Change name, time zone, language or booking horizon',
    description:
      'Applies from the next call on. With another time zone, opening hours, closed dates and the hours of ' +
      'people stay as they are written, and mean the clock of the new zone; appointments keep their ' +
      'instant. Agents have a time zone and a company name of their own: publish a version with the new ' +
      'ones.',
    success: { schema: tenantSchema },
    problems: { 422: '`unknown-time-zone`' },
  })
  async change(
    @CurrentPrincipal() { tenantId }: Principal,
    @IfMatch() precondition: Precondition,
    @Body({ schema: changeTenantSchema }) body: ChangeTenant,
  ) {
    return toTenantDto(await this.tenants.change(tenantId, body, precondition));
  }
}
