import { Body, Get, Param, Patch } from '@nestjs/common';
import type { PhoneNumber } from '@tandem/database';
import {
  CurrentPrincipal,
  Endpoint,
  idParameterSchema,
  TenantController,
  type IdParameter,
  type Principal,
} from '@tandem/platform';
import { ADMIN_SCOPES } from '../admin-scopes.ts';
import { changeNumberSchema, numberSchema, numbersSchema, type ChangeNumber } from './number.dto.ts';
import { NumbersService } from './numbers.service.ts';

/** The phone numbers of a tenant, and how their calls are taken. */
@TenantController('numbers', ADMIN_SCOPES)
export class NumbersController {
  constructor(private readonly numbers: NumbersService) {}

  @Get()
  @Endpoint({ summary: 'Numbers with their settings', success: { schema: numbersSchema } })
  async list(@CurrentPrincipal() { tenantId }: Principal) {
    return { items: await this.numbers.list(tenantId) };
  }

  @Patch(':id')
  @Endpoint({
    summary: 'Change the given settings',
    description: 'Applies from the next call on.',
    success: { schema: numberSchema },
    problems: { 404: '`number-not-found`', 422: '`unknown-group`, `unknown-agent`, `nobody-may-call`' },
  })
  change(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
    @Body({ schema: changeNumberSchema }) body: ChangeNumber,
  ): Promise<PhoneNumber> {
    return this.numbers.change(tenantId, id, body);
  }
}
