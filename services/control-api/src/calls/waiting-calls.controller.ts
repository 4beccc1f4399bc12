import { Get, Query } from '@nestjs/common';
import type { ApiScope } from '@tandem/database';
import { CurrentPrincipal, Endpoint, TenantController, type Principal } from '@tandem/platform';
import { listLiveSchema, toWaitingCalls, waitingCallsSchema, type ListLive } from './live-call.dto.ts';
import { LiveCallsService } from './live-calls.service.ts';

/** Callers in line for an agent. */
@TenantController('waiting-calls', { read: 'calls:read' satisfies ApiScope })
export class WaitingCallsController {
  constructor(private readonly calls: LiveCallsService) {}

  @Get()
  @Endpoint({
    summary: 'Callers in line',
    description:
      'The longest wait first. Once a relay takes the call it is under live-calls, otherwise under calls ' +
      'with its refusalReason.',
    success: { schema: waitingCallsSchema },
  })
  async list(
    @CurrentPrincipal() { tenantId }: Principal,
    @Query({ schema: listLiveSchema }) { limit }: ListLive,
  ) {
    return toWaitingCalls(await this.calls.waiting(tenantId, limit));
  }
}
