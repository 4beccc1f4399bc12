import type { NewCallEvent } from '@tandem/contracts';
import type { CallLog } from '@tandem/conversation';

/** Returns a call log that also warns of events the operator has to act on. */
export function withWarnings(
  log: CallLog,
  warn: (fields: Readonly<Record<string, string>>, message: string) => void,
): CallLog {
  const warnOf = (event: NewCallEvent): void => {
    if (event.type !== 'transcription.failed') return;
    const { provider, code } = event.data;
    warn(
      { provider, code },
      'transcription of the caller failed; call continues without their words on record: check the ' +
        "agent's transcription model",
    );
  };
  return {
    append: (event) => {
      warnOf(event);
      log.append(event);
    },
    flush: (timeoutMs) => log.flush(timeoutMs),
  };
}
