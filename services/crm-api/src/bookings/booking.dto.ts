import { MOST_IN_SERIES, type Booking, type BookingNotice, type Page } from '@tandem/database';
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
import { toSkippedDto, type Series } from './series/series.dto.ts';

/** The longest hold: an hour. */
const MAX_HOLD_S = 3_600;
const DEFAULT_HOLD_S = 300;

const holdSchema = z
  .strictObject({
    seconds: z.number().int().min(30).max(MAX_HOLD_S).default(DEFAULT_HOLD_S),
  })
  .describe(
    'Holds the time instead of booking it: nobody else gets it until it is confirmed, cancelled or over.',
  );

const repeatSchema = z
  .strictObject({
    every: z.number().int().min(1).max(12).default(1),
    unit: z
      .enum(['week', 'month'])
      .describe(
        '`month`: on the same weekday of the month, such as every second Tuesday; a fifth one is the last ' +
          'one of a month that has four.',
      ),
    count: z.number().int().min(2).max(MOST_IN_SERIES).optional(),
    until: z.iso.date().optional().describe('The last local day.'),
  })
  .refine(({ count, until }) => (count === undefined) !== (until === undefined), {
    path: ['count'],
    message: 'name count or until',
  })
  .describe('Books the same time again and again, by the local clock of the business.');

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
    hold: holdSchema.optional(),
    repeat: repeatSchema.optional(),
    skipUnavailable: z
      .boolean()
      .optional()
      .describe('With repeat: books the times that are free. Otherwise all of them are booked, or none.'),
  })
  .refine(({ hold, repeat }) => hold === undefined || repeat === undefined, {
    path: ['hold'],
    message: 'a series cannot be held',
  })
  .refine(({ skipUnavailable, repeat }) => skipUnavailable === undefined || repeat !== undefined, {
    path: ['skipUnavailable'],
    message: 'comes with repeat alone',
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

const scopeSchema = z
  .enum(['this', 'following'])
  .describe('`following`: also those after it in its series, by as much of the local clock.');

export const moveBookingSchema = z
  .strictObject({ start: minuteSchema, scope: scopeSchema.optional() })
  .meta({ example: { start: '2027-03-05T11:00:00-05:00' } });
export type MoveBooking = z.output<typeof moveBookingSchema>;

export const cancelBookingSchema = z.object({
  scope: scopeSchema.optional().describe('`following`: also those after it in its series.'),
});
export type CancelBooking = z.output<typeof cancelBookingSchema>;

export const bookingStatusSchema = z
  .enum(['held', 'booked', 'cancelled', 'expired'])
  .describe('`expired`: a hold that was not confirmed in time.');

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
  seriesId: z.uuid().optional(),
  from: instantSchema.optional().describe('Starting at or after.'),
  until: instantSchema.optional().describe('Starting before.'),
});
export type ListBookings = z.output<typeof listBookingsSchema>;
export const exportBookingsSchema = listBookingsSchema.omit({ limit: true, cursor: true });
export type ExportBookings = z.output<typeof exportBookingsSchema>;

const BOOKING_EXAMPLE = {
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
  caller: { number: '+12025550123', attestation: 'TN-Validation-Passed-A' },
  createdAt: '2027-03-01T14:05:11.000Z',
  cancelledAt: null,
  holdExpiresAt: null,
  seriesId: null,
};

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
    caller: z
      .object({
        number: z.string().describe('As the carrier gave it.'),
        attestation: z
          .string()
          .nullable()
          .describe('The finding of the carrier on the right to the number (STIR/SHAKEN), in its words.'),
      })
      .nullable()
      .describe('The caller of that call; null until it is on record, which is after its end.'),
    createdAt: z.string(),
    cancelledAt: z.string().nullable(),
    holdExpiresAt: z
      .string()
      .nullable()
      .describe('The end of a hold; null once it is booked, and for what never was one.'),
    seriesId: z.uuid().nullable(),
  })
  .meta({ example: BOOKING_EXAMPLE });
export type BookingDto = z.output<typeof bookingSchema>;
export const bookingPageSchema = pageOf(bookingSchema);

export const createdBookingSchema = bookingSchema
  .extend({
    series: z
      .object({
        bookings: z.array(bookingSchema).describe('All of them, this one included.'),
        skipped: z.array(z.object({ start: z.string(), code: z.string() })).describe('Not available.'),
      })
      .optional()
      .describe('Where repeat was asked for.'),
  })
  .meta({ example: BOOKING_EXAMPLE });

export const bookingNoticesSchema = z
  .object({
    items: z.array(
      z.object({
        kind: z.enum(['confirmation', 'reminder']),
        minutesBefore: z.number().int(),
        channel: z.enum(['sms', 'email']),
        messageId: z.uuid().nullable().describe('Its status: GET /v1/messages of control-api.'),
        reason: z
          .string()
          .nullable()
          .describe(
            'Why none was sent: `opted-out`, `consent-denied`, `no-contact`, `no-email`, `no-number`, ' +
              '`mail-not-set-up`, `nearer-reminder`.',
          ),
        at: z.string(),
      }),
    ),
  })
  .meta({
    example: {
      items: [
        {
          kind: 'reminder',
          minutesBefore: 120,
          channel: 'sms',
          messageId: '7a0c1d3e-0000-4000-800b-000000000001',
          reason: null,
          at: '2027-03-05T12:00:00.000Z',
        },
      ],
    },
  });

export function toNoticesDto(notices: readonly BookingNotice[]): z.output<typeof bookingNoticesSchema> {
  const items = notices.map(({ kind, minutesBefore, channel, messageId, reason, createdAt }) => ({
    kind,
    minutesBefore,
    channel,
    messageId,
    reason,
    at: createdAt.toISOString(),
  }));
  return { items };
}

export function toSeriesDto({ first, bookings, skipped }: Series): z.output<typeof createdBookingSchema> {
  const series = { bookings: bookings.map(toBookingDto), skipped: skipped.map(toSkippedDto) };
  return { ...toBookingDto(first), series };
}

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
    caller: booking.caller,
    createdAt: booking.createdAt.toISOString(),
    cancelledAt: booking.cancelledAt?.toISOString() ?? null,
    holdExpiresAt: booking.holdExpiresAt?.toISOString() ?? null,
    seriesId: booking.seriesId,
  };
}

export function toBookingPage(page: Page<Booking>): z.output<typeof bookingPageSchema> {
  return { items: page.items.map(toBookingDto), nextCursor: page.nextCursor };
}
