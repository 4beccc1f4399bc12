import { z } from 'zod';
import { serviceKeySchema } from '../http/fields.ts';

export const partOfDaySchema = z.enum(['morning', 'afternoon', 'any']);

export const availabilityQuerySchema = z.object({
  service: serviceKeySchema,
  date: z.iso.date().describe('Local day of the business, YYYY-MM-DD.'),
  partOfDay: partOfDaySchema.default('any').describe('Morning ends at noon.'),
});
export type AvailabilityQuery = z.output<typeof availabilityQuerySchema>;

export const slotSchema = z.object({
  start: z.string().describe('ISO 8601 with the offset of the business at that time.'),
  end: z.string(),
  resource: z.object({ id: z.uuid(), name: z.string() }),
});
export type SlotDto = z.output<typeof slotSchema>;

export const availabilitySchema = z.object({
  service: z.object({ key: z.string(), name: z.string(), durationMinutes: z.number().int() }),
  date: z.string(),
  timeZone: z.string(),
  slots: z
    .array(slotSchema)
    .describe('Soonest first; one for each time, with the resource least booked that day.'),
  unavailable: z
    .object({
      code: z.enum(['in-the-past', 'too-soon', 'too-far-ahead', 'closed', 'no-hours', 'fully-booked']),
      detail: z.string(),
      nextDate: z
        .string()
        .nullable()
        .describe('The next day with a free appointment, if one of the coming seven has any.'),
    })
    .nullable()
    .describe('Why there are no slots; null when there are.'),
});
export type AvailabilityDto = z.output<typeof availabilitySchema>;
