import { normalPhone } from '@tandem/contracts';
import { z } from 'zod';

/* Fields that requests to more than one service have in common. */

/**
 * A phone number with its country code, however it is written; comes out in its normal form. One without a plus is refused:
 * a program must not guess whose number is meant.
 */
export const phoneSchema = z
  .string()
  .trim()
  .min(4)
  .max(32)
  .transform((text, context) => {
    const number = text.includes('+') ? normalPhone(text) : null;
    if (number !== null) return number;
    context.addIssue({ code: 'custom', message: 'must be a phone number with country code, such as +12025550123' });
    return z.NEVER;
  })
  .describe('Phone number with country code; E.164 in answers, as the numbering plan has it now.');

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
