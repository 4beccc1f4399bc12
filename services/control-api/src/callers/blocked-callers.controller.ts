import { Body, Delete, Get, Param, Put, Query } from '@nestjs/common';
import { CurrentPrincipal, Endpoint, TenantController, type Principal } from '@tandem/platform';
import { ADMIN_SCOPES } from '../admin-scopes.ts';
import {
  blockedPageSchema,
  blockSchema,
  listBlockedSchema,
  patternParameterSchema,
  toBlockedPage,
  unblockSchema,
  type Block,
  type ListBlocked,
  type PatternParameter,
  type Unblock,
} from './blocked-caller.dto.ts';
import { BlockedCallersService } from './blocked-callers.service.ts';

/** Callers who are refused, at one number or at all. */
@TenantController('blocked-callers', ADMIN_SCOPES)
export class BlockedCallersController {
  constructor(private readonly blocked: BlockedCallersService) {}

  @Get()
  @Endpoint({ summary: 'Blocked callers, newest first', success: { schema: blockedPageSchema } })
  async list(
    @CurrentPrincipal() { tenantId }: Principal,
    @Query({ schema: listBlockedSchema }) query: ListBlocked,
  ) {
    return toBlockedPage(await this.blocked.list(tenantId, query));
  }

  @Put(':pattern')
  @Endpoint({
    summary: 'Block a number, or all numbers with a prefix',
    success: { status: 204 },
    problems: { 422: '`unknown-number`' },
  })
  async block(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: patternParameterSchema }) { pattern }: PatternParameter,
    @Body({ schema: blockSchema }) body: Block,
  ): Promise<void> {
    await this.blocked.block(tenantId, pattern, body);
  }

  @Delete(':pattern')
  @Endpoint({
    summary: 'Remove a block',
    description: 'Pattern and number must be the same as when you blocked it.',
    success: { status: 204, description: 'Also when it was not there.' },
  })
  async unblock(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: patternParameterSchema }) { pattern }: PatternParameter,
    @Query({ schema: unblockSchema }) { numberId }: Unblock,
  ): Promise<void> {
    await this.blocked.unblock(tenantId, pattern, numberId ?? null);
  }
}
