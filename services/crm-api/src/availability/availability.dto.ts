import { z } from 'zod';
import { serviceKeySchema, zoneKeySchema } from '../http/fields.ts';
import { laterDate } from './local-day.ts';

/** Days answered at once. */
const MAX_DAYS = 14;

/** Years have four digits; the last one is left for the days that follow. */
const dateSchema = z.iso
  .date({ abort: true })
  .refine((date) => date < '9999', 'must be before the year 9999');

export const partOfDaySchema = z.enum(['morning', 'afternoon', 'any']);

export const availabilityQuerySchema = z
  .object({
    service: serviceKeySchema,
    date: dateSchema.describe('Local day of the business, YYYY-MM-DD; the first one of several.'),
    days: z.coerce
      .number()
      .int()
      .min(1)
      .max(MAX_DAYS)
      .optional()
      .describe('How many days, 1 unless given; not together with `to`.'),
    to: dateSchema.optional().describe('The last day; 14 days at most are answered at once.'),
    partOfDay: partOfDaySchema.default('any').describe('Morning ends at noon.'),
    resource: z.uuid().optional().describe('Only appointments of the resource with this id.'),
    zone: zoneKeySchema.optional().describe('Only appointments of resources that go to this zone.'),
  })
  .refine(({ days, to }) => days === undefined || to === undefined, {
    path: ['to'],
    message: 'may not come together with days',
  })
  .refine(({ date, to }) => to === undefined || (date <= to && to < laterDate(date, MAX_DAYS)), {
    path: ['to'],
    message: `must be the same day as date, or one of the ${MAX_DAYS - 1} days after it`,
  });
export type AvailabilityQuery = z.output<typeof availabilityQuerySchema>;

export const slotSchema = z.object({
  start: z.string().describe('ISO 8601 with the offset of the business at that time.'),
  end: z.string(),
  resource: z.object({ id: z.uuid(), name: z.string() }),
});
export type SlotDto = z.output<typeof slotSchema>;

const reasonSchema = z.object({
  code: z.enum([
    'in-the-past',
    'too-soon',
    'too-far-ahead',
    'closed',
    'no-hours',
    'fully-booked',
    'zone-not-served',
  ]),
  detail: z.string(),
});
export type Reason = z.output<typeof reasonSchema>;

export const availabilitySchema = z.object({
  service: z.object({ key: z.string(), name: z.string(), durationMinutes: z.number().int() }),
  date: z.string(),
  to: z.string().describe('The last day; `date` itself unless several were asked for.'),
  timeZone: z.string(),
  slots: z
    .array(slotSchema)
    .describe('Of all days, soonest first; one for each time, with the resource least booked that day.'),
  days: z
    .array(
      z.object({
        date: z.string(),
        slotCount: z.number().int(),
        unavailable: reasonSchema.nullable().describe('Why the day has no slots; null when it has.'),
      }),
    )
    .describe('Every day from `date` to `to`.'),
  unavailable: reasonSchema
    .extend({
      nextDate: z
        .string()
        .nullable()
        .describe('The next day with a free appointment, if one of the seven after the last day has any.'),
    })
    .nullable()
    .describe('Why there are no slots at all: the reason of the first day; null when there are.'),
});
export type AvailabilityDto = z.output<typeof availabilitySchema>;

const MARIA = { id: '7a0c1d3e-0000-4000-8002-000000000001', name: 'Maria Alvarez' };
export const AVAILABILITY_EXAMPLE: AvailabilityDto = {
  service: { key: 'plumbing', name: 'Plumbing visit', durationMinutes: 60 },
  date: '2027-03-05',
  to: '2027-03-06',
  timeZone: 'America/New_York',
  slots: [
    { start: '2027-03-05T09:00:00-05:00', end: '2027-03-05T10:00:00-05:00', resource: MARIA },
    { start: '2027-03-05T09:30:00-05:00', end: '2027-03-05T10:30:00-05:00', resource: MARIA },
  ],
  days: [
    { date: '2027-03-05', slotCount: 2, unavailable: null },
    {
      date: '2027-03-06',
      slotCount: 0,
      unavailable: { code: 'no-hours', detail: 'Nobody who does this works that day.' },
    },
  ],
  unavailable: null,
};
