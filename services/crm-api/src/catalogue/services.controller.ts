import { Body, Get, Inject, Param, Patch, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse } from '@nestjs/swagger';
import { CatalogueRepository, type Transaction } from '@tandem/database';
import {
  CurrentPrincipal,
  IdempotencyKey,
  IdempotentWrites,
  idParameterSchema,
  Problem,
  problemSchema,
  Repeatable,
  TenantController,
  type Principal,
} from '@tandem/platform';
import type { Response } from 'express';
import { CRM_SCOPES } from '../crm-scopes.ts';
import { changeServiceSchema, serviceSchema, servicesSchema, type ChangeService } from './catalogue.dto.ts';

@TenantController('services', CRM_SCOPES)
export class ServicesController {
  constructor(
    @Inject(CatalogueRepository) private readonly catalogue: CatalogueRepository,
    @Inject(IdempotentWrites) private readonly writes: IdempotentWrites<Transaction>,
  ) {}

  @Get()
  @ApiOperation({ summary: 'What can be booked' })
  @ApiResponse({ status: 200, standardSchema: servicesSchema })
  async list(@CurrentPrincipal() caller: Principal) {
    return { items: await this.catalogue.services(caller.tenantId) };
  }

  @Patch(':id')
  @Repeatable()
  @ApiOperation({
    summary: 'Set how long before their start appointments of a service are booked at the latest',
  })
  @ApiResponse({ status: 200, standardSchema: serviceSchema })
  @ApiResponse({ status: 404, description: '`service-not-found`', standardSchema: problemSchema })
  change(
    @CurrentPrincipal() caller: Principal,
    @IdempotencyKey() key: string,
    @Param({ schema: idParameterSchema }) { id }: { id: string },
    @Body({ schema: changeServiceSchema }) body: ChangeService,
    @Res({ passthrough: true }) response: Response,
  ) {
    return this.writes.perform(
      { caller, key, operation: `PATCH /v1/services/${id}`, body },
      response,
      async (transaction) => {
        const service = await this.catalogue.setNotice(transaction, caller.tenantId, id, body.noticeMinutes);
        if (!service)
          throw new Problem(
            404,
            'service-not-found',
            'No such service',
            'There is no service with this id. Ask for the list.',
          );
        return { status: 200, body: service };
      },
    );
  }
}
