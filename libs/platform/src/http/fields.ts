import { parsePhoneNumberFromString } from 'libphonenumber-js';
import { z } from 'zod';

/* Fields that requests to more than one service have in common. */

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

export const idParameterSchema = z.object({ id: z.uuid() });

/** `limit` and `cursor` of a list. */
export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(100).default(20).describe('Items on a page.'),
  cursor: z.string().min(1).max(100).optional().describe('nextCursor of the page before.'),
};

export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable().describe('Null on the last page.') });
}
