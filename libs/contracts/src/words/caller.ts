import { z } from 'zod';
import { isE164, normalPhone } from './phone-number.ts';

/** Who is calling, as far as the business knows at admission. Personal data: sealed wherever it is kept. */
export const callerSchema = z.object({
  /** The contact's name; null when the number is nobody's we know. */
  name: z.string().max(120).nullable().default(null),
  /** The caller group the number belongs to (`primary`, …); null for none. */
  group: z.string().max(64).nullable().default(null),
  /** The language this caller is spoken to in, when it is known; null for the number's. */
  language: z.string().max(35).nullable().default(null),
});
export type Caller = z.infer<typeof callerSchema>;

/** How a caller who shows no number is named on record, whatever word the carrier has for it. */
export const WITHHELD = 'anonymous';

export const UNKNOWN_CALLER: Caller = { name: null, group: null, language: null };

/**
 * Numbers that stand for no number: the words ANONYMOUS, RESTRICTED, BLOCKED, UNKNOWN and UNAVAILABLE typed
 * on a keypad, as Twilio spells withheld callers (twilio.com/docs/voice/twiml, "From").
 */
const WITHHELD_NUMBERS = /^\+?(?:266696687|7378742833|2562533|8656696|86282452253)$/;
const WITHHELD_WORDS = new Set([
  '',
  'anonymous',
  'restricted',
  'blocked',
  'unknown',
  'unavailable',
  'private',
]);

/** Whether the carrier's "from" says that the caller does not show a number. */
export function isWithheld(from: string): boolean {
  const written = from.trim().toLowerCase();
  return WITHHELD_NUMBERS.test(written) || WITHHELD_WORDS.has(written);
}

/** The user part of a SIP or tel address, without its parameters. */
const ADDRESS_USER = /^(?:sips?:([^@;:]+)[^@]*@|tel:([^;]+))/i;

/** What stands for a number, or for none, in what a carrier writes of a party. */
export function partyUser(party: string): string {
  const address = ADDRESS_USER.exec(party);
  return (address?.[1] ?? address?.[2] ?? party).replace(/^%2b/i, '+');
}

/**
 * The number in what a carrier writes of a party, SIP addresses included, in its normal form; null when there
 * is none. @param near see {@link normalPhone}
 */
export function partyNumber(party: string, near?: string): string | null {
  return normalPhone(partyUser(party), near);
}

/** The caller's number in E.164, if they showed one. */
export function shownNumber(from: string): string | null {
  return isE164(from) && !isWithheld(from) ? from : null;
}
