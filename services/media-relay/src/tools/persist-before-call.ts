import type { CallLog, ToolCaller } from '@tandem/conversation';

const FLUSH_TIMEOUT_MS = 2_000;

/**
 * Asks for a tool only when the wish for it is on record. The record takes nothing from an owner whose call
 * somebody else has, so a relay that does not know yet has no second effect.
 * @param isGivenUp the record has refused us
 */
export function persistBeforeCall(caller: ToolCaller, log: CallLog, isGivenUp: () => boolean): ToolCaller {
  return {
    call: async (call) => {
      const flushed = await log.flush(FLUSH_TIMEOUT_MS);
      if (isGivenUp()) return { status: 'cancelled' };
      return flushed === 'stored'
        ? caller.call(call)
        : { status: 'failed', code: 'queue-unavailable', retryable: true };
    },
    resume: (call) => caller.resume(call),
    cancelAll: (callId) => caller.cancelAll(callId),
  };
}
