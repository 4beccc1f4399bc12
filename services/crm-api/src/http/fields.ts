import { parsePhoneNumberFromString } from 'libphonenumber-js';
import { DateTime } from 'luxon';
import { z } from 'zod';

const E164 = /^\+[1-9]\d{6,14}$/;

/**
 * A phone number with its country code, however it is written; comes out as E.164. A number that is E.164 already is
 * taken even where no numbering plan knows it: carriers deliver such numbers, and the caller still wants to book.
 */
export const phoneSchema = z
  .string()
  .trim()
  .min(4)
  .max(32)
  .transform((text, context) => {
    const number = parsePhoneNumberFromString(text);
    if (number?.isPossible()) return number.number;
    if (E164.test(text)) return text;
    context.addIssue({ code: 'custom', message: 'must be a phone number with country code, such as +12025550123' });
    return z.NEVER;
  })
  .describe('Phone number with country code; E.164 in answers.');

/** In a query a bare + is read as a space. */
export const phoneQuerySchema = z.preprocess((value) => (typeof value === 'string' ? value.replace(/^ /, '+') : value), phoneSchema);

/** A point in time with an offset, on the minute. */
export const minuteSchema = z.iso
  .datetime({ offset: true })
  .max(40)
  .refine((text) => new Date(text).getTime() % 60_000 === 0, 'must be on a whole minute')
  .describe('ISO 8601 with offset, such as 2027-03-01T09:00:00-05:00.');

export const instantSchema = z.iso.datetime({ offset: true }).max(40).describe('ISO 8601 with offset.');

export const nameSchema = z.string().trim().min(1).max(120);
export const notesSchema = z.string().trim().max(2000);
export const serviceKeySchema = z.string().trim().min(1).max(63).describe('Key of a service, such as plumbing.');

export const idParameterSchema = z.object({ id: z.uuid() });

/** `limit` and `cursor` of a list. */
export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(100).default(20).describe('Items on a page.'),
  cursor: z.string().min(1).max(100).optional().describe('nextCursor of the page before.'),
};

export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable().describe('Null on the last page.') });
}

/** As the clocks of the business show it, offset included. */
export function localIso(at: Date | number, timeZone: string): string {
  const local = DateTime.fromMillis(typeof at === 'number' ? at : at.getTime(), { zone: timeZone });
  return local.toISO({ suppressMilliseconds: true }) ?? new Date(at).toISOString();
}
