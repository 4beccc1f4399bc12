import { Get, Param, Query } from '@nestjs/common';
import type { ApiScope } from '@tandem/database';
import { CurrentPrincipal, Endpoint, TenantController, type Principal } from '@tandem/platform';
import {
  callPageSchema,
  callParameterSchema,
  listCallsSchema,
  toCallPage,
  type CallParameter,
  type ListCalls,
} from './call.dto.ts';
import { callDetailSchema, toCallDetail } from './call-detail.dto.ts';
import { CallsService } from './calls.service.ts';

/** Stored calls. */
@TenantController('calls', { read: 'calls:read' satisfies ApiScope })
export class CallsController {
  constructor(private readonly calls: CallsService) {}

  @Get()
  @Endpoint({ summary: 'Calls, newest first; refused ones too', success: { schema: callPageSchema } })
  async list(
    @CurrentPrincipal() { tenantId }: Principal,
    @Query({ schema: listCallsSchema }) query: ListCalls,
  ) {
    return toCallPage(await this.calls.list(tenantId, query));
  }

  @Get(':callId')
  @Endpoint({
    summary: 'One call with its transcript, tool calls and analyses',
    description: 'A call appears once it has ended and is stored, usually within a second.',
    success: { schema: callDetailSchema },
    problems: { 404: '`call-not-found`' },
  })
  async get(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: callParameterSchema }) { callId }: CallParameter,
  ) {
    const call = await this.calls.get(tenantId, callId);
    return toCallDetail(call, await this.calls.analyses(tenantId, callId));
  }
}
