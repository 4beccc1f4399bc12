import { z } from 'zod';

export const servicesSchema = z.object({
  items: z.array(z.object({ id: z.uuid(), key: z.string(), name: z.string(), durationMinutes: z.number().int() })),
});

export const resourcesSchema = z.object({
  items: z.array(
    z.object({
      id: z.uuid(),
      name: z.string(),
      services: z.array(z.string()).describe('Keys of what they do.'),
      hours: z.array(
        z.object({
          weekday: z.number().int().describe('1 is Monday.'),
          opens: z.string().describe('Local time, HH:MM.'),
          closes: z.string().describe('Local time, HH:MM; 24:00 is the end of the day.'),
        }),
      ),
    }),
  ),
});
