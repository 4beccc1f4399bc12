import { Body, Get, Inject, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse } from '@nestjs/swagger';
import type { Transaction } from '@tandem/database';
import type { Response } from 'express';
import {
  CurrentPrincipal,
  IdempotencyKey,
  IdempotentWrites,
  idParameterSchema,
  problemSchema,
  Repeatable,
  TenantController,
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
  type ContactDto,
  type CreateContact,
  type ListContacts,
  type UpdateContact,
} from './contact.dto.ts';
import { ContactsService } from './contacts.service.ts';

@TenantController('contacts', CRM_SCOPES)
export class ContactsController {
  constructor(
    @Inject(ContactsService) private readonly contacts: ContactsService,
    @Inject(IdempotentWrites) private readonly writes: IdempotentWrites<Transaction>,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Contacts, newest first, or the one with a phone number' })
  @ApiResponse({ status: 200, standardSchema: contactPageSchema })
  async list(
    @CurrentPrincipal() caller: Principal,
    @Query({ schema: listContactsSchema }) query: ListContacts,
  ) {
    return toContactPage(await this.contacts.list(caller.tenantId, query));
  }

  @Get(':id')
  @ApiOperation({ summary: 'One contact' })
  @ApiResponse({ status: 200, standardSchema: contactSchema })
  @ApiResponse({ status: 404, standardSchema: problemSchema })
  async get(
    @CurrentPrincipal() caller: Principal,
    @Param({ schema: idParameterSchema }) { id }: { id: string },
  ): Promise<ContactDto> {
    return toContactDto(await this.contacts.get(caller.tenantId, id));
  }

  @Post()
  @Repeatable()
  @ApiOperation({ summary: 'Add a contact' })
  @ApiResponse({ status: 201, standardSchema: contactSchema })
  @ApiResponse({
    status: 409,
    description: '`phone-taken`, or `idempotency-in-progress`.',
    standardSchema: problemSchema,
  })
  create(
    @CurrentPrincipal() caller: Principal,
    @IdempotencyKey() key: string,
    @Body({ schema: createContactSchema }) body: CreateContact,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ContactDto> {
    return this.writes.perform(
      { caller, key, operation: 'POST /v1/contacts', body },
      response,
      async (transaction) => ({
        status: 201,
        body: toContactDto(await this.contacts.create(transaction, caller.tenantId, body)),
      }),
    );
  }

  @Patch(':id')
  @Repeatable()
  @ApiOperation({ summary: 'Change the fields that are given; null empties one' })
  @ApiResponse({ status: 200, standardSchema: contactSchema })
  @ApiResponse({ status: 404, standardSchema: problemSchema })
  @ApiResponse({
    status: 409,
    description: '`phone-taken`, or `idempotency-in-progress`.',
    standardSchema: problemSchema,
  })
  update(
    @CurrentPrincipal() caller: Principal,
    @IdempotencyKey() key: string,
    @Param({ schema: idParameterSchema }) { id }: { id: string },
    @Body({ schema: updateContactSchema }) body: UpdateContact,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ContactDto> {
    return this.writes.perform(
      { caller, key, operation: `PATCH /v1/contacts/${id}`, body },
      response,
      async (transaction) => ({
        status: 200,
        body: toContactDto(await this.contacts.update(transaction, caller.tenantId, id, body)),
      }),
    );
  }
}
