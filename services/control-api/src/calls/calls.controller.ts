import { Get, Inject, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse } from '@nestjs/swagger';
import type { CallId } from '@tandem/contracts';
import { CallRepository, type ApiScope } from '@tandem/database';
import { CurrentPrincipal, Problem, problemSchema, TenantController, type Principal } from '@tandem/platform';
import {
  callDetailSchema,
  callPageSchema,
  callParameterSchema,
  listCallsSchema,
  toCallDetail,
  toCallPage,
  type ListCalls,
} from './call.dto.ts';

/**
 * Nothing is changed here, so nobody holds a scope for it: running calls are changed by
 * CallCommandsController.
 */
const SCOPES = { read: 'calls:read' satisfies ApiScope, write: 'none' };

/** Calls as they are remembered. */
@TenantController('calls', SCOPES)
export class CallsController {
  constructor(@Inject(CallRepository) private readonly calls: CallRepository) {}

  @Get()
  @ApiOperation({ summary: 'Calls, newest first; refused ones too' })
  @ApiResponse({ status: 200, standardSchema: callPageSchema })
  async list(@CurrentPrincipal() caller: Principal, @Query({ schema: listCallsSchema }) query: ListCalls) {
    const { limit, cursor, since, until, variant: variantKey, ...filter } = query;
    const page = await this.calls.list(
      caller.tenantId,
      {
        ...filter,
        variantKey,
        since: since ? new Date(since) : undefined,
        until: until ? new Date(until) : undefined,
      },
      { limit, cursor },
    );
    return toCallPage(page);
  }

  @Get(':callId')
  @ApiOperation({
    summary: 'One call with its transcript and tool calls',
    description: 'A call appears when it has ended and was written down, usually within a second.',
  })
  @ApiResponse({ status: 200, standardSchema: callDetailSchema })
  @ApiResponse({ status: 404, description: '`call-not-found`', standardSchema: problemSchema })
  async get(
    @CurrentPrincipal() caller: Principal,
    @Param({ schema: callParameterSchema }) { callId }: { callId: string },
  ) {
    const call = await this.calls.get(caller.tenantId, callId as CallId);
    if (!call)
      throw new Problem(
        404,
        'call-not-found',
        'No such call',
        'There is no ended call of this id. A call that is still going on appears once it has ended.',
      );
    return toCallDetail(call);
  }
}
