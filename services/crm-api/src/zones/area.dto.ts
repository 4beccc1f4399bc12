import type { GridPoint, GridPolygon } from '@tandem/database';
import { z } from 'zod';
import { openRing, problemOf, toDegrees, toGrid } from './ring.ts';

/** Points of all rings of a zone, and its polygons. */
const MAX_POINTS = 1_000;
const MAX_POLYGONS = 50;

const longitudeSchema = z.number().min(-180).max(180);
const latitudeSchema = z.number().min(-90).max(90);
/** A third number, the height, is ignored. */
const positionSchema = z
  .tuple([longitudeSchema, latitudeSchema])
  .rest(z.number())
  .describe('Longitude, then latitude, in degrees (WGS 84).');
const ringSchema = z
  .array(positionSchema)
  .min(3)
  .max(MAX_POINTS + 1);
const ringsSchema = z.array(ringSchema).min(1).max(MAX_POLYGONS);

const polygonSchema = z.object({ type: z.literal('Polygon'), coordinates: ringsSchema });
const multiPolygonSchema = z.object({
  type: z.literal('MultiPolygon'),
  coordinates: z.array(ringsSchema).min(1).max(MAX_POLYGONS),
});
const geometrySchema = z.discriminatedUnion('type', [polygonSchema, multiPolygonSchema]);
const featureSchema = z.object({ type: z.literal('Feature'), geometry: geometrySchema });
const collectionSchema = z.object({
  type: z.literal('FeatureCollection'),
  features: z.array(featureSchema).min(1).max(MAX_POLYGONS),
});

/** An area as GeoJSON (RFC 7946); read into polygons on our grid, all of them one area. */
export const areaInputSchema = z
  .discriminatedUnion('type', [polygonSchema, multiPolygonSchema, featureSchema, collectionSchema])
  .transform((given, context): GridPolygon[] => {
    const polygons = coordinatesOf(given).map((rings) =>
      rings.map((ring) => openRing(ring.map(([x, y]): GridPoint => [toGrid(x), toGrid(y)]))),
    );
    const points = polygons.flat(2).length;
    if (polygons.length > MAX_POLYGONS) issue(`must have ${MAX_POLYGONS} polygons at most`);
    else if (points > MAX_POINTS) issue(`must have ${MAX_POINTS} points at most, and has ${points}`);
    else polygons.forEach(check);
    return polygons;

    function issue(message: string): void {
      context.addIssue({ code: 'custom', message });
    }
    function check(polygon: GridPolygon, index: number): void {
      const problem = problemOf(polygon);
      if (problem) issue(polygons.length === 1 ? problem : `polygon ${index + 1} ${problem}`);
    }
  })
  .describe(
    'GeoJSON: Polygon, MultiPolygon, a Feature with one of them, or a FeatureCollection of such features, ' +
      `which are one area. Up to ${MAX_POINTS} points; six decimals count. Rings may be open; they do not ` +
      'cross themselves or the 180th meridian. Holes lie inside of their polygon.',
  );

/** An area as it is sent. */
export const areaSchema = geometrySchema.describe(
  'GeoJSON; edges belong to the area, those of holes do not.',
);
export type AreaDto = z.output<typeof areaSchema>;

/** Returns polygons as GeoJSON; null for none. */
export function toAreaDto(polygons: readonly GridPolygon[]): AreaDto | null {
  const coordinates = polygons.map((polygon) =>
    polygon.map((ring) =>
      [...ring, ...ring.slice(0, 1)].map(([x, y]): [number, number] => [toDegrees(x), toDegrees(y)]),
    ),
  );
  const [only] = coordinates;
  if (!only) return null;
  return coordinates.length === 1
    ? { type: 'Polygon', coordinates: only }
    : { type: 'MultiPolygon', coordinates };
}

type Rings = z.output<typeof ringsSchema>;

function coordinatesOf(
  given: z.output<typeof geometrySchema | typeof featureSchema | typeof collectionSchema>,
): Rings[] {
  switch (given.type) {
    case 'Polygon':
      return [given.coordinates];
    case 'MultiPolygon':
      return given.coordinates;
    case 'Feature':
      return coordinatesOf(given.geometry);
    case 'FeatureCollection':
      return given.features.flatMap(({ geometry }) => coordinatesOf(geometry));
  }
}
