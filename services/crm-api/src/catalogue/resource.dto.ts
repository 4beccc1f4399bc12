import { visibleText } from '@tandem/contracts';
import type { BookingsOfResource, Resource } from '@tandem/database';
import { areApart, changeOf, pageOf, weeklyHoursSchema } from '@tandem/platform';
import { z } from 'zod';
import { bookingSchema, toBookingDto } from '../bookings/booking.dto.ts';
import { serviceKeysSchema, skillsSchema, zoneKeysSchema } from './fields.ts';

const hoursSchema = weeklyHoursSchema
  .refine(areApart, 'must not overlap on a weekday; hours that touch are one stretch, also over midnight')
  .describe('Working hours by the clock of the business; hours that touch are one stretch.');

const fields = {
  name: visibleText(120),
  kind: z.enum(['person', 'room', 'vehicle']),
  skills: skillsSchema,
  services: serviceKeysSchema.describe('Keys of the services it does; it needs all skills of each.'),
  hours: hoursSchema,
  locationId: z.uuid().nullable().describe('The location it belongs to.'),
  zones: zoneKeysSchema.describe('Keys of the zones it goes to; none for all.'),
};

export const createResourceSchema = z.strictObject({
  ...fields,
  kind: fields.kind.default('person'),
  skills: fields.skills.default([]),
  services: fields.services.default([]),
  hours: fields.hours.default([]),
  locationId: fields.locationId.default(null),
  zones: fields.zones.default([]),
});
export type CreateResource = z.output<typeof createResourceSchema>;

export const changeResourceSchema = changeOf(fields);
export type ChangeResource = z.output<typeof changeResourceSchema>;

export const resourceSchema = z.object({ id: z.uuid(), ...fields, hours: weeklyHoursSchema });
export type ResourceDto = z.output<typeof resourceSchema>;
export const resourcePageSchema = pageOf(resourceSchema);

/** Bookings somebody has to move or cancel. */
export const leftBookingsSchema = z.object({
  bookings: z.array(bookingSchema).describe('Soonest first, up to 100.'),
  bookingCount: z.number().int().describe('How many there are in all.'),
});

export function toResourceDto({ skills, services, hours, zones, ...resource }: Resource): ResourceDto {
  return { ...resource, skills: [...skills], services: [...services], hours: [...hours], zones: [...zones] };
}

export function toLeftBookings({ bookings, count }: BookingsOfResource): z.output<typeof leftBookingsSchema> {
  return { bookings: bookings.map(toBookingDto), bookingCount: count };
}

export const NEW_RESOURCE_EXAMPLE = {
  name: 'Maria Alvarez',
  kind: 'person',
  skills: ['gas-licence'],
  services: ['heating'],
  hours: [
    { weekday: 1, opens: '08:00', closes: '12:00' },
    { weekday: 1, opens: '13:00', closes: '17:00' },
    { weekday: 5, opens: '20:00', closes: '24:00' },
    { weekday: 6, opens: '00:00', closes: '04:00' },
  ],
} satisfies z.input<typeof createResourceSchema>;

export const RESOURCE_EXAMPLE: ResourceDto = {
  id: '7a0c1d3e-0000-4000-8002-000000000001',
  ...NEW_RESOURCE_EXAMPLE,
  kind: 'person',
  locationId: null,
  zones: [],
};

export const LEFT_BOOKINGS_EXAMPLE: z.output<typeof leftBookingsSchema> = {
  bookings: [
    {
      id: '7a0c1d3e-0000-4000-8006-000000000001',
      reference: 'K48213',
      status: 'booked',
      start: '2027-03-05T09:00:00-05:00',
      end: '2027-03-05T10:30:00-05:00',
      service: { key: 'heating', name: 'Heating visit' },
      resource: { id: RESOURCE_EXAMPLE.id, name: RESOURCE_EXAMPLE.name },
      zone: null,
      contact: { id: '7a0c1d3e-0000-4000-8003-000000000001', phone: '+12025550123', name: 'Alex Morgan' },
      name: 'Alex Morgan',
      notes: '',
      callId: null,
      caller: null,
      createdAt: '2027-03-01T14:05:11.000Z',
      cancelledAt: null,
      holdExpiresAt: null,
      seriesId: null,
    },
  ],
  bookingCount: 1,
};
