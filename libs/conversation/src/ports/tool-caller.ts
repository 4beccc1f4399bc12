import type { CallId, ToolCall, ToolOutcome } from '@tandem/contracts';

/**
 * Carries a tool call to where it is done. The promise always resolves, at the latest at the call's deadline
 * with `timed-out`, and never rejects: a queue that is away is `failed`, retryable. Asking twice with the
 * same `toolCallId` has one effect and both promises get its outcome.
 */
export interface ToolCaller {
  call(call: ToolCall): Promise<ToolOutcome>;
  /**
   * Joins a call that another process has asked for, wherever it is by now: waiting, at work, or done. It is
   * asked for only if it never arrived, so it has one effect all the same.
   */
  resume(call: ToolCall): Promise<ToolOutcome>;
  /** Gives up waiting for this call's tools, and stops those that say they may be stopped. */
  cancelAll(callId: CallId): void;
}
