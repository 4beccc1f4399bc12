import { Inject, Injectable, Logger } from '@nestjs/common';
import { openOutcome, sealToolCall, Sealer, type RelayMessage } from '@tandem/call-state';
import type {
  CallId,
  TenantId,
  ToolCall,
  ToolCallBody,
  ToolCallId,
  ToolCallJob,
  ToolOutcome,
} from '@tandem/contracts';
import type { OnLateOutcome, ToolDispatcher } from '@tandem/conversation';
import { CONFIG, queueToken, type ServiceConfig } from '@tandem/platform';
import type { Queue } from 'bullmq';

/** A tool call that waits for its outcome, also for a while after it timed out. */
interface PendingToolCall {
  readonly callId: CallId;
  readonly tenantId: TenantId;
  readonly cancellable: boolean;
  readonly promise: Promise<ToolOutcome>;
  settle(outcome: ToolOutcome): void;
  /** Waits no longer; a call that timed out before stays so. */
  cancel(): void;
}

/**
 * Poll interval for a tool call of another process: its result may have gone to the inbox of that process.
 */
const RESUME_POLL_MS = 250;

/**
 * Makes tool calls over BullMQ. The job id is the tool call id, so that a repeated call is one job; the
 * result comes over the relay's inbox.
 */
@Injectable()
export class QueuedToolDispatcher implements ToolDispatcher {
  private readonly logger = new Logger(QueuedToolDispatcher.name);
  private readonly pending = new Map<ToolCallId, PendingToolCall>();
  /** Results without a waiting call: late, or of a call that was handed over. */
  unclaimedResults = 0;

  constructor(
    @Inject(CONFIG) private readonly config: ServiceConfig<'media-relay'>,
    @Inject(queueToken('tool-calls')) private readonly queue: Queue<ToolCallJob>,
    @Inject(Sealer) private readonly sealer: Sealer,
  ) {}

  call(call: ToolCall, onLate?: OnLateOutcome): Promise<ToolOutcome> {
    const known = this.pending.get(call.toolCallId);
    if (known) return known.promise;
    const pending = this.waitFor(call, onLate);
    void this.enqueue(call, pending);
    return pending.promise;
  }

  resume(call: ToolCall, onLate?: OnLateOutcome): Promise<ToolOutcome> {
    const outcome = this.call(call, onLate);
    void this.pollJob(call);
    return outcome;
  }

  awaitLate(call: ToolCall): Promise<ToolOutcome> {
    const { promise } = this.waitFor({ ...call, lateMs: 0 });
    void this.pollJob(call);
    return promise;
  }

  cancelAll(callId: CallId): void {
    for (const [toolCallId, pending] of this.pending) {
      if (pending.callId !== callId) continue;
      pending.cancel();
      // A job already running cannot be removed and runs to its end.
      if (pending.cancellable) this.queue.remove(toolCallId).catch(() => undefined);
    }
  }

  /** Settles the waiting call with a result from the inbox. */
  onResult(message: Extract<RelayMessage, { kind: 'tool-result' }>): void {
    const pending = this.pending.get(message.toolCallId);
    if (pending) pending.settle(message.outcome);
    else this.unclaimedResults += 1;
  }

  /**
   * Returns how many tool calls of a tenant wait here, the newest included: its place in the queue. One with
   * hundreds comes behind another's first.
   */
  private waitingOf(tenantId: TenantId): number {
    let waiting = 0;
    for (const pending of this.pending.values()) if (pending.tenantId === tenantId) waiting += 1;
    return Math.max(1, waiting);
  }

  private waitFor(
    { toolCallId, callId, tenantId, cancellable, deadlineMs, lateMs }: ToolCall,
    onLate: OnLateOutcome = () => undefined,
  ): PendingToolCall {
    let resolve!: (outcome: ToolOutcome) => void;
    const promise = new Promise<ToolOutcome>((done) => (resolve = done));
    const forget = () => {
      clearTimeout(timer);
      this.pending.delete(toolCallId);
    };
    let settle = resolve;
    let timer = setTimeout(() => {
      resolve({ status: 'timed-out' });
      settle = onLate;
      if (lateMs > 0) timer = setTimeout(forget, lateMs);
      else forget();
    }, deadlineMs);
    const pending: PendingToolCall = {
      callId,
      tenantId,
      cancellable,
      promise,
      settle: (outcome) => {
        forget();
        settle(outcome);
      },
      cancel: () => {
        forget();
        resolve({ status: 'cancelled' });
      },
    };
    this.pending.set(toolCallId, pending);
    return pending;
  }

  private async pollJob({ toolCallId, callId, name }: ToolCall): Promise<void> {
    let hasWarned = false;
    while (this.pending.has(toolCallId)) {
      await new Promise((resolve) => setTimeout(resolve, RESUME_POLL_MS));
      try {
        const outcome = await this.finishedOutcome(toolCallId);
        if (outcome) this.pending.get(toolCallId)?.settle(outcome);
      } catch (error) {
        if (!hasWarned)
          this.logger.warn(
            { err: error, callId, tool: name },
            'tool call of an earlier relay not looked up: queue unavailable, or outcome unreadable',
          );
        hasWarned = true;
      }
    }
  }

  /** Returns the outcome of a finished job, null while it is not finished. */
  private async finishedOutcome(toolCallId: ToolCallId): Promise<ToolOutcome | null> {
    const job = await this.queue.getJob(toolCallId);
    const state = await job?.getState();
    if (state === 'failed') return { status: 'failed', code: 'job-failed', retryable: false };
    return state === 'completed' ? openOutcome(this.sealer, toolCallId, job?.returnvalue) : null;
  }

  private async enqueue(call: ToolCall, pending: PendingToolCall): Promise<void> {
    const { arguments: input, context, http, mcp, web, limits } = call;
    const body: ToolCallBody = { arguments: input, context, http, mcp, web, limits };
    const job: ToolCallJob = {
      toolCallId: call.toolCallId,
      callId: call.callId,
      tenantId: call.tenantId,
      name: call.name,
      sealed: sealToolCall(this.sealer, call.toolCallId, body),
      replyTo: this.config.relayId,
      deadlineAt: Date.now() + call.deadlineMs,
      workUntil: Date.now() + call.deadlineMs + call.lateMs,
      opensOutcome: true,
    };
    try {
      await this.queue.add('tool-call', job, {
        jobId: call.toolCallId,
        priority: this.waitingOf(call.tenantId),
      });
    } catch (error) {
      this.logger.warn({ err: error, callId: call.callId, tool: call.name }, 'tool call not queued');
      pending.settle({ status: 'failed', code: 'queue-unavailable', retryable: true });
    }
  }
}
