import { textsOf } from '@tandem/contracts';
import type { Clock } from '../../ports/clock.ts';
import type { SpeakRequest } from '../../ports/voice-model.ts';
import type { CallInfo } from '../call-info.ts';
import type { FirstWords } from '../speech/greeting.ts';
import type { Takeover } from './takeover.ts';

/** A handed-over call may be silent for this long; a longer silence is explained. */
const AUDIBLE_GAP_MS = 1_500;
/**
 * The least time until a waiting caller hears the model's answer: a session opens in four round trips, and
 * the first audio takes some tenths of a second. The explanation is cached and plays at once.
 */
const ANSWER_TAKES_MS = 1_000;

const REPLY: SpeakRequest = { kind: 'reply' };

/**
 * Returns what is said first on the new stream. An audible gap is explained, and so is a lost relay: what the
 * caller said meanwhile is unknown, and they would wait for an answer. A waiting caller is answered, once
 * awaited outcomes have come. A short gap of a handed-over call needs no words.
 */
export function resumeOpening(takeover: Takeover, call: CallInfo, clock: Clock): FirstWords {
  const texts = textsOf(call.agent, call.language);
  if (takeover.hasReturned) return { text: texts.transferFailed, isPersonal: false, then: REPLY };
  const isWaitingForTools = takeover.openTools.length > 0;
  const isReplyPending = takeover.isReplyPending && !isWaitingForTools;
  const silentMs = clock.wallTime() - takeover.lastSignAt + (isReplyPending ? ANSWER_TAKES_MS : 0);
  const isAudible = !takeover.isHandedOver || silentMs > AUDIBLE_GAP_MS;
  const isReplyNow = (isAudible || isReplyPending) && !isWaitingForTools;
  return { text: isAudible ? texts.bridge : '', isPersonal: false, then: isReplyNow ? REPLY : null };
}
