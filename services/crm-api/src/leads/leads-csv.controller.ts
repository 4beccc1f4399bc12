import { Get, Query, Res } from '@nestjs/common';
import { CurrentPrincipal, TenantController, type Principal } from '@tandem/platform';
import type { Response } from 'express';
import { CRM_SCOPES } from '../crm-scopes.ts';
import { CsvEndpoint, EXPORT_PAGE, sendCsv, type CsvColumns } from '../csv/csv-export.ts';
import { exportLeadsSchema, toLeadDto, type LeadDto, type ExportLeads } from './lead.dto.ts';
import { LeadsService } from './leads.service.ts';

const COLUMNS: CsvColumns<LeadDto> = {
  id: ({ id }) => id,
  contactPhone: ({ contact }) => contact?.phone ?? null,
  name: ({ name }) => name,
  summary: ({ summary }) => summary,
  source: ({ source }) => source,
  urgency: ({ urgency }) => urgency,
  stage: ({ stage }) => stage,
  callId: ({ callId }) => callId,
  createdAt: ({ createdAt }) => createdAt,
  updatedAt: ({ updatedAt }) => updatedAt,
};

@TenantController('leads.csv', CRM_SCOPES)
export class LeadsCsvController {
  constructor(private readonly leads: LeadsService) {}

  @Get()
  @CsvEndpoint(
    'All leads as a CSV file, newest first',
    'id,contactPhone,name,summary,source,urgency,stage,callId,createdAt,updatedAt\r\n' +
      "7a0c1d3e-0000-4000-8007-000000000001,'+12025550123,Alex Morgan,Wants a quote for a new boiler.," +
      'call,normal,new,,2027-03-01T14:05:11.000Z,2027-03-01T14:05:11.000Z\r\n',
  )
  async send(
    @CurrentPrincipal() { tenantId }: Principal,
    @Query({ schema: exportLeadsSchema }) query: ExportLeads,
    @Res() response: Response,
  ): Promise<void> {
    await sendCsv(response, 'leads', COLUMNS, async (cursor) => {
      const page = await this.leads.list(tenantId, { ...query, limit: EXPORT_PAGE, cursor });
      return { items: page.items.map(toLeadDto), nextCursor: page.nextCursor };
    });
  }
}
