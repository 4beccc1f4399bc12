import type { CallId, ToolCall, ToolOutcome } from '@tandem/contracts';

/**
 * Has tool calls carried out. The promise never rejects; it resolves at the call's deadline with `timed-out`
 * at the latest, and an unreachable queue is `failed`, retryable. Two requests with the same `toolCallId`
 * have one effect, and both promises get its outcome.
 */
export interface ToolDispatcher {
  call(call: ToolCall): Promise<ToolOutcome>;
  /**
   * Joins a call requested by another process, whether it is waiting, running or done. Requests it only if it
   * never arrived, so it still has one effect.
   */
  resume(call: ToolCall): Promise<ToolOutcome>;
  /** Stops waiting for this call's tools, and cancels those declared cancellable. */
  cancelAll(callId: CallId): void;
}
