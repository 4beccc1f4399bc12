import type { CallId, ToolCall, ToolOutcome } from '@tandem/contracts';

/** Called once at most, with the outcome of a call that had timed out and was not cancelled. */
export type OnLateOutcome = (outcome: ToolOutcome) => void;

/**
 * Has tool calls carried out. The promise never rejects; it resolves at the call's deadline with `timed-out`
 * at the latest, and `onLate` follows if the work ends within `lateMs` after that. An unreachable queue is
 * `failed`, retryable. Two requests with the same `toolCallId` have one effect, and both promises get its
 * outcome.
 */
export interface ToolDispatcher {
  call(call: ToolCall, onLate?: OnLateOutcome): Promise<ToolOutcome>;
  /**
   * Joins a call requested by another process, whether it is waiting, running or done. Requests it only if it
   * never arrived, so it still has one effect.
   */
  resume(call: ToolCall, onLate?: OnLateOutcome): Promise<ToolOutcome>;
  /**
   * Waits for the outcome of a call that had timed out in another process, and never requests it: a job that
   * was lost is not begun anew. Resolves with `timed-out` at the deadline.
   */
  awaitLate(call: ToolCall): Promise<ToolOutcome>;
  /** Stops waiting for this call's tools, and cancels those declared cancellable. */
  cancelAll(callId: CallId): void;
}
