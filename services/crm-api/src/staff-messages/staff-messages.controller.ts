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
  createStaffMessageSchema,
  listStaffMessagesSchema,
  staffMessagePageSchema,
  staffMessageSchema,
  toStaffMessageDto,
  toStaffMessagePage,
  updateStaffMessageSchema,
  type CreateStaffMessage,
  type ListStaffMessages,
  type UpdateStaffMessage,
} from './staff-message.dto.ts';
import { StaffMessagesService } from './staff-messages.service.ts';

@TenantController('staff-messages', CRM_SCOPES)
export class StaffMessagesController {
  constructor(private readonly messages: StaffMessagesService) {}

  @Post()
  @Idempotent()
  @Endpoint({
    summary: 'Leave a message for the staff, or ask for a callback',
    success: [
      { status: 201, schema: staffMessageSchema },
      { status: 200, description: 'The same tool call left it before.', schema: staffMessageSchema },
    ],
    problems: {
      422: '`unknown-contact`, `in-the-past`, `too-far-ahead`; `outside-hours`, with the day’s `hours`.',
    },
  })
  create(
    @CurrentPrincipal() principal: Principal,
    @IdempotencyKey() key: string,
    @Body({ schema: createStaffMessageSchema }) body: CreateStaffMessage,
  ) {
    return onceFor(body, async (transaction: Transaction) => {
      const { message, isNew } = await this.messages.create(transaction, principal, key, body, new Date());
      return new Reply(isNew ? 201 : 200, toStaffMessageDto(message));
    });
  }

  @Get()
  @Endpoint({ summary: 'Messages for the staff, newest first', success: { schema: staffMessagePageSchema } })
  async list(
    @CurrentPrincipal() { tenantId }: Principal,
    @Query({ schema: listStaffMessagesSchema }) query: ListStaffMessages,
  ) {
    return toStaffMessagePage(await this.messages.list(tenantId, query));
  }

  @Get(':id')
  @Endpoint({
    summary: 'One message for the staff',
    success: { schema: staffMessageSchema },
    problems: { 404: '`staff-message-not-found`' },
  })
  async get(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
  ) {
    return toStaffMessageDto(await this.messages.get(tenantId, id));
  }

  @Patch(':id')
  @Idempotent()
  @Endpoint({
    summary: 'Pass a message on, or mark it as done',
    success: { schema: staffMessageSchema },
    problems: { 404: '`staff-message-not-found`' },
  })
  update(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
    @Body({ schema: updateStaffMessageSchema }) body: UpdateStaffMessage,
  ) {
    return onceFor(body, async (transaction: Transaction) =>
      toStaffMessageDto(await this.messages.update(transaction, tenantId, id, body)),
    );
  }
}
