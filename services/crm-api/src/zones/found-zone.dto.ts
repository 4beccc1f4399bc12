import type { FoundZone, Whereabouts } from '@tandem/database';
import { z } from 'zod';
import { LOCATION_EXAMPLE, locationSchema, toLocationDto } from './location.dto.ts';
import type { NearLocation } from './nearest-location.ts';
import { areaCodesOf, normalPlace } from './postcode.ts';
import { toGrid } from './ring.ts';
import {
  countrySchema,
  postcodeSchema,
  toZoneSummary,
  ZONE_SUMMARY_EXAMPLE,
  zoneSummarySchema,
} from './zone.dto.ts';

const degreesSchema = (most: number) =>
  z
    .string()
    .regex(/^-?\d{1,3}(?:\.\d{1,15})?$/, 'must be degrees, such as -73.7562')
    .transform(Number)
    .refine((degrees) => Math.abs(degrees) <= most, `must be from -${most} to ${most}`);

export const findZoneSchema = z
  .object({
    postcode: postcodeSchema.optional().meta({ description: 'In any spelling.', example: '12210' }),
    country: countrySchema.optional().meta({
      description: 'Of the postcode; all countries in which there are zones by postcode unless given.',
      example: 'US',
    }),
    place: z
      .string()
      .max(80)
      .transform(normalPlace)
      .refine((place) => place !== '', 'must have a letter or digit')
      .optional()
      .meta({ description: 'The name of a place of a zone.', example: 'North Greenbush' }),
    lat: degreesSchema(90).optional().meta({ example: '42.6526' }),
    lon: degreesSchema(180).optional().meta({ example: '-73.7562' }),
  })
  .refine(({ lat, lon }) => (lat === undefined) === (lon === undefined), {
    path: ['lon'],
    message: 'lat and lon come together',
  })
  .refine(({ postcode, country }) => country === undefined || postcode !== undefined, {
    path: ['country'],
    message: 'comes with a postcode',
  })
  .refine(
    ({ postcode, place, lat }) => [postcode, place, lat].filter((given) => given !== undefined).length === 1,
    'give a postcode, a place, or lat and lon',
  );
export type FindZone = z.output<typeof findZoneSchema>;

/** Returns the thing to look for; the schema sees to it that there is one. */
export function toWhereabouts({ postcode, country, place, lat, lon }: FindZone): Whereabouts {
  if (postcode !== undefined)
    return { kind: 'postcode', country: country ?? null, code: postcode, areaCodes: areaCodesOf(postcode) };
  if (place !== undefined) return { kind: 'place', place };
  return { kind: 'point', point: [toGrid(lon ?? 0), toGrid(lat ?? 0)] };
}

const matchSchema = z.object({
  kind: z.enum(['area', 'code', 'prefix', 'range', 'place']),
  country: z.string().nullable(),
  matched: z.string().nullable().describe('The code, prefix, range or place of the zone that fits.'),
});

export const foundZoneSchema = z.object({
  found: z.boolean(),
  zone: zoneSummarySchema.nullable().describe('The zone that wins.'),
  match: matchSchema.nullable().describe('Why it is this one.'),
  served: z
    .boolean()
    .describe('Whether a resource goes there: one that is listed for the zone, or for none.'),
  others: z.array(zoneSummarySchema).describe('Further zones that fit, by priority; up to nine.'),
  location: locationSchema
    .extend({ distanceKm: z.number().nullable().describe('As the crow flies; null when not known.') })
    .nullable()
    .describe(
      'The location of the zone; else the nearest to the point or the middle of the area, or the only one ' +
        'there is.',
    ),
  notFound: z
    .object({ code: z.enum(['no-zones', 'outside']), detail: z.string() })
    .nullable()
    .describe(
      'Why there is no zone; null when there is. `no-zones`: no zone is told by such a thing, so nothing ' +
        'is known.',
    ),
});
export type FoundZoneDto = z.output<typeof foundZoneSchema>;

export function toFoundZoneDto(zones: readonly FoundZone[], near: NearLocation | null): FoundZoneDto {
  const [zone, ...others] = zones;
  return {
    found: zone !== undefined,
    zone: zone ? toZoneSummary(zone) : null,
    match: zone ? toMatch(zone) : null,
    served: zone?.isServed ?? false,
    others: others.map(toZoneSummary),
    location: near && { ...toLocationDto(near.location), distanceKm: near.distanceKm },
    notFound: null,
  };
}

function toMatch({ postcodes, place }: FoundZone): z.output<typeof matchSchema> {
  if (place !== null) return { kind: 'place', country: null, matched: place };
  if (!postcodes) return { kind: 'area', country: null, matched: null };
  const { country, kind, starts, ends } = postcodes;
  return { kind, country, matched: kind === 'range' ? `${starts}-${ends}` : starts };
}

export const FOUND_ZONE_EXAMPLE: FoundZoneDto = {
  found: true,
  zone: ZONE_SUMMARY_EXAMPLE,
  match: { kind: 'prefix', country: 'US', matched: '1221' },
  served: true,
  others: [],
  location: { ...LOCATION_EXAMPLE, distanceKm: 3.1 },
  notFound: null,
};
