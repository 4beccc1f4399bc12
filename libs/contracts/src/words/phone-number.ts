import {
  isSupportedCountry,
  parsePhoneNumberFromString,
  type CountryCode,
  type PhoneNumber,
} from 'libphonenumber-js';
import { cleanedText } from './text.ts';

/*
 * Phone numbers have one normal form: E.164, as the numbering plan of the country has it now. It is made at
 * the door and where numbers are entered; everything behind compares and stores that.
 */

/**
 * Longest address of a party that is taken anywhere, in characters: a number, a SIP address or a client's
 * name.
 */
export const MAX_PARTY_LENGTH = 256;

/** A caller or called party: a number in its normal form, `anonymous`, or an address without a number. */
export const partySchema = cleanedText().max(MAX_PARTY_LENGTH);

const E164 = /^\+[1-9]\d{6,14}$/;
/** With every separator people use, in characters. */
const MAX_WRITTEN = 64;
const SEPARATORS = /[\s().\-/]/g;

/** Old spellings of current numbers, which carriers and address books still use, and their present forms. */
const RENUMBERED: readonly (readonly [old: RegExp, now: string])[] = [
  // Mexico, August 2019: mobile numbers lost the 1.
  [/^\+521(\d{10})$/, '+52$1'],
  // Brazil, until November 2016: mobile numbers got a 9 in front. Landlines begin with 2 to 5.
  [/^\+55([1-9]\d)([6-9]\d{7})$/, '+55$19$2'],
];

/** The other ways in which a number in its normal form is written. */
const ALSO_WRITTEN: readonly (readonly [now: RegExp, other: string])[] = [
  [/^\+52([1-9]\d{9})$/, '+521$1'],
  [/^\+55([1-9]\d)9([6-9]\d{7})$/, '+55$1$2'],
  // Argentina: mobiles have a 9 that is often left out, and the numbering plan does not tell mobiles from
  // other numbers.
  [/^\+549(\d{10})$/, '+54$1'],
  [/^\+54([1-8]\d{9})$/, '+549$1'],
];

/**
 * The normal form of a number, however it is written; null when it is none. A number that is E.164 already is
 * taken even where no numbering plan knows it: carriers deliver such numbers, and the caller still wants to
 * book.
 * @param near the country whose habits hold for a number without a plus, as ISO 3166 letters or as the E.164
 * of a party there: near +1, `2025550123` is +12025550123. Without it such a number is read as one whose plus
 * was left out.
 */
export function normalPhone(text: string, near?: string): string | null {
  if (text.length > MAX_WRITTEN) return null;
  const compact = text.replace(SEPARATORS, '');
  if (compact.startsWith('+')) return international(compact);
  return /^\d{4,20}$/.test(compact) ? fromDigits(compact, near) : null;
}

export function isE164(text: string): boolean {
  return E164.test(text);
}

/** Returns whether the numbering plan of a country is known, by its ISO 3166 letters. */
export function isPhoneCountry(text: string): text is CountryCode {
  return isSupportedCountry(text);
}

/**
 * Returns every form in which one number is written in old records and by carriers, its normal form first.
 */
export function writtenForms(e164: string): string[] {
  const normal = asPlanned(e164);
  return [
    normal,
    ...ALSO_WRITTEN.flatMap(([now, other]) => (now.test(normal) ? normal.replace(now, other) : [])),
  ];
}

function asPlanned(e164: string): string {
  const found = RENUMBERED.find(([old]) => old.test(e164));
  return found ? e164.replace(...found) : e164;
}

function international(compact: string): string | null {
  const planned = asPlanned(compact);
  const number = parse(planned);
  if (number?.isPossible()) return asPlanned(number.number);
  return E164.test(planned) ? planned : null;
}

/**
 * Tries the number as people of the country write it, then as one whose plus was left out, then as anything
 * that can be dialled there.
 */
function fromDigits(digits: string, near: string | undefined): string | null {
  const local = near === undefined ? undefined : parse(digits, near);
  if (local?.isValid() && isWritten(local, digits)) return asPlanned(local.number);
  const abroad = asPlanned(`+${digits}`);
  if (parse(abroad)?.isValid()) return abroad;
  return local?.isPossible() ? asPlanned(local.number) : null;
}

/**
 * Returns whether these are the digits that people of the number's country write: in most, with a 0 in front.
 */
function isWritten(number: PhoneNumber, digits: string): boolean {
  const written = number.formatNational();
  // A number no format is known for comes out as bare digits.
  return written !== digits && written.replace(/\D/g, '') === digits;
}

function parse(text: string, near?: string): PhoneNumber | undefined {
  return parsePhoneNumberFromString(text, { extract: false, ...(near === undefined ? {} : habitsOf(near)) });
}

/** Toll-free numbers of +1 belong to no country. */
function habitsOf(near: string): { defaultCountry: CountryCode } | { defaultCallingCode: string } | object {
  if (isPhoneCountry(near)) return { defaultCountry: near };
  const { country, countryCallingCode } = parse(near) ?? {};
  if (country !== undefined) return { defaultCountry: country };
  return countryCallingCode === undefined ? {} : { defaultCallingCode: countryCallingCode };
}
