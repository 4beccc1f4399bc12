import { Get, Query } from '@nestjs/common';
import { MessageRepository, type ApiScope } from '@tandem/database';
import { CurrentPrincipal, Endpoint, TenantController, type Principal } from '@tandem/platform';
import { listMessagesSchema, messagePageSchema, toMessagePage, type ListMessages } from './message.dto.ts';

/** Messages to and from people outside. */
@TenantController('messages', { read: 'transcripts:read' satisfies ApiScope })
export class MessagesController {
  constructor(private readonly messages: MessageRepository) {}

  @Get()
  @Endpoint({ summary: 'Messages, newest first', success: { schema: messagePageSchema } })
  async list(
    @CurrentPrincipal() { tenantId }: Principal,
    @Query({ schema: listMessagesSchema }) { limit, cursor, ...filter }: ListMessages,
  ) {
    return toMessagePage(await this.messages.list(tenantId, filter, { limit, cursor }));
  }
}
