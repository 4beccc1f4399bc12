import { z } from 'zod';

/** The parts of crm-api's responses that tools read. Times are ISO 8601 with the offset of the business. */

const offsetTimeSchema = z.iso.datetime({ offset: true });
const nameSchema = z.string().max(200);

export const slotSchema = z.object({
  start: offsetTimeSchema,
  end: offsetTimeSchema,
  resource: z.object({ name: nameSchema }),
});
export type Slot = z.infer<typeof slotSchema>;

export const availabilitySchema = z.object({
  service: z.object({ key: z.string().max(63), name: nameSchema }),
  date: z.iso.date(),
  slots: z.array(slotSchema).max(500),
  unavailable: z
    .object({ code: z.string().max(60), detail: z.string().max(500), nextDate: z.iso.date().nullable() })
    .nullable(),
});

export const bookingSchema = slotSchema.extend({
  reference: z.string().max(40),
  service: z.object({ name: nameSchema }),
});
export const bookingsSchema = z.object({ items: z.array(bookingSchema).max(100) });
export const contactsSchema = z.object({
  items: z.array(z.object({ name: nameSchema.nullable() })).max(100),
});

/** Details crm-api adds to a refused booking. */
export const alternativesSchema = z.object({ alternatives: z.array(slotSchema).max(10) });
export const servicesSchema = z.object({ services: z.array(z.string().max(63)).max(200) });
