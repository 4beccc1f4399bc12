import { randomUUID } from 'node:crypto';
import type { TenantId } from '@tandem/contracts';
import type { DataSource } from 'typeorm';
import { run, type Transaction } from '../../connection/unit-of-work.ts';
import { ZonePlaceRow, ZonePolygonRow, ZonePostcodeRow, ZoneRow } from '../../entities/zone.entities.ts';
import type { FoundZone, Whereabouts, Zone, ZoneSummary } from '../../entities/zone.ts';
import { insertRows } from '../../queries/insert-rows.ts';
import { lockName } from '../../queries/locks.ts';
import {
  findZone,
  findZones,
  hasZonesBy,
  holdZones,
  listZones,
  polygonText,
  resourcesOfZone,
} from '../../queries/zones.ts';
import { given } from '../../rows/given.ts';
import { startOf, toPageByName, type Page, type PageRequest } from '../../rows/page.ts';

/** The most zones a tenant has at once. */
export const MAX_ZONES = 200;
/** Zones that are named where something lies in several. */
const MAX_FOUND = 10;

type ZoneFields = Omit<Zone, 'id'>;

/** Fields to change: absent fields stay. */
type ZoneChange = { readonly [Field in keyof ZoneFields]?: ZoneFields[Field] | undefined };

/** A zone that resources still go to; without it they would go everywhere. */
interface ZoneInUse {
  readonly resources: readonly { readonly id: string; readonly name: string }[];
}

/** The areas that resources of a tenant go to. A deleted one stays for its bookings alone. */
export class ZoneRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** By priority, then by key. @throws CursorMalformed */
  async list(tenantId: TenantId, page: PageRequest): Promise<Page<ZoneSummary>> {
    const start = startOf(page);
    const found = await run(this.dataSource, tenantId, (manager) =>
      listZones(manager, tenantId, start?.id ?? null, page.limit + 1),
    );
    return toPageByName(found, page.limit, (zone) => zone);
  }

  find(tenantId: TenantId, id: string): Promise<Zone | null> {
    return run(this.dataSource, tenantId, (manager) => findZone(manager, tenantId, id));
  }

  /** Returns a zone that no other transaction changes, deletes or gives a resource until this one ends. */
  async hold(transaction: Transaction, tenantId: TenantId, id: string): Promise<Zone | null> {
    await transaction.findOne(ZoneRow, { where: { tenantId, id }, lock: { mode: 'pessimistic_write' } });
    return findZone(transaction, tenantId, id);
  }

  /** Returns the zones with these keys. None of them is deleted before the transaction ends. */
  holdByKey(
    transaction: Transaction,
    tenantId: TenantId,
    keys: readonly string[],
  ): Promise<{ id: string; key: string }[]> {
    return holdZones(transaction, tenantId, keys);
  }

  /** Returns the keys of all zones. */
  async keys(tenantId: TenantId, transaction?: Transaction): Promise<string[]> {
    const read = (manager: Transaction) => listZones(manager, tenantId, null, MAX_ZONES);
    const zones = await (transaction ? read(transaction) : run(this.dataSource, tenantId, read));
    return zones.map(({ key }) => key).sort();
  }

  /** Returns the zones that something lies in, the one that wins first. */
  locate(tenantId: TenantId, wanted: Whereabouts): Promise<FoundZone[]> {
    return run(this.dataSource, tenantId, (manager) => findZones(manager, tenantId, wanted, MAX_FOUND));
  }

  /** Returns whether there are zones that something of this kind can lie in. */
  hasAnyBy(tenantId: TenantId, kind: Whereabouts['kind']): Promise<boolean> {
    return run(this.dataSource, tenantId, (manager) => hasZonesBy(manager, tenantId, kind));
  }

  /** `exists`: the tenant has another zone with this key. `full`: it has {@link MAX_ZONES}. */
  async create(
    transaction: Transaction,
    tenantId: TenantId,
    fields: ZoneFields,
  ): Promise<Zone | 'exists' | 'full'> {
    const keys = await this.lockedKeys(transaction, tenantId);
    if (keys.includes(fields.key)) return 'exists';
    if (keys.length >= MAX_ZONES) return 'full';
    const { key, name, priority, locationId } = fields;
    const id = randomUUID();
    await transaction.insert(ZoneRow, { id, tenantId, ...given({ key, name, priority, locationId }) });
    await this.writeParts(transaction, tenantId, id, fields);
    return (await findZone(transaction, tenantId, id)) ?? 'full';
  }

  /** Changes the given fields of a zone that the transaction holds. */
  async change(
    transaction: Transaction,
    tenantId: TenantId,
    before: ZoneSummary,
    fields: ZoneChange,
  ): Promise<Zone | 'exists' | 'not-found'> {
    const { id } = before;
    if (fields.key !== undefined && fields.key !== before.key) {
      const keys = await this.lockedKeys(transaction, tenantId);
      if (keys.includes(fields.key)) return 'exists';
    }
    const { key, name, priority, locationId } = fields;
    const own = given({ key, name, priority, locationId });
    if (Object.keys(own).length > 0) await transaction.update(ZoneRow, { tenantId, id }, own);
    await this.writeParts(transaction, tenantId, id, fields);
    return (await findZone(transaction, tenantId, id)) ?? 'not-found';
  }

  /**
   * Deletes a zone; a second time changes nothing. Bookings keep it.
   * @returns the resources that still go there: nothing was changed then
   */
  async deactivate(
    transaction: Transaction,
    tenantId: TenantId,
    id: string,
  ): Promise<'deleted' | 'not-found' | ZoneInUse> {
    const row = await transaction.findOne(ZoneRow, {
      where: { tenantId, id },
      lock: { mode: 'pessimistic_write' },
    });
    if (!row) return 'not-found';
    const resources = await resourcesOfZone(transaction, tenantId, id);
    if (resources.length > 0) return { resources };
    await transaction.update(ZoneRow, { tenantId, id }, { isActive: false });
    return 'deleted';
  }

  /** Returns the keys of all zones. No other transaction adds one or changes one until this one ends. */
  private async lockedKeys(transaction: Transaction, tenantId: TenantId): Promise<string[]> {
    await lockName(transaction, `zones:${tenantId}`);
    return this.keys(tenantId, transaction);
  }

  private async writeParts(
    transaction: Transaction,
    tenantId: TenantId,
    zoneId: string,
    { polygons, postcodes, places }: ZoneChange,
  ): Promise<void> {
    if (polygons) {
      await transaction.delete(ZonePolygonRow, { tenantId, zoneId });
      const rings = polygons.flatMap((polygon, part) =>
        polygon.map((points, ring) => ({ tenantId, zoneId, part, ring, area: polygonText(points) })),
      );
      await insertRows(transaction, ZonePolygonRow, rings);
    }
    if (postcodes) {
      await transaction.delete(ZonePostcodeRow, { tenantId, zoneId });
      await insertRows(
        transaction,
        ZonePostcodeRow,
        postcodes.map((area) => ({ tenantId, zoneId, ...area })),
      );
    }
    if (!places) return;
    await transaction.delete(ZonePlaceRow, { tenantId, zoneId });
    await insertRows(
      transaction,
      ZonePlaceRow,
      places.map((named) => ({ tenantId, zoneId, ...named })),
    );
  }
}
