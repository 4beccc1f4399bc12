import { normalPhone } from '@tandem/contracts';
import { z } from 'zod';

/* Fields of requests to more than one service. */

/** A key that people choose, used in addresses and events. */
export const keySchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be lower-case letters, digits and dashes, 63 at most');

/**
 * A phone number with its country code in any spelling; read into its normal form. A number without a plus is
 * refused, because its country would be a guess.
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
  .describe('Phone number with country code; responses use E.164 in its current numbering plan.');

/** The same in a query, where a bare + arrives as a space. */
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

/** A local time of day. */
export const opensSchema = z
  .string()
  .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day as HH:MM')
  .describe('Local time, HH:MM.');
/** A local time of day, or the end of the day. */
export const closesSchema = z
  .string()
  .regex(/^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/, 'must be a time of day as HH:MM, or 24:00')
  .describe('Local time, HH:MM; 24:00 is the end of the day.');

/** Weekly hours in local time. Hours over midnight are two entries. */
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

/** Returns whether no two windows of a weekday overlap. */
export function areApart(hours: z.output<typeof weeklyHoursSchema>): boolean {
  const sorted = [...hours].sort((a, b) => a.weekday - b.weekday || (a.opens < b.opens ? -1 : 1));
  return sorted.every(({ weekday, opens }, index) => {
    const before = sorted[index - 1];
    return before?.weekday !== weekday || before.closes <= opens;
  });
}

export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({
    items: z.array(item),
    nextCursor: z.string().nullable().describe('Null on the last page.'),
  });
}
