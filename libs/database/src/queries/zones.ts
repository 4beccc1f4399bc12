import type { TenantId } from '@tandem/contracts';
import type { EntityManager } from 'typeorm';
import { query, type Transaction } from '../connection/unit-of-work.ts';
import type {
  FoundZone,
  GridPoint,
  GridPolygon,
  PostcodeArea,
  Whereabouts,
  Zone,
  ZonePlace,
  ZoneSummary,
} from '../entities/zone.ts';

const SUMMARY = `zone.id, zone.key, zone.name, zone.priority, zone.location_id AS "locationId"`;

/** A zone as stored: its rings are Postgres' text. */
interface StoredZone extends ZoneSummary {
  readonly rings: readonly { readonly part: number; readonly area: string }[];
  readonly postcodes: readonly PostcodeArea[];
  readonly places: readonly ZonePlace[];
}

export async function findZone(manager: EntityManager, tenantId: TenantId, id: string): Promise<Zone | null> {
  const [found] = await query<StoredZone>(
    manager,
    `SELECT ${SUMMARY},
       coalesce((SELECT json_agg(json_build_object('part', shape.part, 'area', shape.area::text)
           ORDER BY shape.part, shape.ring)
         FROM zone_polygons shape WHERE shape.zone_id = zone.id), '[]') AS rings,
       coalesce((SELECT json_agg(json_build_object('country', area.country, 'kind', area.kind,
           'starts', area.starts, 'ends', area.ends) ORDER BY area.country, area.kind, area.starts, area.ends)
         FROM zone_postcodes area WHERE area.zone_id = zone.id), '[]') AS postcodes,
       coalesce((SELECT json_agg(json_build_object('place', named.place, 'name', named.name)
           ORDER BY named.place)
         FROM zone_places named WHERE named.zone_id = zone.id), '[]') AS places
     FROM zones zone WHERE zone.tenant_id = $1 AND zone.id = $2 AND zone.is_active`,
    [tenantId, id],
  );
  if (!found) return null;
  const { rings, ...zone } = found;
  return { ...zone, polygons: polygonsOf(rings) };
}

/** By priority, then by key, from the one after the zone `after` on. */
export function listZones(
  manager: EntityManager,
  tenantId: TenantId,
  after: string | null,
  limit: number,
): Promise<ZoneSummary[]> {
  return query(
    manager,
    `SELECT ${SUMMARY} FROM zones zone WHERE zone.tenant_id = $1 AND zone.is_active
       AND ($2::uuid IS NULL OR (zone.priority, zone.key) >
         (SELECT priority, key FROM zones WHERE tenant_id = $1 AND id = $2))
     ORDER BY zone.priority, zone.key LIMIT $3`,
    [tenantId, after, limit],
  );
}

/** Returns the zones with these keys. None of them is deleted before the transaction ends. */
export function holdZones(
  transaction: Transaction,
  tenantId: TenantId,
  keys: readonly string[],
): Promise<{ id: string; key: string }[]> {
  return query(
    transaction,
    `SELECT id, key FROM zones WHERE tenant_id = $1 AND is_active AND key = ANY($2::text[])
     ORDER BY id FOR SHARE`,
    [tenantId, keys],
  );
}

/** Returns the resources in use that are listed for a zone. */
export function resourcesOfZone(
  manager: EntityManager,
  tenantId: TenantId,
  zoneId: string,
): Promise<{ id: string; name: string }[]> {
  return query(
    manager,
    `SELECT resource.id, resource.name FROM resource_zones link
       JOIN resources resource ON resource.id = link.resource_id
     WHERE link.tenant_id = $1 AND link.zone_id = $2 AND resource.is_active
     ORDER BY resource.name, resource.id`,
    [tenantId, zoneId],
  );
}

/** Makes these the zones of a resource. */
export async function replaceZones(
  transaction: Transaction,
  tenantId: TenantId,
  resourceId: string,
  zoneIds: readonly string[],
): Promise<void> {
  await query(transaction, 'DELETE FROM resource_zones WHERE tenant_id = $1 AND resource_id = $2', [
    tenantId,
    resourceId,
  ]);
  await query(
    transaction,
    `INSERT INTO resource_zones (tenant_id, resource_id, zone_id)
     SELECT $1::uuid, $2::uuid, unnest($3::uuid[]) ON CONFLICT DO NOTHING`,
    [tenantId, resourceId, zoneIds],
  );
}

/*
 * The box of a polygon is what the index knows; the polygon itself decides. `polygon @> point` counts the
 * edge as inside, so a point on the edge of a hole is in the hole.
 */
const BY_POINT = `
SELECT shape.zone_id, NULL::text AS country, NULL::text AS kind, NULL::text AS starts, NULL::text AS ends,
  NULL::text AS place
FROM zones_at($2, $3) shape(zone_id)`;

