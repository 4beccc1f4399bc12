import { Body, Post } from '@nestjs/common';
import type { Transaction } from '@tandem/database';
import {
  CurrentPrincipal,
  Endpoint,
  Idempotent,
  IdempotencyKey,
  onceFor,
  TenantController,
  type Principal,
} from '@tandem/platform';
import { CRM_SCOPES } from '../crm-scopes.ts';
import { createMessageSchema, messageSchema, toMessageDto, type CreateMessage } from './message.dto.ts';
import { MessagesService } from './messages.service.ts';

@TenantController('messages', CRM_SCOPES)
export class MessagesController {
  constructor(private readonly messages: MessagesService) {}

  @Post()
  @Idempotent()
  @Endpoint({
    summary: 'Send a text message, or an e-mail to a contact',
    description: 'The message is stored and sent within seconds, once per Idempotency-Key.',
    success: { status: 201, schema: messageSchema },
    problems: {
      409: '`opted-out`, `sms-not-set-up`, `mail-not-set-up`, `too-many-messages` (five in a call).',
      422: '`unknown-number`, `no-email`.',
    },
  })
  async create(
    @CurrentPrincipal() principal: Principal,
    @IdempotencyKey() key: string,
    @Body({ schema: createMessageSchema }) body: CreateMessage,
  ) {
    const outgoing = await this.messages.prepare(principal, key, body);
    return onceFor(body, async (transaction: Transaction) =>
      toMessageDto(await this.messages.create(transaction, outgoing)),
    );
  }
}
