import type { ResponseStatus, SpeakRequest } from '@tandem/conversation';
import { CUT_OFF } from '../../provider-failures.ts';
import type { RunningResponse } from './pending-responses.ts';

/** Returns why a response that ended counts as failed, or null. */
export function failureOf(
  running: RunningResponse | null,
  status: ResponseStatus,
  { isClosing, isSilenceRight }: { readonly isClosing: boolean; readonly isSilenceRight: boolean },
): 'response-failed' | 'no-sound' | typeof CUT_OFF | null {
  if (status === 'failed') return 'response-failed';
  // Tool calls are followed by the reply to their results, and a cancelled response is not missed.
  if (status === 'cancelled' || running === null || running.hasTools || running.isCancelled || isClosing)
    return null;
  if (status === 'incomplete') return CUT_OFF;
  return running.hasSound || mayBeSilent(running.request) || isSilenceRight ? null : 'no-sound';
}

/** The request allows a response without a sound. */
function mayBeSilent(request: SpeakRequest): boolean {
  return request.kind === 'say' ? request.text.trim() === '' : request.mayBeSilent === true;
}
