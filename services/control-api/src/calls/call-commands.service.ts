import { Injectable } from '@nestjs/common';
import { CallStore, RelayInboxWriter, type RelayCommand } from '@tandem/call-state';
import { isDepartmentOpen, mcpToolNames, type CallId, type RelayId, type TenantId } from '@tandem/contracts';
import { Problem } from '@tandem/platform';
import { refuseUnknownTools } from '../agents/known-tools.ts';
import type { ChangeAgent, SteerRecording, TransferCall } from './call-command.dto.ts';
import { fromRedis } from './from-redis.ts';

/**
 * Sends commands to the relay that holds a call, so that the conversation ends or moves on as it would by
 * itself.
 */
@Injectable()
export class CallCommands {
  constructor(
    private readonly calls: CallStore,
    private readonly inboxes: RelayInboxWriter,
  ) {}

  /** @throws Problem 404, 409, 422; DependencyUnavailable when Redis is away */
  async transfer(tenantId: TenantId, callId: CallId, { department, summary }: TransferCall): Promise<void> {
    const relayId = await this.holder(tenantId, callId);
    const agent = (await fromRedis(this.calls.record(callId)))?.agent;
    const found = agent?.directory.find(({ key }) => key === department);
    if (!agent || !found) {
      const departments = agent?.directory.map(({ key }) => key) ?? [];
      throw new Problem(
        422,
        'unknown-department',
        'No such department',
        'The directory of this call has no department of this key. It has: ' +
          `${departments.join(', ') || 'none'}.`,
        { departments },
      );
    }
    if (!isDepartmentOpen(found, agent.timeZone, new Date())) {
      throw new Problem(
        409,
        'department-closed',
        'The department is closed',
        'Nobody is there to take the call now. Choose another department, or wait for its hours.',
      );
    }
    await this.send(relayId, { kind: 'transfer', callId, department, summary });
  }

  /** @throws Problem 404, 409; DependencyUnavailable when Redis is away */
  async end(tenantId: TenantId, callId: CallId): Promise<void> {
    await this.send(await this.holder(tenantId, callId), { kind: 'end', callId });
  }

  /** @throws Problem 404, 409, 422; DependencyUnavailable when Redis is away */
  async change(tenantId: TenantId, callId: CallId, change: ChangeAgent): Promise<void> {
    const relayId = await this.holder(tenantId, callId);
    if (change.tools) {
      const agent = (await fromRedis(this.calls.record(callId)))?.agent;
      const { httpTools = [], mcpServers = [] } = agent ?? {};
      refuseUnknownTools(change.tools, [...httpTools.map(({ name }) => name), ...mcpToolNames(mcpServers)]);
    }
    await this.send(relayId, { kind: 'change', callId, change });
  }

  /** @throws Problem 404, 409; DependencyUnavailable when Redis is away */
  async recording(tenantId: TenantId, callId: CallId, { state }: SteerRecording): Promise<void> {
    await this.send(await this.holder(tenantId, callId), { kind: 'recording', callId, state });
  }

  private async holder(tenantId: TenantId, callId: CallId): Promise<RelayId> {
    const call = await fromRedis(this.calls.state(callId));
    if (!call || call.tenantId !== tenantId)
      throw new Problem(
        404,
        'call-not-found',
        'No such call',
        'No call of this id is running or was running a short while ago.',
      );
    if (call.phase === 'ended')
      throw new Problem(
        409,
        'call-over',
        'The call is over',
        'It has ended, so nothing can be done with it any more. GET it for its transcript.',
      );
    if (call.phase !== 'connected' || !call.relayId) {
      throw new Problem(
        409,
        'call-not-held',
        'The agent does not have the call',
        'It is ringing, or being put through to a person. Try again when the agent speaks with the caller.',
      );
    }
    return call.relayId;
  }

  private send(relayId: RelayId, command: RelayCommand): Promise<void> {
    return fromRedis(this.inboxes.command(relayId, command));
  }
}
