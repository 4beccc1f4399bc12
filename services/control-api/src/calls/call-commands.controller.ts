import { Body, Param, Post } from '@nestjs/common';
import type { ApiScope } from '@tandem/database';
import { CurrentPrincipal, Endpoint, TenantController, type Principal } from '@tandem/platform';
import { callParameterSchema, type CallParameter } from './call.dto.ts';
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

const SCOPES = { read: 'calls:read', write: 'calls:control' } as const satisfies Record<string, ApiScope>;
const DONE_LATER =
  'Accepted when the relay that holds the call has the command; the caller hears it a moment later.';
const ACCEPTED = { status: 202, schema: commandAcceptedSchema };
const NOT_FOUND = '`call-not-found`';
const NOT_HELD = '`call-over` or `call-not-held`';

/** Commands for running calls. */
@TenantController('calls', SCOPES)
export class CallCommandsController {
  constructor(private readonly commands: CallCommands) {}

  @Post(':callId/transfer')
  @Endpoint({
    summary: 'Put the caller through to a department',
    description: `The agent announces it. If no person takes the call, the agent goes on. ${DONE_LATER}`,
    success: ACCEPTED,
    problems: {
      404: NOT_FOUND,
      409: '`call-over`, `call-not-held` or `department-closed`',
      422: '`unknown-department`; `departments` lists the known ones',
    },
  })
  async transfer(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: callParameterSchema }) { callId }: CallParameter,
    @Body({ schema: transferCallSchema }) body: TransferCall,
  ): Promise<CommandAccepted> {
    await this.commands.transfer(tenantId, callId, body);
    return { callId, command: 'transfer' };
  }

  @Post(':callId/agent')
  @Endpoint({
    summary: 'Change the agent of the call',
    description:
      'Instructions, tools, turn detection, noise reduction, language or pace, for the rest of this call ' +
      `only. ${DONE_LATER}`,
    success: ACCEPTED,
    problems: { 404: NOT_FOUND, 409: NOT_HELD, 422: '`unknown-tool`; the detail lists the known ones' },
  })
  async change(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: callParameterSchema }) { callId }: CallParameter,
    @Body({ schema: changeAgentSchema }) body: ChangeAgent,
  ): Promise<CommandAccepted> {
    await this.commands.change(tenantId, callId, body);
    return { callId, command: 'change' };
  }

  @Post(':callId/recording')
  @Endpoint({
    summary: 'Pause or resume the recording of the call',
    description: `The recording has silence in between. ${DONE_LATER}`,
    success: ACCEPTED,
    problems: { 404: NOT_FOUND, 409: NOT_HELD },
  })
  async recording(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: callParameterSchema }) { callId }: CallParameter,
    @Body({ schema: steerRecordingSchema }) body: SteerRecording,
  ): Promise<CommandAccepted> {
    await this.commands.recording(tenantId, callId, body);
    return { callId, command: 'recording' };
  }

  @Post(':callId/end')
  @Endpoint({
    summary: 'End the call',
    description: `The agent says a short goodbye first. ${DONE_LATER}`,
    success: ACCEPTED,
    problems: { 404: NOT_FOUND, 409: NOT_HELD },
  })
  async end(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: callParameterSchema }) { callId }: CallParameter,
  ): Promise<CommandAccepted> {
    await this.commands.end(tenantId, callId);
    return { callId, command: 'end' };
  }
}
