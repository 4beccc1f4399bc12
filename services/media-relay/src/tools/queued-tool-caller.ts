import { Inject, Injectable, Logger } from '@nestjs/common';
import { Sealer, type RelayMessage } from '@tandem/call-state';
import type { CallId, ToolCall, ToolCallBody, ToolCallId, ToolCallJob, ToolOutcome } from '@tandem/contracts';
import type { ToolCaller } from '@tandem/conversation';
import { CONFIG, queueToken, type ServiceConfig } from '@tandem/platform';
import { declarationsFor } from '@tandem/tools';
import type { Queue } from 'bullmq';

interface Pending {
  readonly callId: CallId;
  readonly name: string;
  readonly promise: Promise<ToolOutcome>;
  settle(outcome: ToolOutcome): void;
}

/** Tool calls over BullMQ: job id is the tool call id, so that asking twice is one job; the answer comes by the inbox. */
@Injectable()
export class QueuedToolCaller implements ToolCaller {
  private readonly logger = new Logger(QueuedToolCaller.name);
  private readonly pending = new Map<ToolCallId, Pending>();
  /** Results nobody here waits for: late, or of a call that has moved. */
  unclaimedResults = 0;

  constructor(
    @Inject(CONFIG) private readonly config: ServiceConfig<'media-relay'>,
    @Inject(queueToken('tool-calls')) private readonly queue: Queue<ToolCallJob>,
    @Inject(Sealer) private readonly sealer: Sealer,
  ) {}

  call(call: ToolCall): Promise<ToolOutcome> {
    const known = this.pending.get(call.toolCallId);
    if (known) return known.promise;
    let resolve!: (outcome: ToolOutcome) => void;
    const promise = new Promise<ToolOutcome>((done) => (resolve = done));
    const timer = setTimeout(() => pending.settle({ status: 'timed-out' }), call.deadlineMs);
    const pending: Pending = {
      callId: call.callId,
      name: call.name,
      promise,
      settle: (outcome) => {
        clearTimeout(timer);
        this.pending.delete(call.toolCallId);
        resolve(outcome);
      },
    };
    this.pending.set(call.toolCallId, pending);
    void this.enqueue(call, pending);
    return promise;
  }

  cancelAll(callId: CallId): void {
    for (const [toolCallId, pending] of this.pending) {
      if (pending.callId !== callId) continue;
      pending.settle({ status: 'cancelled' });
      const isCancellable = declarationsFor([pending.name])[0]?.cancellable ?? false;
      // A job already in work cannot be removed and runs to its end.
      if (isCancellable) this.queue.remove(toolCallId).catch(() => undefined);
    }
  }

  /** A message from the inbox. */
  received(message: Extract<RelayMessage, { kind: 'tool-result' }>): void {
    const pending = this.pending.get(message.toolCallId);
    if (pending) pending.settle(message.outcome);
    else this.unclaimedResults += 1;
  }

  private async enqueue(call: ToolCall, pending: Pending): Promise<void> {
    const body: ToolCallBody = { arguments: call.arguments, context: call.context };
    const job: ToolCallJob = {
      toolCallId: call.toolCallId,
      callId: call.callId,
      tenantId: call.tenantId,
      name: call.name,
      sealed: this.sealer.seal(body, `tool-call:${call.toolCallId}`),
      replyTo: this.config.relayId,
      deadlineAt: Date.now() + call.deadlineMs,
    };
    try {
      await this.queue.add('tool-call', job, { jobId: call.toolCallId });
    } catch (error) {
      this.logger.warn({ err: error, callId: call.callId, tool: call.name }, 'a tool call could not be queued');
      pending.settle({ status: 'failed', code: 'queue-unavailable', retryable: true });
    }
  }
}
