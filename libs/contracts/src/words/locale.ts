import { z } from 'zod';

function canonical(tag: string): string | null {
  try {
    return Intl.getCanonicalLocales(tag)[0] ?? null;
  } catch {
    return null;
  }
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** A language tag (BCP 47); comes out in its usual spelling. */
export const languageSchema = z
  .string()
  .trim()
  .min(2)
  .max(35)
  .refine((tag) => canonical(tag) !== null, 'must be a language tag, such as en-US or es')
  .overwrite((tag) => canonical(tag) ?? tag)
  .describe('BCP 47, such as en-US or es.');

export const timeZoneSchema = z
  .string()
  .min(1)
  .max(64)
  .refine(isTimeZone, 'must be an IANA time zone, such as America/New_York');

/** The English name of a tag's language; null where there is none. */
export function languageName(tag: string): string | null {
  const base = canonical(tag)?.split('-')[0];
  return (base && new Intl.DisplayNames(['en'], { type: 'language', fallback: 'none' }).of(base)) ?? null;
}
