import { Get, Query } from '@nestjs/common';
import type { ApiScope } from '@tandem/database';
import { CurrentPrincipal, Endpoint, TenantController, type Principal } from '@tandem/platform';
import { listLiveSchema, liveCallsSchema, toLiveCalls, type ListLive } from './live-call.dto.ts';
import { LiveCallsService } from './live-calls.service.ts';

/** Running calls. */
@TenantController('live-calls', { read: 'calls:read' satisfies ApiScope })
export class LiveCallsController {
  constructor(private readonly calls: LiveCallsService) {}

  @Get()
  @Endpoint({
    summary: 'Running calls',
    description: 'The oldest first. Ended calls are under calls.',
    success: { schema: liveCallsSchema },
  })
  async list(
    @CurrentPrincipal() { tenantId }: Principal,
    @Query({ schema: listLiveSchema }) { limit }: ListLive,
  ) {
    return toLiveCalls(await this.calls.live(tenantId, limit));
  }
}