/** $2 country  $3 code  $4 area codes by country */
const BY_POSTCODE = `
SELECT area.zone_id, area.country, area.kind, area.starts, area.ends, NULL::text AS place
FROM zone_postcodes area
WHERE area.tenant_id = $1 AND ($2::text IS NULL OR area.country = $2)
  AND (area.kind = 'code' AND area.starts IN ($3::text, coalesce($4::jsonb ->> area.country, $3))
    OR area.kind <> 'code' AND length($3) >= length(area.starts)
      AND left($3, length(area.starts)) BETWEEN area.starts AND area.ends)`;

const BY_PLACE = `
SELECT named.zone_id, NULL::text AS country, NULL::text AS kind, NULL::text AS starts, NULL::text AS ends,
  named.name AS place
FROM zone_places named WHERE named.tenant_id = $1 AND named.place = $2`;

/** A row of {@link findZones}: numbers of Postgres' geometry are doubles, and so are numbers here. */
type FoundRow = ZoneSummary & {
  readonly isServed: boolean;
  readonly x: number | null;
  readonly y: number | null;
  readonly postcodes: PostcodeArea | null;
  readonly place: string | null;
};

/** Returns the zones that something lies in, the one that wins first; of equal priority, by key. */
export async function findZones(
  manager: EntityManager,
  tenantId: TenantId,
  wanted: Whereabouts,
  limit: number,
): Promise<FoundZone[]> {
  const { sql, parameters } = matchesOf(wanted);
  const found = await query<FoundRow>(
    manager,
    `WITH matched AS (SELECT DISTINCT ON (zone_id) * FROM (${sql}) found
       ORDER BY zone_id, kind, length(starts) DESC, country, starts)
     SELECT ${SUMMARY}, ${IS_SERVED} AS "isServed", middle.x, middle.y, matched.place,
       CASE WHEN matched.country IS NOT NULL THEN json_build_object('country', matched.country,
         'kind', matched.kind, 'starts', matched.starts, 'ends', matched.ends) END AS postcodes
     FROM matched JOIN zones zone ON zone.id = matched.zone_id
     CROSS JOIN LATERAL (SELECT (min(((box(area))[1])[0]) + max(((box(area))[0])[0])) / 2 AS x,
         (min(((box(area))[1])[1]) + max(((box(area))[0])[1])) / 2 AS y
       FROM zone_polygons WHERE zone_id = zone.id AND ring = 0) middle
     WHERE zone.tenant_id = $1 AND zone.is_active
     ORDER BY zone.priority, zone.key LIMIT ${limit}`,
    [tenantId, ...parameters],
  );
  return found.map(({ x, y, ...zone }) => ({ ...zone, middle: x === null || y === null ? null : [x, y] }));
}

const TABLES = { point: 'zone_polygons', postcode: 'zone_postcodes', place: 'zone_places' } as const;

/** Returns whether the tenant has zones that are told by points, by postcodes or by places. */
export async function hasZonesBy(
  manager: EntityManager,
  tenantId: TenantId,
  kind: Whereabouts['kind'],
): Promise<boolean> {
  const found = await query(
    manager,
    `SELECT 1 FROM ${TABLES[kind]} part JOIN zones zone ON zone.id = part.zone_id
     WHERE part.tenant_id = $1 AND zone.is_active LIMIT 1`,
    [tenantId],
  );
  return found.length > 0;
}

/** Whether a resource in use is listed for the zone, or for none, which is for all. */
const IS_SERVED = `EXISTS (SELECT 1 FROM resources resource
  WHERE resource.tenant_id = $1 AND resource.is_active
    AND (NOT EXISTS (SELECT 1 FROM resource_zones WHERE resource_id = resource.id)
      OR EXISTS (SELECT 1 FROM resource_zones WHERE resource_id = resource.id AND zone_id = zone.id)))`;

function matchesOf(wanted: Whereabouts): { sql: string; parameters: unknown[] } {
  switch (wanted.kind) {
    case 'point':
      return { sql: BY_POINT, parameters: [...wanted.point] };
    case 'postcode': {
      const { country, code, areaCodes } = wanted;
      return { sql: BY_POSTCODE, parameters: [country, code, JSON.stringify(areaCodes)] };
    }
    case 'place':
      return { sql: BY_PLACE, parameters: [wanted.place] };
  }
}

/** Returns a ring as Postgres reads a polygon. */
export const polygonText = (ring: readonly GridPoint[]): string =>
  `(${ring.map(([x, y]) => `(${x},${y})`).join(',')})`;

function polygonsOf(rings: StoredZone['rings']): GridPolygon[] {
  const polygons: GridPoint[][][] = [];
  for (const { part, area } of rings)
    (polygons[part] ??= []).push(JSON.parse(area.replaceAll('(', '[').replaceAll(')', ']')) as GridPoint[]);
  return polygons;
}
