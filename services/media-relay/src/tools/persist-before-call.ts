import type { CallLog, ToolDispatcher } from '@tandem/conversation';

const FLUSH_TIMEOUT_MS = 2_000;

/**
 * Returns a tool dispatcher that calls a tool only after the event of the call is stored. The log refuses
 * events of a relay that lost the call, so that such a relay cannot cause an effect twice.
 * @param isGivenUp whether the log has refused an event
 */
export function persistBeforeCall(
  caller: ToolDispatcher,
  log: CallLog,
  isGivenUp: () => boolean,
): ToolDispatcher {
  return {
    call: async (call, onLate) => {
      const flushed = await log.flush(FLUSH_TIMEOUT_MS);
      if (isGivenUp()) return { status: 'cancelled' };
      return flushed === 'stored'
        ? caller.call(call, onLate)
        : { status: 'failed', code: 'queue-unavailable', retryable: true };
    },
    resume: (call, onLate) => caller.resume(call, onLate),
    awaitLate: (call) => caller.awaitLate(call),
    cancelAll: (callId) => caller.cancelAll(callId),
  };
}
