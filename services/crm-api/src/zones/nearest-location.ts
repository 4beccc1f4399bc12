import type { GridPoint, Location } from '@tandem/database';
import { toDegrees } from './ring.ts';

const EARTH_RADIUS_KM = 6_371;
const RADIANS = Math.PI / 180;

/** A location, and how far it is from the point it was looked for from. */
export interface NearLocation {
  readonly location: Location;
  /** As the crow flies; null where there was no point to measure from. */
  readonly distanceKm: number | null;
}

/**
 * Returns the nearest location. Without a point the only one there is; null where there is none, or where
 * nobody knows which of several is the nearest.
 */
export function nearestLocation(locations: readonly Location[], from: GridPoint | null): NearLocation | null {
  const [first, ...others] = locations;
  if (!from) return first && others.length === 0 ? { location: first, distanceKm: null } : null;
  const measured = locations.flatMap((location) => {
    const distanceKm = distanceTo(location, from);
    return distanceKm === null ? [] : [{ location, distanceKm }];
  });
  return measured.sort((a, b) => a.distanceKm - b.distanceKm)[0] ?? null;
}

/** Returns the great-circle distance in km, rounded to 100 m; null when nobody knows where the place is. */
export function distanceTo({ latitude, longitude }: Location, [x, y]: GridPoint): number | null {
  if (latitude === null || longitude === null) return null;
  const [lat1, lat2] = [latitude * RADIANS, toDegrees(y) * RADIANS];
  const across = Math.sin(((toDegrees(x) - longitude) * RADIANS) / 2) ** 2;
  const along = Math.sin((lat2 - lat1) / 2) ** 2;
  const share = Math.min(1, along + Math.cos(lat1) * Math.cos(lat2) * across);
  return Math.round(2 * EARTH_RADIUS_KM * Math.asin(Math.sqrt(share)) * 10) / 10;
}
