import type { NewCallEvent } from '@tandem/contracts';
import type { CallLog } from '@tandem/conversation';

/** A call log that warns whoever runs the deployment of facts they have to do something about. */
export function warnedLog(
  log: CallLog,
  warn: (fields: Readonly<Record<string, string>>, message: string) => void,
): CallLog {
  const tell = (fact: NewCallEvent): void => {
    if (fact.type !== 'transcription.failed') return;
    const { provider, code } = fact.data;
    warn(
      { provider, code },
      'transcription of a caller failed: the call goes on, their words are not on record; check the ' +
        'transcription model of the agent',
    );
  };
  return {
    append: (fact) => {
      tell(fact);
      log.append(fact);
    },
    flush: (timeoutMs) => log.flush(timeoutMs),
  };
}
