import type { TenantId } from '@tandem/contracts';
import type { DataSource } from 'typeorm';
import { ServiceRow } from '../../entities/business.entities.ts';
import { query, run, type Transaction } from '../../connection/unit-of-work.ts';

export interface Service {
  readonly id: string;
  readonly key: string;
  readonly name: string;
  readonly durationMinutes: number;
  /** Appointments start this long after they are booked, or later. */
  readonly noticeMinutes: number;
}

export interface Resource {
  readonly id: string;
  readonly name: string;
  /** Keys of what they do. */
  readonly services: readonly string[];
  /** Local times of day, HH:MM. */
  readonly hours: readonly { readonly weekday: number; readonly opens: string; readonly closes: string }[];
}

/** A catalogue is small; a tenant with more is served the first of them. */
const MAX_LISTED = 200;

const toService = ({ id, key, name, durationMinutes, noticeMinutes }: ServiceRow): Service => ({
  id,
  key,
  name,
  durationMinutes,
  noticeMinutes,
});

/** What a tenant offers and who does it. */
export class CatalogueRepository {
  constructor(private readonly dataSource: DataSource) {}

  async services(tenantId: TenantId): Promise<Service[]> {
    const found = await run(this.dataSource, (manager) =>
      manager.find(ServiceRow, {
        where: { tenantId, isActive: true },
        order: { key: 'ASC' },
        take: MAX_LISTED,
      }),
    );
    return found.map(toService);
  }

  /**
   * How long before its start an appointment of the service is booked at the latest. Null when there is no
   * such service.
   */
  async setNotice(
    transaction: Transaction,
    tenantId: TenantId,
    id: string,
    noticeMinutes: number,
  ): Promise<Service | null> {
    await transaction.update(ServiceRow, { tenantId, id, isActive: true }, { noticeMinutes });
    const service = await transaction.findOneBy(ServiceRow, { tenantId, id, isActive: true });
    return service && toService(service);
  }

  async resources(tenantId: TenantId): Promise<Resource[]> {
    return run(this.dataSource, (manager) =>
      query<Resource>(
        manager,
        `SELECT resource.id, resource.name,
           coalesce((SELECT json_agg(service.key ORDER BY service.key) FROM resource_services able JOIN services service ON service.id = able.service_id
             WHERE able.resource_id = resource.id AND service.is_active), '[]') AS services,
           coalesce((SELECT json_agg(json_build_object('weekday', hours.weekday, 'opens', left(hours.opens::text, 5), 'closes', left(hours.closes::text, 5))
             ORDER BY hours.weekday, hours.opens) FROM resource_hours hours WHERE hours.resource_id = resource.id), '[]') AS hours
         FROM resources resource WHERE resource.tenant_id = $1 AND resource.is_active ORDER BY resource.name, resource.id LIMIT $2`,
        [tenantId, MAX_LISTED],
      ),
    );
  }
}
