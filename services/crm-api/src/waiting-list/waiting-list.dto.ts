import type { Page, WaitingEntry } from '@tandem/database';
import { pageOf, pageQuery, phoneQuerySchema, phoneSchema } from '@tandem/platform';
import { z } from 'zod';
import { partOfDaySchema } from '../availability/availability.dto.ts';
import { shownContactSchema } from '../enquiries/enquiry.dto.ts';
import { nameSchema, notesSchema, serviceKeySchema, zoneKeySchema } from '../http/fields.ts';

const dateSchema = z.iso.date().refine((date) => date < '9999', 'must be before the year 9999');

const fields = {
  resource: z.uuid().nullable().describe('The only resource that will do; null for any.'),
  zone: zoneKeySchema
    .nullable()
    .describe('Key of a zone: only times of resources that go there are offered; null for any.'),
  name: nameSchema.nullable().describe('The person the appointment is for.'),
  notes: notesSchema,
  from: dateSchema.describe('The first local day that will do.'),
  until: dateSchema.describe('The last one.'),
  partOfDay: partOfDaySchema.describe('Morning ends at noon.'),
};

const inOrder = ({ from, until }: { from?: string | undefined; until?: string | undefined }) =>
  from === undefined || until === undefined || from <= until;
const ORDER = { path: ['until'], message: 'must not be before from' };

export const createWaitingSchema = z
  .strictObject({
    ...fields,
    service: serviceKeySchema,
    contactPhone: phoneSchema.describe('The phone number of the contact, which is created if there is none.'),
    resource: fields.resource.default(null),
    zone: fields.zone.default(null),
    name: fields.name.default(null),
    notes: fields.notes.default(''),
    partOfDay: fields.partOfDay.default('any'),
  })
  .refine(inOrder, ORDER)
  .meta({
    example: {
      service: 'heating',
      zone: 'north',
      contactPhone: '+12025550123',
      name: 'Alex Morgan',
      from: '2027-03-02',
      until: '2027-03-12',
      partOfDay: 'morning',
    },
  });
export type CreateWaiting = z.output<typeof createWaitingSchema>;

export const changeWaitingSchema = z
  .strictObject(fields)
  .partial()
  .refine((given) => Object.keys(given).length > 0, 'name at least one field to change')
  .refine(inOrder, ORDER)
  .meta({ example: { until: '2027-03-19', partOfDay: 'any' } });
export type ChangeWaiting = z.output<typeof changeWaitingSchema>;

const statusSchema = z
  .enum(['waiting', 'offered', 'booked', 'expired', 'cancelled'])
  .describe('`expired`: the offer was not taken in time, or the last day is over.');

export const listWaitingSchema = z.object({
  ...pageQuery,
  status: statusSchema.optional(),
  service: serviceKeySchema.optional(),
  contactPhone: phoneQuerySchema.optional(),
});
export type ListWaiting = z.output<typeof listWaitingSchema>;

export const waitingSchema = z
  .object({
    id: z.uuid(),
    status: statusSchema,
    service: z.object({ key: z.string(), name: z.string() }),
    resource: z.object({ id: z.uuid(), name: z.string() }).nullable(),
    zone: z.object({ key: z.string(), name: z.string() }).nullable(),
    contact: shownContactSchema,
    name: z.string().nullable(),
    notes: z.string(),
    from: z.string(),
    until: z.string(),
    partOfDay: partOfDaySchema,
    bookingId: z
      .uuid()
      .nullable()
      .describe('The hold that was offered: POST /v1/bookings/{id}/confirm takes it.'),
    offeredAt: z.string().nullable(),
    callId: z.uuid().nullable(),
    createdAt: z.string(),
  })
  .meta({
    example: {
      id: '7a0c1d3e-0000-4000-800c-000000000001',
      status: 'waiting',
      service: { key: 'heating', name: 'Heating visit' },
      resource: null,
      zone: { key: 'north', name: 'North' },
      contact: { id: '7a0c1d3e-0000-4000-8003-000000000001', phone: '+12025550123', name: 'Alex Morgan' },
      name: 'Alex Morgan',
      notes: '',
      from: '2027-03-02',
      until: '2027-03-12',
      partOfDay: 'morning',
      bookingId: null,
      offeredAt: null,
      callId: 'c3f2a0de-0000-4000-8004-000000000001',
      createdAt: '2027-03-01T14:05:11.000Z',
    },
  });
type WaitingDto = z.output<typeof waitingSchema>;
export const waitingPageSchema = pageOf(waitingSchema);

export function toWaitingDto(entry: WaitingEntry): WaitingDto {
  const { id, status, service, resource, zone, contact, name, notes, partOfDay, bookingId, callId } = entry;
  return {
    id,
    status,
    service,
    resource,
    zone,
    contact,
    name,
    notes,
    from: entry.fromDate,
    until: entry.untilDate,
    partOfDay,
    bookingId,
    offeredAt: entry.offeredAt?.toISOString() ?? null,
    callId,
    createdAt: entry.createdAt.toISOString(),
  };
}

export function toWaitingPage({ items, nextCursor }: Page<WaitingEntry>) {
  return { items: items.map(toWaitingDto), nextCursor };
}
