import type { ToolCallContext } from '@tandem/contracts';

/**
 * Numbers that stand for no number: the words ANONYMOUS, RESTRICTED, BLOCKED, UNKNOWN and UNAVAILABLE typed on a
 * keypad, as Twilio spells withheld callers (twilio.com/docs/voice/twiml, "From").
 */
const WITHHELD = new Set(['+266696687', '+7378742833', '+2562533', '+8656696', '+86282452253']);
const E164 = /^\+[1-9]\d{6,14}$/;

/** The caller's number, if they showed one. */
export function callerPhone({ callerNumber }: Pick<ToolCallContext, 'callerNumber'>): string | null {
  return E164.test(callerNumber) && !WITHHELD.has(callerNumber) ? callerNumber : null;
}
