import { tenantFields, visibleText } from '@tandem/contracts';
import type { Location } from '@tandem/database';
import { pageOf, phoneSchema } from '@tandem/platform';
import { z } from 'zod';

const pointSchema = z.strictObject({
  lat: z.number().min(-90).max(90),
  lon: z.number().min(-180).max(180),
});

const fields = {
  name: visibleText(120),
  address: z.string().trim().max(300).describe('As it is told to callers; empty for none.'),
  timeZone: tenantFields.timeZone
    .nullable()
    .describe('IANA name of the clock there; null for that of the business, which appointments go by.'),
  phone: phoneSchema.nullable(),
  point: pointSchema.nullable().describe('Where it is, in degrees (WGS 84); null when nobody has said.'),
};

export const createLocationSchema = z.strictObject({
  ...fields,
  address: fields.address.default(''),
  timeZone: fields.timeZone.default(null),
  phone: fields.phone.default(null),
  point: fields.point.default(null),
});
export type CreateLocation = z.output<typeof createLocationSchema>;

export const changeLocationSchema = z
  .strictObject(fields)
  .partial()
  .refine((given) => Object.keys(given).length > 0, 'name at least one field to change');
export type ChangeLocation = z.output<typeof changeLocationSchema>;

export const locationSchema = z.object({
  id: z.uuid(),
  ...fields,
  timeZone: z.string().nullable(),
  phone: z.string().nullable(),
});
export type LocationDto = z.output<typeof locationSchema>;
export const locationPageSchema = pageOf(locationSchema);

export function toLocationDto({ latitude, longitude, ...location }: Location): LocationDto {
  const point = latitude === null || longitude === null ? null : { lat: latitude, lon: longitude };
  return { ...location, point };
}

/** Returns the fields of a location as they are stored. */
export function toLocationFields<Fields extends { point?: LocationDto['point'] | undefined }>({
  point,
  ...fields
}: Fields) {
  if (point === undefined) return fields;
  return { ...fields, latitude: point?.lat ?? null, longitude: point?.lon ?? null };
}

export const NEW_LOCATION_EXAMPLE = {
  name: 'Riverside workshop',
  address: '12 Mill Lane, Albany, New York',
  timeZone: null,
  phone: '+12025550150',
  point: { lat: 42.6526, lon: -73.7562 },
} satisfies CreateLocation;

export const LOCATION_EXAMPLE: LocationDto = {
  id: '7a0c1d3e-0000-4000-8007-000000000001',
  ...NEW_LOCATION_EXAMPLE,
};
