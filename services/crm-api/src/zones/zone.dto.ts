import { visibleText } from '@tandem/contracts';
import type { PostcodeArea, Zone, ZonePlace, ZoneSummary } from '@tandem/database';
import { keySchema, pageOf, pageQuery } from '@tandem/platform';
import { z } from 'zod';
import { areaInputSchema, areaSchema, toAreaDto, type AreaDto } from './area.dto.ts';
import { MAX_CODE, normalPlace, normalPostcode } from './postcode.ts';

/** Codes, prefixes and ranges of a zone, all countries together. */
const MAX_POSTCODES = 2_000;
const MAX_PLACES = 200;

export const countrySchema = z
  .string()
  .trim()
  .toUpperCase()
  .regex(/^[A-Z]{2}$/, 'must be two letters, such as US')
  .overwrite((country) => (country === 'UK' ? 'GB' : country))
  .describe('ISO 3166-1, two letters.');

/** A postcode in any spelling; read into capital letters and digits. */
export const postcodeSchema = z
  .string()
  .max(40)
  .transform((text, context) => {
    const code = normalPostcode(text);
    if (code !== null) return code;
    context.addIssue({ code: 'custom', message: `must be letters and digits, ${MAX_CODE} at most` });
    return z.NEVER;
  });

const rangeSchema = z
  .strictObject({ from: postcodeSchema, to: postcodeSchema })
  .refine(({ from, to }) => from.length === to.length && from <= to, {
    path: ['to'],
    message: 'must be as long as from, and not before it',
  });

const postcodesSchema = z
  .array(
    z.strictObject({
      country: countrySchema,
      codes: z
        .array(postcodeSchema)
        .max(MAX_POSTCODES)
        .default([])
        .describe(
          'These ones. The first part of a code of two parts (SW1A, 12207 of 12207-1234) is all of it.',
        ),
      prefixes: z
        .array(postcodeSchema)
        .max(MAX_POSTCODES)
        .default([])
        .describe('All that begin so: SW1 is also SW12.'),
      ranges: z
        .array(rangeSchema)
        .max(MAX_POSTCODES)
        .default([])
        .describe('All that begin with one from first to last: 101 to 103 has 10115 and 10399.'),
    }),
  )
  .max(50)
  .transform((given, context): PostcodeArea[] => {
    const areas = given.flatMap(({ country, codes, prefixes, ranges }) => [
      ...codes.map((code) => ({ country, kind: 'code' as const, starts: code, ends: code })),
      ...prefixes.map((code) => ({ country, kind: 'prefix' as const, starts: code, ends: code })),
      ...ranges.map(({ from, to }) => ({ country, kind: 'range' as const, starts: from, ends: to })),
    ]);
    if (areas.length > MAX_POSTCODES)
      context.addIssue({ code: 'custom', message: `must be ${MAX_POSTCODES} at most, all together` });
    return areas;
  });

const placesSchema = z
  .array(visibleText(80))
  .max(MAX_PLACES)
  .transform((names, context): ZonePlace[] => {
    const places = new Map(names.map((name) => [normalPlace(name), name]));
    if (places.has('')) context.addIssue({ code: 'custom', message: 'must have a letter or digit each' });
    return [...places].map(([place, name]) => ({ place, name }));
  })
  .describe('Names callers say: towns, districts. Capitals, accents and punctuation do not count.');

const fields = {
  key: keySchema.describe('Name in the API and for agents, such as north; one zone has it.'),
  name: visibleText(120),
  priority: z.number().int().min(1).max(1_000).describe('Of several zones that fit, the smallest wins.'),
  locationId: z.uuid().nullable().describe('The location callers are told; null for the nearest.'),
};
const parts = {
  area: areaInputSchema.nullable(),
  postcodes: postcodesSchema,
  places: placesSchema,
};

export const createZoneSchema = z.strictObject({
  ...fields,
  priority: fields.priority.default(100),
  locationId: fields.locationId.default(null),
  area: parts.area.default(null),
  postcodes: parts.postcodes.default([]),
  places: parts.places.default([]),
});
export type CreateZone = z.output<typeof createZoneSchema>;

export const changeZoneSchema = z
  .strictObject({ ...fields, ...parts })
  .partial()
  .refine((given) => Object.keys(given).length > 0, 'name at least one field to change');
export type ChangeZone = z.output<typeof changeZoneSchema>;

/** Returns the fields of a zone as they are stored. */
export function toZoneFields<Fields extends { area?: CreateZone['area'] | undefined }>({
  area,
  ...fields
}: Fields) {
  return area === undefined ? fields : { ...fields, polygons: area ?? [] };
}

export const listZonesSchema = z.object(pageQuery);
export type ListZones = z.output<typeof listZonesSchema>;

export const zoneSummarySchema = z.object({ id: z.uuid(), ...fields });
export const zonePageSchema = pageOf(zoneSummarySchema);

export const zoneSchema = zoneSummarySchema.extend({
  area: areaSchema.nullable(),
  postcodes: z.array(
    z.object({
      country: z.string(),
      codes: z.array(z.string()),
      prefixes: z.array(z.string()),
      ranges: z.array(z.object({ from: z.string(), to: z.string() })),
    }),
  ),
  places: z.array(z.string()),
});
export type ZoneDto = z.output<typeof zoneSchema>;

export const toZoneSummary = ({ id, key, name, priority, locationId }: ZoneSummary) => ({
  id,
  key,
  name,
  priority,
  locationId,
});

export function toZoneDto(zone: Zone): ZoneDto {
  const countries = [...new Set(zone.postcodes.map(({ country }) => country))];
  return {
    ...toZoneSummary(zone),
    area: toAreaDto(zone.polygons),
    postcodes: countries.map((country) => postcodesOf(country, zone.postcodes)),
    places: zone.places.map(({ name }) => name),
  };
}

function postcodesOf(country: string, areas: readonly PostcodeArea[]): ZoneDto['postcodes'][number] {
  const of = (kind: PostcodeArea['kind']) =>
    areas.filter((area) => area.country === country && area.kind === kind);
  return {
    country,
    codes: of('code').map(({ starts }) => starts),
    prefixes: of('prefix').map(({ starts }) => starts),
    ranges: of('range').map(({ starts, ends }) => ({ from: starts, to: ends })),
  };
}

const AREA_EXAMPLE: AreaDto = {
  type: 'Polygon',
  coordinates: [
    [
      [-73.8, 42.6],
      [-73.7, 42.6],
      [-73.7, 42.7],
      [-73.8, 42.7],
      [-73.8, 42.6],
    ],
  ],
};

export const NEW_ZONE_EXAMPLE = {
  key: 'north',
  name: 'North side',
  priority: 10,
  area: AREA_EXAMPLE,
  postcodes: [
    { country: 'US', codes: ['12207'], prefixes: ['1221'], ranges: [{ from: '12220', to: '12229' }] },
  ],
  places: ['Albany', 'North Greenbush'],
} satisfies z.input<typeof createZoneSchema>;

export const ZONE_EXAMPLE: ZoneDto = {
  id: '7a0c1d3e-0000-4000-8008-000000000001',
  locationId: null,
  ...NEW_ZONE_EXAMPLE,
};

export const ZONE_SUMMARY_EXAMPLE = toZoneSummary(ZONE_EXAMPLE);
