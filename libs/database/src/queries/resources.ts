import type { TenantId } from '@tandem/contracts';
import type { EntityManager } from 'typeorm';
import { query } from '../connection/unit-of-work.ts';
import type { ResourceKind } from '../entities/business.entities.ts';

export interface Resource {
  readonly id: string;
  readonly name: string;
  readonly kind: ResourceKind;
  readonly skills: readonly string[];
  /** Keys of the services it is listed for. */
  readonly services: readonly string[];
  /** The location it belongs to. */
  readonly locationId: string | null;
  /** Keys of the zones it goes to; none for all. */
  readonly zones: readonly string[];
  /** Local times of day, HH:MM. */
  readonly hours: readonly { readonly weekday: number; readonly opens: string; readonly closes: string }[];
}

const VIEW = `
SELECT resource.id, resource.name, resource.kind, resource.skills, resource.location_id AS "locationId",
  coalesce((SELECT json_agg(zone.key ORDER BY zone.key)
    FROM resource_zones served JOIN zones zone ON zone.id = served.zone_id
    WHERE served.resource_id = resource.id), '[]') AS zones,
  coalesce((SELECT json_agg(service.key ORDER BY service.key)
    FROM resource_services able JOIN services service ON service.id = able.service_id
    WHERE able.resource_id = resource.id AND service.is_active), '[]') AS services,
  coalesce((SELECT json_agg(json_build_object('weekday', hours.weekday,
      'opens', left(hours.opens::text, 5), 'closes', left(hours.closes::text, 5))
      ORDER BY hours.weekday, hours.opens)
    FROM resource_hours hours WHERE hours.resource_id = resource.id), '[]') AS hours
FROM resources resource WHERE resource.tenant_id = $1 AND resource.is_active`;

/** By name, with services and hours of each, from the one after the resource `after` on. */
export function listResources(
  manager: EntityManager,
  tenantId: TenantId,
  after: string | null,
  limit: number,
): Promise<Resource[]> {
  return query(
    manager,
    `${VIEW} AND ($2::uuid IS NULL OR (resource.name, resource.id) >
       (SELECT name, id FROM resources WHERE tenant_id = $1 AND id = $2))
     ORDER BY resource.name, resource.id LIMIT $3`,
    [tenantId, after, limit],
  );
}

export async function findResource(
  manager: EntityManager,
  tenantId: TenantId,
  id: string,
): Promise<Resource | null> {
  const [found] = await query<Resource>(manager, `${VIEW} AND resource.id = $2`, [tenantId, id]);
  return found ?? null;
}

/**
 * Makes these the services of a resource. Those that are no longer offered stay, so that their bookings can
 * be moved.
 */
export async function replaceServices(
  manager: EntityManager,
  tenantId: TenantId,
  resourceId: string,
  serviceIds: readonly string[],
): Promise<void> {
  await query(
    manager,
    `DELETE FROM resource_services link USING services service
     WHERE link.tenant_id = $1 AND link.resource_id = $2 AND service.id = link.service_id
       AND service.is_active AND service.id <> ALL($3::uuid[])`,
    [tenantId, resourceId, serviceIds],
  );
  await query(
    manager,
    `INSERT INTO resource_services (tenant_id, resource_id, service_id)
     SELECT $1::uuid, $2::uuid, unnest($3::uuid[]) ON CONFLICT DO NOTHING`,
    [tenantId, resourceId, serviceIds],
  );
}
