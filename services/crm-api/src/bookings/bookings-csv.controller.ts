import { Get, Query, Res } from '@nestjs/common';
import { CurrentPrincipal, TenantController, type Principal } from '@tandem/platform';
import type { Response } from 'express';
import { CRM_SCOPES } from '../crm-scopes.ts';
import { CsvEndpoint, EXPORT_PAGE, sendCsv, type CsvColumns } from '../csv/csv-export.ts';
import { exportBookingsSchema, toBookingDto, type BookingDto, type ExportBookings } from './booking.dto.ts';
import { BookingsService } from './bookings.service.ts';

const COLUMNS: CsvColumns<BookingDto> = {
  id: ({ id }) => id,
  reference: ({ reference }) => reference,
  status: ({ status }) => status,
  start: ({ start }) => start,
  end: ({ end }) => end,
  service: ({ service }) => service.key,
  resource: ({ resource }) => resource.name,
  contactPhone: ({ contact }) => contact?.phone ?? null,
  name: ({ name }) => name,
  notes: ({ notes }) => notes,
  callId: ({ callId }) => callId,
  createdAt: ({ createdAt }) => createdAt,
  cancelledAt: ({ cancelledAt }) => cancelledAt,
};

@TenantController('bookings.csv', CRM_SCOPES)
export class BookingsCsvController {
  constructor(private readonly bookings: BookingsService) {}

  @Get()
  @CsvEndpoint(
    'All bookings as a CSV file, soonest first',
    'id,reference,status,start,end,service,resource,contactPhone,name,notes,callId,createdAt,' +
      'cancelledAt\r\n' +
      '7a0c1d3e-0000-4000-8006-000000000001,K48213,booked,2027-03-05T09:00:00-05:00,' +
      "2027-03-05T10:30:00-05:00,heating,Maria Alvarez,'+12025550123,Alex Morgan,,," +
      '2027-03-01T14:05:11.000Z,\r\n',
  )
  async send(
    @CurrentPrincipal() { tenantId }: Principal,
    @Query({ schema: exportBookingsSchema }) query: ExportBookings,
    @Res() response: Response,
  ): Promise<void> {
    await sendCsv(response, 'bookings', COLUMNS, async (cursor) => {
      const page = await this.bookings.list(tenantId, { ...query, limit: EXPORT_PAGE, cursor });
      return { items: page.items.map(toBookingDto), nextCursor: page.nextCursor };
    });
  }
}
