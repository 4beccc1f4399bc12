import { Body, Get, Param, Patch, Post, Query } from '@nestjs/common';
import type { Transaction } from '@tandem/database';
import {
  CurrentPrincipal,
  Endpoint,
  Idempotent,
  IdempotencyKey,
  idParameterSchema,
  onceFor,
  Reply,
  TenantController,
  type IdParameter,
  type Principal,
} from '@tandem/platform';
import { CRM_SCOPES } from '../crm-scopes.ts';
import {
  createLeadSchema,
  leadPageSchema,
  leadSchema,
  listLeadsSchema,
  toLeadDto,
  toLeadPage,
  updateLeadSchema,
  type CreateLead,
  type ListLeads,
  type UpdateLead,
} from './lead.dto.ts';
import { LeadsService } from './leads.service.ts';

@TenantController('leads', CRM_SCOPES)
export class LeadsController {
  constructor(private readonly leads: LeadsService) {}

  @Post()
  @Idempotent()
  @Endpoint({
    summary: 'Add a lead',
    success: [
      { status: 201, schema: leadSchema },
      { status: 200, description: 'The same tool call made this lead before.', schema: leadSchema },
    ],
    problems: { 422: '`unknown-contact`' },
  })
  create(
    @CurrentPrincipal() principal: Principal,
    @IdempotencyKey() key: string,
    @Body({ schema: createLeadSchema }) body: CreateLead,
  ) {
    return onceFor(body, async (transaction: Transaction) => {
      const { lead, isNew } = await this.leads.create(transaction, principal, key, body);
      return new Reply(isNew ? 201 : 200, toLeadDto(lead));
    });
  }

  @Get()
  @Endpoint({ summary: 'Leads, newest first', success: { schema: leadPageSchema } })
  async list(
    @CurrentPrincipal() { tenantId }: Principal,
    @Query({ schema: listLeadsSchema }) query: ListLeads,
  ) {
    return toLeadPage(await this.leads.list(tenantId, query));
  }

  @Get(':id')
  @Endpoint({
    summary: 'One lead',
    success: { schema: leadSchema },
    problems: { 404: '`lead-not-found`' },
  })
  async get(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
  ) {
    return toLeadDto(await this.leads.get(tenantId, id));
  }

  @Patch(':id')
  @Idempotent()
  @Endpoint({
    summary: 'Change the given fields; null clears one',
    success: { schema: leadSchema },
    problems: { 404: '`lead-not-found`', 422: '`unknown-contact`' },
  })
  update(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
    @Body({ schema: updateLeadSchema }) body: UpdateLead,
  ) {
    return onceFor(body, async (transaction: Transaction) =>
      toLeadDto(await this.leads.update(transaction, tenantId, id, body)),
    );
  }
}
