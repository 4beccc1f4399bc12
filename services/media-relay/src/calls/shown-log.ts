import type { NewCallEvent } from '@tandem/contracts';
import type { CallLog } from '@tandem/conversation';

/** Returns a call log that also shows each event to the caller's end, once it is appended. */
export function shownLog(log: CallLog, show: (event: NewCallEvent) => void): CallLog {
  return {
    append: (event) => {
      log.append(event);
      show(event);
    },
    flush: (timeoutMs) => log.flush(timeoutMs),
  };
}
