import { weeklyHoursSchema } from '@tandem/platform';
import { z } from 'zod';

/** The longest notice: 30 days. */
const MAX_NOTICE_MINUTES = 43_200;
const noticeSchema = z
  .number()
  .int()
  .min(0)
  .max(MAX_NOTICE_MINUTES)
  .describe('Shortest time between booking and start of an appointment; 0 for no notice.');

export const serviceSchema = z.object({
  id: z.uuid(),
  key: z.string(),
  name: z.string(),
  durationMinutes: z.number().int(),
  noticeMinutes: noticeSchema,
});
export const servicesSchema = z.object({ items: z.array(serviceSchema) });
export const changeServiceSchema = z.strictObject({ noticeMinutes: noticeSchema });
export type ChangeService = z.output<typeof changeServiceSchema>;

export const resourcesSchema = z.object({
  items: z.array(
    z.object({
      id: z.uuid(),
      name: z.string(),
      services: z.array(z.string()).describe('Keys of the services the resource does.'),
      hours: weeklyHoursSchema,
    }),
  ),
});
