import { normalPhone } from '@tandem/contracts';
import { z } from 'zod';

/* Fields of requests to more than one service. */

/** A key that people choose, used in addresses and events. */
export const keySchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be lower-case letters, digits and dashes, 63 at most')
  .meta({ example: 'sales' });

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
  .meta({
    description: 'Phone number with country code; responses use E.164 in its current numbering plan.',
    example: '+12025550123',
  });

/** The same in a query, where a bare + arrives as a space. */
export const phoneQuerySchema = z.preprocess(
  (value) => (typeof value === 'string' ? value.replace(/^ /, '+') : value),
  phoneSchema,
);

export const idParameterSchema = z.object({ id: z.uuid() });
export type IdParameter = z.output<typeof idParameterSchema>;

const CURSOR_EXAMPLE = 'MTgwMzkwOTkxMTAwMC43YTBjMWQzZS0wMDAwLTQwMDAtODAwMC0wMDAwMDAwMDAwMDE';

/** `limit` and `cursor` of a list. */
export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(100).default(20).describe('Items on a page.'),
  cursor: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .meta({ description: 'nextCursor of the page before.', example: CURSOR_EXAMPLE }),
};

/** A local time of day. */
export const opensSchema = z
  .string()
  .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day as HH:MM')
  .meta({ description: 'Local time, HH:MM.', example: '08:00' });
/** A local time of day, or the end of the day. */
export const closesSchema = z
  .string()
  .regex(/^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/, 'must be a time of day as HH:MM, or 24:00')
  .meta({ description: 'Local time, HH:MM; 24:00 is the end of the day.', example: '17:00' });

/** Weekly hours in local time. Hours over midnight are two entries. */
export const weeklyHoursSchema = z
  .array(
    z
      .strictObject({
        weekday: z.number().int().min(1).max(7).meta({ description: '1 is Monday.', example: 1 }),
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

/** Returns the body of a change: any of the fields, but at least one. */
export function changeOf<Shape extends z.ZodRawShape>(fields: Shape) {
  return z
    .strictObject(fields)
    .partial()
    .refine((given) => Object.keys(given).length > 0, 'name at least one field to change');
}

export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({
    items: z.array(item),
    nextCursor: z.string().nullable().meta({ description: 'Null on the last page.', example: null }),
  });
}
