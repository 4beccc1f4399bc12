import { randomUUID } from 'node:crypto';
import type { TenantId } from '@tandem/contracts';
import type { DataSource } from 'typeorm';
import { run, type Transaction } from '../../connection/unit-of-work.ts';
import type { Booking } from '../../entities/booking.ts';
import { ResourceHoursRow, ResourceRow } from '../../entities/business.entities.ts';
import { findOfResource } from '../../queries/bookings.ts';
import { insertRows } from '../../queries/insert-rows.ts';
import { lockName } from '../../queries/locks.ts';
import { findResource, listResources, replaceServices, type Resource } from '../../queries/resources.ts';
import { replaceZones } from '../../queries/zones.ts';
import { startOf, toPageByName, type Page, type PageRequest } from '../../rows/page.ts';
import { given } from '../../rows/given.ts';
import { storable } from '../../rows/storable.ts';
import { lockResource } from './free-resource.ts';

/** The most resources a tenant has at once. */
export const MAX_RESOURCES = 200;
/** Bookings that are named where a resource no longer takes them. */
const MAX_BOOKINGS = 100;

/** Fields to store, services and zones by id. */
type ResourceFields = Omit<Resource, 'id' | 'services' | 'zones'> & {
  readonly serviceIds: readonly string[];
  readonly zoneIds: readonly string[];
};

/** Fields to change: absent fields stay. */
type ResourceChange = { readonly [Field in keyof ResourceFields]?: ResourceFields[Field] | undefined };

/** The first bookings of a resource in a time, and how many there are. */
export interface BookingsOfResource {
  readonly bookings: readonly Booking[];
  readonly count: number;
}

/** The resources of a tenant. One that is no longer in use stays for its bookings alone. */
export class ResourceRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** By name. @throws CursorMalformed */
  async list(tenantId: TenantId, page: PageRequest): Promise<Page<Resource>> {
    const start = startOf(page);
    const found = await run(this.dataSource, tenantId, (manager) =>
      listResources(manager, tenantId, start?.id ?? null, page.limit + 1),
    );
    return toPageByName(found, page.limit, (resource) => resource);
  }

  find(tenantId: TenantId, id: string): Promise<Resource | null> {
    return run(this.dataSource, tenantId, (manager) => findResource(manager, tenantId, id));
  }

  /** Returns a resource that no other transaction changes until this one ends. */
  async hold(transaction: Transaction, tenantId: TenantId, id: string): Promise<Resource | null> {
    await transaction.findOne(ResourceRow, {
      where: { tenantId, id },
      lock: { mode: 'for_no_key_update' },
    });
    return findResource(transaction, tenantId, id);
  }

  /** Null when the tenant has {@link MAX_RESOURCES}. */
  async create(
    transaction: Transaction,
    tenantId: TenantId,
    fields: ResourceFields,
  ): Promise<Resource | null> {
    await lockName(transaction, `resources:${tenantId}`);
    const count = await transaction.countBy(ResourceRow, { tenantId, isActive: true });
    if (count >= MAX_RESOURCES) return null;
    const id = randomUUID();
    const { name, kind, skills, locationId } = storable(fields);
    await transaction.insert(ResourceRow, { id, tenantId, name, kind, skills: [...skills], locationId });
    await this.writeParts(transaction, tenantId, id, fields);
    return findResource(transaction, tenantId, id);
  }

  /** Changes the given fields of a resource that the transaction holds. */
  async change(
    transaction: Transaction,
    tenantId: TenantId,
    id: string,
    fields: ResourceChange,
  ): Promise<Resource | null> {
    const { name, kind, skills, locationId } = fields;
    const own = given({ name, kind, skills: skills && [...skills], locationId });
    if (Object.keys(own).length > 0) await transaction.update(ResourceRow, { tenantId, id }, own);
    await this.writeParts(transaction, tenantId, id, fields);
    return findResource(transaction, tenantId, id);
  }

  /**
   * Takes a resource out of use; a second time changes nothing. Its bookings stay, and no other is made.
   * @returns the bookings that are not over; null when there is no such resource
   */
  async deactivate(
    transaction: Transaction,
    tenantId: TenantId,
    id: string,
    now: Date,
  ): Promise<BookingsOfResource | null> {
    await lockResource(transaction, id);
    const { affected } = await transaction.update(ResourceRow, { tenantId, id }, { isActive: false });
    if (affected !== 1) return null;
    return findOfResource(transaction, tenantId, id, { from: now, until: null }, MAX_BOOKINGS);
  }

  private async writeParts(
    transaction: Transaction,
    tenantId: TenantId,
    resourceId: string,
    { serviceIds, zoneIds, hours }: ResourceChange,
  ): Promise<void> {
    if (zoneIds) await replaceZones(transaction, tenantId, resourceId, zoneIds);
    if (serviceIds) await replaceServices(transaction, tenantId, resourceId, serviceIds);
    if (!hours) return;
    await transaction.delete(ResourceHoursRow, { tenantId, resourceId });
    await insertRows(
      transaction,
      ResourceHoursRow,
      hours.map(({ weekday, opens, closes }) => ({ tenantId, resourceId, weekday, opens, closes })),
    );
  }
}
