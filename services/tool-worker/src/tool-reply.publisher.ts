import { Injectable } from '@nestjs/common';
import { CallStore, RelayInboxWriter } from '@tandem/call-state';
import type { ToolCallJob, ToolOutcome } from '@tandem/contracts';

/** Sends an outcome to the relay that holds the call now, which need not be the one that asked. */
@Injectable()
export class ToolReplyPublisher {
  constructor(
    private readonly records: CallStore,
    private readonly inboxes: RelayInboxWriter,
  ) {}

  /** @throws when Redis cannot be reached; the job then runs again, which is safe */
  async publish(call: ToolCallJob, outcome: ToolOutcome): Promise<void> {
    const standing = await this.records.state(call.callId);
    await this.inboxes.toolResult(standing?.relayId ?? call.replyTo, call.callId, call.toolCallId, outcome);
  }
}
