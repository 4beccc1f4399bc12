import { Get, Inject, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse } from '@nestjs/swagger';
import type { ApiScope } from '@tandem/database';
import { CurrentPrincipal, TenantController, type Principal } from '@tandem/platform';
import type { z } from 'zod';
import { listLiveSchema, liveCallsSchema, type ListLive } from './call-command.dto.ts';
import { CallCommands } from './call-commands.service.ts';

const SCOPES = { read: 'calls:read' satisfies ApiScope, write: 'none' };

/** Calls that are going on, for whoever wants to do something with one of them. */
@TenantController('live-calls', SCOPES)
export class LiveCallsController {
  constructor(@Inject(CallCommands) private readonly commands: CallCommands) {}

  @Get()
  @ApiOperation({
    summary: 'Calls that are going on',
    description: 'The oldest first. When they have ended they are under calls.',
  })
  @ApiResponse({ status: 200, standardSchema: liveCallsSchema })
  async list(
    @CurrentPrincipal() caller: Principal,
    @Query({ schema: listLiveSchema }) { limit }: ListLive,
  ): Promise<z.output<typeof liveCallsSchema>> {
    const live = await this.commands.live(caller.tenantId, limit);
    return {
      items: live.flatMap(({ callId, phase, relayId, admittedAt }) =>
        phase === 'ended'
          ? []
          : [{ callId, state: phase, relayId, admittedAt: new Date(admittedAt).toISOString() }],
      ),
    };
  }
}
