import { z } from 'zod';
import { isE164, normalPhone } from './phone-number.ts';

/** The caller, as the business knows them at admission. Personal data: sealed wherever it is kept. */
export const callerSchema = z.object({
  /** The contact's name; null for an unknown number. */
  name: z.string().max(120).nullable().default(null),
  /** The caller group the number belongs to (`primary`, …); null for none. */
  group: z.string().max(64).nullable().default(null),
  /** The language this caller is spoken to in, when it is known; null for the number's. */
  language: z.string().max(35).nullable().default(null),
});
export type Caller = z.infer<typeof callerSchema>;

/** Stands for a caller who shows no number, whatever word the carrier uses. */
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

/** Returns whether the carrier's "from" means that the caller withholds the number. */
export function isWithheld(from: string): boolean {
  const written = from.trim().toLowerCase();
  return WITHHELD_NUMBERS.test(written) || WITHHELD_WORDS.has(written);
}

/** The user part of a SIP or tel address, without its parameters. */
const ADDRESS_USER = /^(?:sips?:([^@;:]+)[^@]*@|tel:([^;]+))/i;

/** Returns the user part of a carrier's party: a number, or a word for a withheld one. */
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

/** Returns the caller's number in E.164 if they show one. */
export function shownNumber(from: string): string | null {
  return isE164(from) && !isWithheld(from) ? from : null;
}
