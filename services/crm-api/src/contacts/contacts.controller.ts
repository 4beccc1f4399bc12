import { Body, Get, Param, Patch, Post, Query } from '@nestjs/common';
import type { Transaction } from '@tandem/database';
import {
  CurrentPrincipal,
  Endpoint,
  Idempotent,
  idParameterSchema,
  onceFor,
  TenantController,
  type IdParameter,
  type Principal,
} from '@tandem/platform';
import { CRM_SCOPES } from '../crm-scopes.ts';
import {
  contactHistoryPageSchema,
  contactHistoryQuerySchema,
  toContactHistoryPage,
  type ContactHistoryQuery,
} from './contact-history.dto.ts';
import {
  contactPageSchema,
  contactSchema,
  createContactSchema,
  listContactsSchema,
  mergeContactSchema,
  toContactDto,
  toContactPage,
  updateContactSchema,
  type CreateContact,
  type ListContacts,
  type MergeContact,
  type UpdateContact,
} from './contact.dto.ts';
import { ContactsService } from './contacts.service.ts';

@TenantController('contacts', CRM_SCOPES)
export class ContactsController {
  constructor(private readonly contacts: ContactsService) {}

  @Get()
  @Endpoint({
    summary: 'Contacts, newest first; by phone number, e-mail address or beginning of the name',
    success: { schema: contactPageSchema },
  })
  async list(
    @CurrentPrincipal() { tenantId }: Principal,
    @Query({ schema: listContactsSchema }) query: ListContacts,
  ) {
    return toContactPage(await this.contacts.list(tenantId, query));
  }

  @Get(':id')
  @Endpoint({
    summary: 'One contact',
    success: { schema: contactSchema },
    problems: { 404: '`contact-not-found`', 410: '`contact-merged`, with the `contactId` it is part of.' },
  })
  async get(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
  ) {
    return toContactDto(await this.contacts.get(tenantId, id));
  }

  @Post()
  @Idempotent()
  @Endpoint({
    summary: 'Add a contact',
    success: { status: 201, schema: contactSchema },
    problems: { 409: '`phone-taken`, `email-taken`' },
  })
  create(
    @CurrentPrincipal() principal: Principal,
    @Body({ schema: createContactSchema }) body: CreateContact,
  ) {
    return onceFor(body, async (transaction: Transaction) =>
      toContactDto(await this.contacts.create(transaction, principal, body)),
    );
  }

  @Patch(':id')
  @Idempotent()
  @Endpoint({
    summary: 'Change the given fields; null clears one',
    success: { schema: contactSchema },
    problems: {
      404: '`contact-not-found`',
      409: '`phone-taken`, `email-taken`',
      410: '`contact-merged`, with the `contactId` it is part of.',
    },
  })
  update(
    @CurrentPrincipal() principal: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
    @Body({ schema: updateContactSchema }) body: UpdateContact,
  ) {
    return onceFor(body, async (transaction: Transaction) =>
      toContactDto(await this.contacts.update(transaction, principal, id, body)),
    );
  }

  @Post(':id/merge')
  @Idempotent()
  @Endpoint({
    summary: 'Make a contact part of another one',
    description:
      'Numbers, addresses, bookings, leads, messages and consents move to the other contact, which is ' +
      'returned; what it lacks (name, language) is filled in.',
    success: { schema: contactSchema },
    problems: {
      404: '`contact-not-found`',
      410: '`contact-merged`, with the `contactId` it is part of.',
      422: '`same-contact`, `unknown-contact`',
    },
  })
  merge(
    @CurrentPrincipal() principal: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
    @Body({ schema: mergeContactSchema }) body: MergeContact,
  ) {
    return onceFor(body, async (transaction: Transaction) =>
      toContactDto(await this.contacts.merge(transaction, principal, id, body.into)),
    );
  }

  @Get(':id/history')
  @Endpoint({
    summary: 'Calls, bookings, leads and messages of a contact, newest first',
    success: { schema: contactHistoryPageSchema },
    problems: { 404: '`contact-not-found`', 410: '`contact-merged`, with the `contactId` it is part of.' },
  })
  async history(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
    @Query({ schema: contactHistoryQuerySchema }) query: ContactHistoryQuery,
  ) {
    return toContactHistoryPage(await this.contacts.history(tenantId, id, query));
  }
}
