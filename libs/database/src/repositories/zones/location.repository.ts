import { randomUUID } from 'node:crypto';
import type { TenantId } from '@tandem/contracts';
import type { DataSource } from 'typeorm';
import { run, type Transaction } from '../../connection/unit-of-work.ts';
import { ResourceRow } from '../../entities/business.entities.ts';
import { LocationRow, ZoneRow } from '../../entities/zone.entities.ts';
import type { Location } from '../../entities/zone.ts';
import { lockName } from '../../queries/locks.ts';
import { given } from '../../rows/given.ts';
import { startOf, toPageByName, type Page, type PageRequest } from '../../rows/page.ts';
import { without } from '../../rows/without.ts';

/** The most locations a tenant has at once. */
export const MAX_LOCATIONS = 200;

type LocationFields = Omit<Location, 'id'>;

/** Fields to change: absent fields stay. */
type LocationChange = { readonly [Field in keyof LocationFields]?: LocationFields[Field] | undefined };

/** The places of a tenant. */
export class LocationRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** By name. @throws CursorMalformed */
  async list(tenantId: TenantId, page: PageRequest): Promise<Page<Location>> {
    const start = startOf(page);
    const found = await run(this.dataSource, tenantId, (manager) => {
      const locations = manager
        .createQueryBuilder(LocationRow, 'location')
        .where('location.tenantId = :tenantId AND location.isActive', { tenantId });
      if (start)
        locations.andWhere(
          '(location.name, location.id) > ' +
            '(SELECT name, id FROM locations WHERE tenant_id = :tenantId AND id = :after)',
          { after: start.id },
        );
      return locations
        .orderBy('location.name')
        .addOrderBy('location.id')
        .take(page.limit + 1)
        .getMany();
    });
    return toPageByName(found, page.limit, toLocation);
  }

  /** Returns all locations, by name. */
  async all(tenantId: TenantId): Promise<Location[]> {
    const found = await run(this.dataSource, tenantId, (manager) =>
      manager.find(LocationRow, {
        where: { tenantId, isActive: true },
        order: { name: 'ASC', id: 'ASC' },
        take: MAX_LOCATIONS,
      }),
    );
    return found.map(toLocation);
  }

  async find(tenantId: TenantId, id: string): Promise<Location | null> {
    const row = await run(this.dataSource, tenantId, (manager) =>
      manager.findOneBy(LocationRow, { tenantId, id, isActive: true }),
    );
    return row && toLocation(row);
  }

  /** Returns a location that no other transaction changes or deletes until this one ends. */
  async hold(
    transaction: Transaction,
    tenantId: TenantId,
    id: string,
    mode: 'pessimistic_write' | 'pessimistic_read' = 'pessimistic_write',
  ): Promise<Location | null> {
    const row = await transaction.findOne(LocationRow, {
      where: { tenantId, id, isActive: true },
      lock: { mode },
    });
    return row && toLocation(row);
  }

  /** Null when the tenant has {@link MAX_LOCATIONS}. */
  async create(
    transaction: Transaction,
    tenantId: TenantId,
    fields: LocationFields,
  ): Promise<Location | null> {
    await lockName(transaction, `locations:${tenantId}`);
    const count = await transaction.countBy(LocationRow, { tenantId, isActive: true });
    if (count >= MAX_LOCATIONS) return null;
    const id = randomUUID();
    await transaction.insert(LocationRow, { ...given(fields), id, tenantId });
    return toLocation(await transaction.findOneByOrFail(LocationRow, { tenantId, id }));
  }

  /** Changes the given fields of a location that the transaction holds. */
  async change(
    transaction: Transaction,
    tenantId: TenantId,
    id: string,
    fields: LocationChange,
  ): Promise<Location> {
    await transaction.update(LocationRow, { tenantId, id }, given(fields));
    return toLocation(await transaction.findOneByOrFail(LocationRow, { tenantId, id }));
  }

  /**
   * Deletes a location; resources and zones belong to none then. A second time changes nothing.
   * @returns whether there is or was such a location
   */
  async deactivate(transaction: Transaction, tenantId: TenantId, id: string): Promise<boolean> {
    const { affected } = await transaction.update(LocationRow, { tenantId, id }, { isActive: false });
    // Zones before resources, and those by id, as the change of a resource holds them.
    await transaction.find(ZoneRow, {
      where: { tenantId, locationId: id },
      order: { id: 'ASC' },
      lock: { mode: 'pessimistic_write' },
    });
    await transaction.update(ZoneRow, { tenantId, locationId: id }, { locationId: null });
    await transaction.update(ResourceRow, { tenantId, locationId: id }, { locationId: null });
    return affected === 1;
  }
}

const toLocation = (row: LocationRow): Location => without(row, 'tenantId', 'isActive');
