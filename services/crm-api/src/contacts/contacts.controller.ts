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
  contactPageSchema,
  contactSchema,
  createContactSchema,
  listContactsSchema,
  toContactDto,
  toContactPage,
  updateContactSchema,
  type CreateContact,
  type ListContacts,
  type UpdateContact,
} from './contact.dto.ts';
import { ContactsService } from './contacts.service.ts';

@TenantController('contacts', CRM_SCOPES)
export class ContactsController {
  constructor(private readonly contacts: ContactsService) {}

  @Get()
  @Endpoint({
    summary: 'Contacts, newest first, or the one with a phone number',
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
    problems: { 404: '`contact-not-found`' },
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
    problems: { 409: '`phone-taken`' },
  })
  create(
    @CurrentPrincipal() { tenantId }: Principal,
    @Body({ schema: createContactSchema }) body: CreateContact,
  ) {
    return onceFor(body, async (transaction: Transaction) =>
      toContactDto(await this.contacts.create(transaction, tenantId, body)),
    );
  }

  @Patch(':id')
  @Idempotent()
  @Endpoint({
    summary: 'Change the given fields; null clears one',
    success: { schema: contactSchema },
    problems: { 404: '`contact-not-found`', 409: '`phone-taken`' },
  })
  update(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
    @Body({ schema: updateContactSchema }) body: UpdateContact,
  ) {
    return onceFor(body, async (transaction: Transaction) =>
      toContactDto(await this.contacts.update(transaction, tenantId, id, body)),
    );
  }
}
