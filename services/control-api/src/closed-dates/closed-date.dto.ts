import { visibleText } from '@tandem/contracts';
import { z } from 'zod';

const [FIRST_YEAR, LAST_YEAR] = [2000, 2100];

const dateSchema = z.iso
  .date()
  .refine((date) => Number(date.slice(0, 4)) >= FIRST_YEAR && Number(date.slice(0, 4)) <= LAST_YEAR, {
    error: `must be a day from ${FIRST_YEAR} to ${LAST_YEAR}`,
  })
  .describe('YYYY-MM-DD, on the clock of the business.');

export const closedDateSchema = z
  .object({
    date: dateSchema,
    name: z.string(),
    closedFor: z
      .array(z.enum(['calls', 'bookings']))
      .describe('`calls`: callers hear that you are closed. `bookings`: no appointments are offered.'),
  })
  .meta({ example: { date: '2027-12-24', name: 'Christmas Eve', closedFor: ['calls', 'bookings'] } });
export const closedDatesSchema = z.object({ year: z.number().int(), items: z.array(closedDateSchema) }).meta({
  example: {
    year: 2027,
    items: [{ date: '2027-12-24', name: 'Christmas Eve', closedFor: ['calls', 'bookings'] }],
  },
});

export const createClosedDateSchema = z
  .strictObject({
    date: dateSchema,
    name: visibleText(80).describe('Such as the holiday’s name.'),
    closedFor: closedDateSchema.shape.closedFor
      .min(1)
      .max(2)
      .refine((scopes) => new Set(scopes).size === scopes.length, 'must not name one twice')
      .default(['calls', 'bookings']),
  })
  .meta({ example: { date: '2027-12-24', name: 'Christmas Eve', closedFor: ['calls', 'bookings'] } });
export type CreateClosedDate = z.output<typeof createClosedDateSchema>;

export const listClosedDatesSchema = z.object({
  year: z.coerce
    .number()
    .int()
    .min(FIRST_YEAR)
    .max(LAST_YEAR)
    .optional()
    .describe('This year, on the clock of the business, unless given.'),
});
export type ListClosedDates = z.output<typeof listClosedDatesSchema>;

export const dateParameterSchema = z.object({ date: dateSchema });
export type DateParameter = z.output<typeof dateParameterSchema>;
