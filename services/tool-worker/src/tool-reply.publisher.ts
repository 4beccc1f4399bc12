import { Injectable } from '@nestjs/common';
import { CallStore, RelayInboxWriter } from '@tandem/call-state';
import type { ToolCallJob, ToolOutcome } from '@tandem/contracts';

/** Sends an outcome to the relay that holds the call now; it may have changed since the tool call. */
@Injectable()
export class ToolReplyPublisher {
  constructor(
    private readonly calls: CallStore,
    private readonly inboxes: RelayInboxWriter,
  ) {}

  /** @throws when Redis cannot be reached; the job then runs again, which is safe */
  async publish(call: ToolCallJob, outcome: ToolOutcome): Promise<void> {
    const state = await this.calls.state(call.callId);
    await this.inboxes.toolResult(state?.relayId ?? call.replyTo, call.callId, call.toolCallId, outcome);
  }
}
