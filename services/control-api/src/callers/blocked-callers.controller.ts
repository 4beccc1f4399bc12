import { Body, Delete, Get, HttpCode, Inject, Param, Put, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse } from '@nestjs/swagger';
import { BlockedCallerRepository } from '@tandem/database';
import { CurrentPrincipal, Problem, problemSchema, TenantController, type Principal } from '@tandem/platform';
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
} from './blocked-caller.dto.ts';

/** Callers who are turned away, at one number or at all. */
@TenantController('blocked-callers', ADMIN_SCOPES)
export class BlockedCallersController {
  constructor(@Inject(BlockedCallerRepository) private readonly blocked: BlockedCallerRepository) {}

  @Get()
  @ApiOperation({ summary: 'Blocked callers, newest first' })
  @ApiResponse({ status: 200, standardSchema: blockedPageSchema })
  async list(
    @CurrentPrincipal() caller: Principal,
    @Query({ schema: listBlockedSchema }) query: ListBlocked,
  ) {
    return toBlockedPage(await this.blocked.list(caller.tenantId, query));
  }

  @Put(':pattern')
  @HttpCode(204)
  @ApiOperation({ summary: 'Block a number, or all numbers that begin alike' })
  @ApiResponse({ status: 204 })
  @ApiResponse({ status: 422, description: '`unknown-number`', standardSchema: problemSchema })
  async block(
    @CurrentPrincipal() caller: Principal,
    @Param({ schema: patternParameterSchema }) { pattern }: { pattern: string },
    @Body({ schema: blockSchema }) { numberId, note }: Block,
  ): Promise<void> {
    const outcome = await this.blocked.block(caller.tenantId, { pattern, phoneNumberId: numberId, note });
    if (outcome === 'unknown-number')
      throw new Problem(
        422,
        'unknown-number',
        'No such number',
        'There is no phone number of ours with this numberId. Ask for the list of numbers, or leave ' +
          'numberId out to block the caller everywhere.',
      );
  }

  @Delete(':pattern')
  @HttpCode(204)
  @ApiOperation({ summary: 'Unblock what was blocked under the same pattern, at the same number' })
  @ApiResponse({ status: 204, description: 'Also when it was not there.' })
  async unblock(
    @CurrentPrincipal() caller: Principal,
    @Param({ schema: patternParameterSchema }) { pattern }: { pattern: string },
    @Query({ schema: unblockSchema }) { numberId }: { numberId?: string },
  ): Promise<void> {
    await this.blocked.unblock(caller.tenantId, pattern, numberId ?? null);
  }
}
