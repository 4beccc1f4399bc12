import type { Booking, Page } from '@tandem/database';
import { pageOf, pageQuery, phoneQuerySchema, phoneSchema } from '@tandem/platform';
import { z } from 'zod';
import {
  instantSchema,
  localIso,
  minuteSchema,
  nameSchema,
  notesSchema,
  serviceKeySchema,
  zoneKeySchema,
} from '../http/fields.ts';

export const createBookingSchema = z
  .strictObject({
    service: serviceKeySchema,
    start: minuteSchema,
    zone: zoneKeySchema.optional().describe('Only a resource that goes to this zone; moves keep to it.'),
    contactPhone: phoneSchema
      .optional()
      .describe('The phone number of the contact, which is created if there is none.'),
    name: nameSchema.optional().describe('The person the appointment is for.'),
    notes: notesSchema.optional(),
  })
  .meta({
    example: {
      service: 'heating',
      start: '2027-03-05T09:00:00-05:00',
      contactPhone: '+12025550123',
      name: 'Alex Morgan',
      notes: 'The boiler is in the cellar.',
    },
  });
export type CreateBooking = z.output<typeof createBookingSchema>;

export const moveBookingSchema = z
  .strictObject({ start: minuteSchema })
  .meta({ example: { start: '2027-03-05T11:00:00-05:00' } });
export type MoveBooking = z.output<typeof moveBookingSchema>;

export const bookingStatusSchema = z.enum(['booked', 'cancelled']);

export const listBookingsSchema = z.object({
  ...pageQuery,
  contactPhone: phoneQuerySchema.optional(),
  reference: z
    .string()
    .max(40)
    .transform((text) => text.replace(/[\s.-]/g, '').toUpperCase())
    .optional()
    .meta({ description: 'In any spelling: k 48-215 is K48215.', example: 'K48213' }),
  status: bookingStatusSchema.optional(),
  from: instantSchema.optional().describe('Starting at or after.'),
  until: instantSchema.optional().describe('Starting before.'),
});
export type ListBookings = z.output<typeof listBookingsSchema>;
export const exportBookingsSchema = listBookingsSchema.omit({ limit: true, cursor: true });
export type ExportBookings = z.output<typeof exportBookingsSchema>;

export const bookingSchema = z
  .object({
    id: z.uuid(),
    reference: z.string().describe('Short reference for callers; unique per tenant.'),
    status: bookingStatusSchema,
    start: z.string().describe('ISO 8601 with the offset of the business at that time.'),
    end: z.string(),
    service: z.object({ key: z.string(), name: z.string() }),
    resource: z.object({ id: z.uuid(), name: z.string() }),
    zone: z.object({ key: z.string(), name: z.string() }).nullable().describe('The zone it was asked for.'),
    contact: z.object({ id: z.uuid(), phone: z.string(), name: z.string().nullable() }).nullable(),
    name: z.string().nullable(),
    notes: z.string(),
    callId: z.uuid().nullable().describe('The call in which it was booked.'),
    createdAt: z.string(),
    cancelledAt: z.string().nullable(),
  })
  .meta({
    example: {
      id: '7a0c1d3e-0000-4000-8006-000000000001',
      reference: 'K48213',
      status: 'booked',
      start: '2027-03-05T09:00:00-05:00',
      end: '2027-03-05T10:30:00-05:00',
      service: { key: 'heating', name: 'Heating visit' },
      resource: { id: '7a0c1d3e-0000-4000-8002-000000000001', name: 'Maria Alvarez' },
      zone: { key: 'north', name: 'North' },
      contact: { id: '7a0c1d3e-0000-4000-8003-000000000001', phone: '+12025550123', name: 'Alex Morgan' },
      name: 'Alex Morgan',
      notes: 'The boiler is in the cellar.',
      callId: 'c3f2a0de-0000-4000-8004-000000000001',
      createdAt: '2027-03-01T14:05:11.000Z',
      cancelledAt: null,
    },
  });
export type BookingDto = z.output<typeof bookingSchema>;
export const bookingPageSchema = pageOf(bookingSchema);

export function toBookingDto(booking: Booking): BookingDto {
  return {
    id: booking.id,
    reference: booking.reference,
    status: booking.status,
    start: localIso(booking.startsAt, booking.timeZone),
    end: localIso(booking.endsAt, booking.timeZone),
    service: booking.service,
    resource: booking.resource,
    zone: booking.zone,
    contact: booking.contact,
    name: booking.name,
    notes: booking.notes,
    callId: booking.callId,
    createdAt: booking.createdAt.toISOString(),
    cancelledAt: booking.cancelledAt?.toISOString() ?? null,
  };
}

export function toBookingPage(page: Page<Booking>): z.output<typeof bookingPageSchema> {
  return { items: page.items.map(toBookingDto), nextCursor: page.nextCursor };
}
