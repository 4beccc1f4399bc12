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
import { callDetailSchema, toCallDetail, withoutWords } from './call-detail.dto.ts';
import { CallsService } from './calls.service.ts';

const WORDS: ApiScope = 'transcripts:read';

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
    description:
      'A call appears once it has ended and is stored, usually within a second. Transcript, tool calls, ' +
      'detail of the disposition and analyses are empty without `transcripts:read`.',
    success: { schema: callDetailSchema },
    problems: { 404: '`call-not-found`' },
  })
  async get(
    @CurrentPrincipal() { tenantId, scopes }: Principal,
    @Param({ schema: callParameterSchema }) { callId }: CallParameter,
  ) {
    const call = await this.calls.get(tenantId, callId);
    return scopes.includes(WORDS)
      ? toCallDetail(call, await this.calls.analyses(tenantId, callId))
      : toCallDetail(withoutWords(call), []);
  }
}
