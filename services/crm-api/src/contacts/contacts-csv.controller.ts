import { Get, Query, Res } from '@nestjs/common';
import { CurrentPrincipal, TenantController, type Principal } from '@tandem/platform';
import type { Response } from 'express';
import { CRM_SCOPES } from '../crm-scopes.ts';
import { CsvEndpoint, EXPORT_PAGE, sendCsv, type CsvColumns } from '../csv/csv-export.ts';
import { exportContactsSchema, toContactDto, type ContactDto, type ExportContacts } from './contact.dto.ts';
import { ContactsService } from './contacts.service.ts';

const COLUMNS: CsvColumns<ContactDto> = {
  id: ({ id }) => id,
  phone: ({ phone }) => phone,
  name: ({ name }) => name,
  email: ({ email }) => email,
  notes: ({ notes }) => notes,
  language: ({ language }) => language,
  otherPhones: ({ phones }) => othersOf(phones.map(({ number, isPrimary }) => [number, isPrimary])),
  otherEmails: ({ emails }) => othersOf(emails.map(({ address, isPrimary }) => [address, isPrimary])),
  createdAt: ({ createdAt }) => createdAt,
  updatedAt: ({ updatedAt }) => updatedAt,
};

/** Returns the values that are not primary, as one cell. */
function othersOf(points: readonly (readonly [value: string, isPrimary: boolean])[]): string {
  return points.flatMap(([value, isPrimary]) => (isPrimary ? [] : [value])).join(' ');
}

@TenantController('contacts.csv', CRM_SCOPES)
export class ContactsCsvController {
  constructor(private readonly contacts: ContactsService) {}

  @Get()
  @CsvEndpoint(
    'All contacts as a CSV file, newest first; its columns can be imported again',
    'id,phone,name,email,notes,language,otherPhones,otherEmails,createdAt,updatedAt\r\n' +
      "7a0c1d3e-0000-4000-8003-000000000001,'+12025550123,Alex Morgan,alex@example.com,,en-US,,," +
      '2027-02-11T16:20:00.000Z,2027-03-01T14:05:11.000Z\r\n',
  )
  async send(
    @CurrentPrincipal() { tenantId }: Principal,
    @Query({ schema: exportContactsSchema }) query: ExportContacts,
    @Res() response: Response,
  ): Promise<void> {
    await sendCsv(response, 'contacts', COLUMNS, async (cursor) => {
      const page = await this.contacts.list(tenantId, { ...query, limit: EXPORT_PAGE, cursor });
      return { items: page.items.map(toContactDto), nextCursor: page.nextCursor };
    });
  }
}
