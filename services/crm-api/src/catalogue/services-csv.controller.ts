import { Get, Query, Res } from '@nestjs/common';
import { CurrentPrincipal, TenantController, type Principal } from '@tandem/platform';
import type { Response } from 'express';
import { CRM_SCOPES } from '../crm-scopes.ts';
import { CsvEndpoint, EXPORT_PAGE, sendCsv, type CsvColumns } from '../csv/csv-export.ts';
import { exportServicesSchema, toServiceDto, type ServiceDto, type ExportServices } from './service.dto.ts';
import { ServicesService } from './services.service.ts';

const COLUMNS: CsvColumns<ServiceDto> = {
  id: ({ id }) => id,
  key: ({ key }) => key,
  name: ({ name }) => name,
  durationMinutes: ({ durationMinutes }) => durationMinutes,
  bufferBeforeMinutes: ({ bufferBeforeMinutes }) => bufferBeforeMinutes,
  bufferAfterMinutes: ({ bufferAfterMinutes }) => bufferAfterMinutes,
  noticeMinutes: ({ noticeMinutes }) => noticeMinutes,
  priceText: ({ priceText }) => priceText,
  skills: ({ skills }) => skills.join(' '),
};

@TenantController('services.csv', CRM_SCOPES)
export class ServicesCsvController {
  constructor(private readonly services: ServicesService) {}

  @Get()
  @CsvEndpoint(
    'All services that can be booked as a CSV file, by key',
    'id,key,name,durationMinutes,bufferBeforeMinutes,bufferAfterMinutes,noticeMinutes,priceText,skills\r\n' +
      '7a0c1d3e-0000-4000-8001-000000000002,heating,Heating visit,90,15,15,120,,gas-licence\r\n',
  )
  async send(
    @CurrentPrincipal() { tenantId }: Principal,
    @Query({ schema: exportServicesSchema }) query: ExportServices,
    @Res() response: Response,
  ): Promise<void> {
    await sendCsv(response, 'services', COLUMNS, async (cursor) => {
      const page = await this.services.list(tenantId, { ...query, limit: EXPORT_PAGE, cursor });
      return { items: page.items.map(toServiceDto), nextCursor: page.nextCursor };
    });
  }
}
