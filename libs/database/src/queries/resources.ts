import type { TenantId } from '@tandem/contracts';
import type { EntityManager } from 'typeorm';
import { query } from '../connection/unit-of-work.ts';

export interface Resource {
  readonly id: string;
  readonly name: string;
  /** Keys of the services it does. */
  readonly services: readonly string[];
  /** Local times of day, HH:MM. */
  readonly hours: readonly { readonly weekday: number; readonly opens: string; readonly closes: string }[];
}

/** By name, with services and hours of each. */
export function listResources(
  manager: EntityManager,
  tenantId: TenantId,
  limit: number,
): Promise<Resource[]> {
  return query(
    manager,
    `SELECT resource.id, resource.name,
       coalesce((SELECT json_agg(service.key ORDER BY service.key)
         FROM resource_services able JOIN services service ON service.id = able.service_id
         WHERE able.resource_id = resource.id AND service.is_active), '[]') AS services,
       coalesce((SELECT json_agg(json_build_object('weekday', hours.weekday,
           'opens', left(hours.opens::text, 5), 'closes', left(hours.closes::text, 5))
           ORDER BY hours.weekday, hours.opens)
         FROM resource_hours hours WHERE hours.resource_id = resource.id), '[]') AS hours
     FROM resources resource WHERE resource.tenant_id = $1 AND resource.is_active
     ORDER BY resource.name, resource.id LIMIT $2`,
    [tenantId, limit],
  );
}
