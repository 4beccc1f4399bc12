import { Get, Inject, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse } from '@nestjs/swagger';
import type { ApiScope } from '@tandem/database';
import { CurrentPrincipal, TenantController, type Principal } from '@tandem/platform';
import type { z } from 'zod';
import { listLiveSchema, waitingCallsSchema, type ListLive } from './call-command.dto.ts';
import { CallCommands } from './call-commands.service.ts';

const SCOPES = { read: 'calls:read' satisfies ApiScope, write: 'none' };

/** Callers for whom there is no room yet. */
@TenantController('waiting-calls', SCOPES)
export class WaitingCallsController {
  constructor(@Inject(CallCommands) private readonly commands: CallCommands) {}

  @Get()
  @ApiOperation({
    summary: 'Callers who wait in line',
    description:
      'The longest first. When a relay takes them they are under live-calls, else under calls with ' +
      'their refusalReason.',
  })
  @ApiResponse({ status: 200, standardSchema: waitingCallsSchema })
  async list(
    @CurrentPrincipal() caller: Principal,
    @Query({ schema: listLiveSchema }) { limit }: ListLive,
  ): Promise<z.output<typeof waitingCallsSchema>> {
    const waiting = await this.commands.waiting(caller.tenantId, limit);
    return {
      items: waiting.map(({ call: { callId, agentId, from, to, language }, since, becomes }) => ({
        callId,
        agentId,
        from,
        to,
        language,
        waitingSince: since.toISOString(),
        wantsCallback: becomes === 'callback-requested',
      })),
    };
  }
}
