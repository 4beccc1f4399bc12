import { Body, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiResponse } from '@nestjs/swagger';
import type { CallId } from '@tandem/contracts';
import type { ApiScope } from '@tandem/database';
import { CurrentPrincipal, problemSchema, TenantController, type Principal } from '@tandem/platform';
import { callParameterSchema } from './call.dto.ts';
import {
  changeAgentSchema,
  commandAcceptedSchema,
  steerRecordingSchema,
  transferCallSchema,
  type ChangeAgent,
  type CommandAccepted,
  type SteerRecording,
  type TransferCall,
} from './call-command.dto.ts';
import { CallCommands } from './call-commands.service.ts';

const SCOPES = { read: 'calls:read' satisfies ApiScope, write: 'calls:control' satisfies ApiScope };
const DONE_LATER =
  'Answered when the relay that holds the call has been told; the caller hears it a moment later.';

/** Running calls as operators change them. */
@TenantController('calls', SCOPES)
export class CallCommandsController {
  constructor(@Inject(CallCommands) private readonly commands: CallCommands) {}

  @Post(':callId/transfer')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Put the caller through to a department',
    description:
      'The agent says so and lets go; if nobody takes the call, the caller is back with the agent. ' +
      `${DONE_LATER}`,
  })
  @ApiResponse({ status: 202, standardSchema: commandAcceptedSchema })
  @ApiResponse({ status: 404, description: '`call-not-found`', standardSchema: problemSchema })
  @ApiResponse({
    status: 409,
    description: '`call-over`, `call-not-held` or `department-closed`',
    standardSchema: problemSchema,
  })
  @ApiResponse({
    status: 422,
    description: '`unknown-department`, with the `departments` there are',
    standardSchema: problemSchema,
  })
  async transfer(
    @CurrentPrincipal() caller: Principal,
    @Param({ schema: callParameterSchema }) { callId }: { callId: string },
    @Body({ schema: transferCallSchema }) body: TransferCall,
  ): Promise<CommandAccepted> {
    await this.commands.transfer(caller.tenantId, callId as CallId, body);
    return { callId, command: 'transfer' };
  }

  @Post(':callId/agent')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Change the agent of the call',
    description:
      'Instructions, tools, turn detection, noise reduction, language or pace, for the rest of this call ' +
      `only. ${DONE_LATER}`,
  })
  @ApiResponse({ status: 202, standardSchema: commandAcceptedSchema })
  @ApiResponse({ status: 404, description: '`call-not-found`', standardSchema: problemSchema })
  @ApiResponse({ status: 409, description: '`call-over` or `call-not-held`', standardSchema: problemSchema })
  @ApiResponse({
    status: 422,
    description: '`unknown-tool`, with the tools there are',
    standardSchema: problemSchema,
  })
  async change(
    @CurrentPrincipal() caller: Principal,
    @Param({ schema: callParameterSchema }) { callId }: { callId: string },
    @Body({ schema: changeAgentSchema }) body: ChangeAgent,
  ): Promise<CommandAccepted> {
    await this.commands.change(caller.tenantId, callId as CallId, body);
    return { callId, command: 'change' };
  }

  @Post(':callId/recording')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Pause or resume the recording of the call',
    description: `Silence stands in the recording for the time between. ${DONE_LATER}`,
  })
  @ApiResponse({ status: 202, standardSchema: commandAcceptedSchema })
  @ApiResponse({ status: 404, description: '`call-not-found`', standardSchema: problemSchema })
  @ApiResponse({ status: 409, description: '`call-over` or `call-not-held`', standardSchema: problemSchema })
  async recording(
    @CurrentPrincipal() caller: Principal,
    @Param({ schema: callParameterSchema }) { callId }: { callId: string },
    @Body({ schema: steerRecordingSchema }) body: SteerRecording,
  ): Promise<CommandAccepted> {
    await this.commands.recording(caller.tenantId, callId as CallId, body);
    return { callId, command: 'recording' };
  }

  @Post(':callId/end')
  @HttpCode(202)
  @ApiOperation({
    summary: 'End the call',
    description: `The agent says a short goodbye first. ${DONE_LATER}`,
  })
  @ApiResponse({ status: 202, standardSchema: commandAcceptedSchema })
  @ApiResponse({ status: 404, description: '`call-not-found`', standardSchema: problemSchema })
  @ApiResponse({ status: 409, description: '`call-over` or `call-not-held`', standardSchema: problemSchema })
  async end(
    @CurrentPrincipal() caller: Principal,
    @Param({ schema: callParameterSchema }) { callId }: { callId: string },
  ): Promise<CommandAccepted> {
    await this.commands.end(caller.tenantId, callId as CallId);
    return { callId, command: 'end' };
  }
}
