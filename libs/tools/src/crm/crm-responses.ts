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
/** A time that was booked, or is held until it is confirmed. */
export const takenTimeSchema = bookingSchema.extend({ status: z.enum(['held', 'booked']).default('booked') });
export type TakenTime = z.infer<typeof takenTimeSchema>;
/** A booking with the call it was made in. */
const madeBookingSchema = bookingSchema.extend({
  callId: z.uuid().nullable(),
  /** Null until the call is on record. */
  caller: z
    .object({ number: z.string().max(256), attestation: z.string().max(64).nullable() })
    .nullish()
    .transform((caller) => caller ?? null),
});
export type MadeBooking = z.infer<typeof madeBookingSchema>;
export const bookingsSchema = z.object({ items: z.array(madeBookingSchema).max(100) });
/** A booking with all that tells whose it is. */
const ownBookingSchema = madeBookingSchema.extend({
  id: z.uuid(),
  name: nameSchema.nullable(),
  contact: z.object({ name: nameSchema.nullable() }).nullable(),
});
export type OwnBooking = z.infer<typeof ownBookingSchema>;
export const ownBookingsSchema = z.object({ items: z.array(ownBookingSchema).max(100) });

export const waitingSchema = z.object({
  service: z.object({ key: z.string().max(63), name: nameSchema }),
  from: z.iso.date(),
  until: z.iso.date(),
});

export const foundZoneSchema = z.object({
  zone: z.object({ key: z.string().max(63), name: nameSchema }).nullable(),
  served: z.boolean(),
  location: z
    .object({ name: nameSchema, address: z.string().max(300), phone: z.string().max(32).nullable() })
    .nullable(),
  notFound: z.object({ code: z.string().max(60) }).nullable(),
});
export type FoundZone = z.infer<typeof foundZoneSchema>;

export const leadSchema = z.object({ id: z.uuid() });
export const staffMessageSchema = z.object({
  id: z.uuid(),
  callbackAt: z.object({ from: offsetTimeSchema, until: offsetTimeSchema }).nullable(),
});
/** Hours crm-api adds to a refused callback: local times of that day. */
export const dayHoursSchema = z.object({
  hours: z.array(z.object({ opens: z.string().max(5), closes: z.string().max(5) })).max(50),
});

export const contactsSchema = z.object({
  items: z.array(z.object({ name: nameSchema.nullable() })).max(100),
});
export const knownContactsSchema = z.object({
  items: z.array(z.object({ id: z.uuid(), name: nameSchema.nullable() })).max(100),
});

const textSchema = z.string().max(4_000);
const historyEntrySchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('call'),
    id: z.uuid(),
    at: offsetTimeSchema,
    outcome: z.string().max(60).nullable(),
  }),
  z.object({ kind: z.literal('lead'), at: offsetTimeSchema, summary: textSchema, stage: textSchema }),
  z.object({ kind: z.literal('staff-message'), at: offsetTimeSchema, body: textSchema, state: textSchema }),
]);
export type HistoryEntry = z.infer<typeof historyEntrySchema>;

/** The entries of a contact's history that tools read; those of other kinds are left out. */
export const historySchema = z.object({
  items: z
    .array(historyEntrySchema.or(z.unknown().transform(() => null)))
    .max(100)
    .transform((entries) => entries.filter((entry) => entry !== null)),
});

/** A message that is on its way. */
export const sentMessageSchema = z.object({ id: z.string().max(40), text: z.string().max(10_000) });

/** Details crm-api adds to a refused booking. */
export const alternativesSchema = z.object({ alternatives: z.array(slotSchema).max(10) });
export const servicesSchema = z.object({ services: z.array(z.string().max(63)).max(200) });
