import { normalPhone } from '@tandem/contracts';
import { z } from 'zod';

/* Fields that requests to more than one service have in common. */

/**
 * A phone number with its country code, however it is written; comes out in its normal form. One without a
 * plus is refused: a program must not guess whose number is meant.
 */
export const phoneSchema = z
  .string()
  .trim()
  .min(4)
  .max(32)
  .transform((text, context) => {
    const number = text.includes('+') ? normalPhone(text) : null;
    if (number !== null) return number;
    context.addIssue({
      code: 'custom',
      message: 'must be a phone number with country code, such as +12025550123',
    });
    return z.NEVER;
  })
  .describe('Phone number with country code; E.164 in answers, as the numbering plan has it now.');

/** In a query a bare + is read as a space. */
export const phoneQuerySchema = z.preprocess(
  (value) => (typeof value === 'string' ? value.replace(/^ /, '+') : value),
  phoneSchema,
);

export const idParameterSchema = z.object({ id: z.uuid() });
export type IdParameter = z.output<typeof idParameterSchema>;

/** `limit` and `cursor` of a list. */
export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(100).default(20).describe('Items on a page.'),
  cursor: z.string().min(1).max(100).optional().describe('nextCursor of the page before.'),
};

const opensSchema = z
  .string()
  .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day as HH:MM')
  .describe('Local time, HH:MM.');
const closesSchema = z
  .string()
  .regex(/^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/, 'must be a time of day as HH:MM, or 24:00')
  .describe('Local time, HH:MM; 24:00 is the end of the day.');

/** Hours of a week by the wall clock. Over midnight they are two entries. */
export const weeklyHoursSchema = z
  .array(
    z
      .strictObject({
        weekday: z.number().int().min(1).max(7).describe('1 is Monday.'),
        opens: opensSchema,
        closes: closesSchema,
      })
      .refine(({ opens, closes }) => opens < closes, {
        path: ['closes'],
        message: 'must be after opens; hours over midnight are two entries',
      }),
  )
  .max(50);

export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({
    items: z.array(item),
    nextCursor: z.string().nullable().describe('Null on the last page.'),
  });
}
