import { toClockHours, toWeeklyHours } from '@tandem/contracts';
import type { NumberHours } from '@tandem/database';
import { areApart, weeklyHoursSchema } from '@tandem/platform';
import { z } from 'zod';

export const openingHoursSchema = z
  .object({
    isAlwaysOpen: z
      .boolean()
      .describe('Open round the clock except on closed dates; the hours do not count.'),
    hours: weeklyHoursSchema.describe('Local times of the tenant.'),
  })
  .meta({ example: { isAlwaysOpen: false, hours: [{ weekday: 1, opens: '08:00', closes: '17:00' }] } });

export const putOpeningHoursSchema = z
  .strictObject({
    hours: weeklyHoursSchema.describe('Local times of the tenant. They replace all hours there were.'),
    isAlwaysOpen: z.boolean().default(false).describe('true keeps the hours and opens round the clock.'),
  })
  .refine(({ hours }) => areApart(hours), {
    path: ['hours'],
    message: 'must not overlap on one day',
  })
  .refine(({ hours, isAlwaysOpen }) => isAlwaysOpen || hours.length > 0, {
    path: ['hours'],
    message: 'must have at least one entry where isAlwaysOpen is not true: it would never be open',
  })
  .meta({ example: { hours: [{ weekday: 1, opens: '08:00', closes: '17:00' }] } });
export type PutOpeningHours = z.output<typeof putOpeningHoursSchema>;

export function toOpeningHoursDto({ isAlwaysOpen, hours }: NumberHours): z.output<typeof openingHoursSchema> {
  return { isAlwaysOpen, hours: hours.map(toClockHours) };
}

export function fromPut({ isAlwaysOpen, hours }: PutOpeningHours): NumberHours {
  return { isAlwaysOpen, hours: hours.map(toWeeklyHours) };
}
