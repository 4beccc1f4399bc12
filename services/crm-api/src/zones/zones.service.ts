import { Injectable } from '@nestjs/common';
import type { TenantId } from '@tandem/contracts';
import {
  LocationRepository,
  MAX_ZONES,
  ZoneRepository,
  type FoundZone,
  type Page,
  type Transaction,
  type Whereabouts,
  type Zone,
  type ZoneSummary,
} from '@tandem/database';
import { Precondition, Problem } from '@tandem/platform';
import { toFoundZoneDto, toWhereabouts, type FindZone, type FoundZoneDto } from './found-zone.dto.ts';
import { distanceTo, nearestLocation, type NearLocation } from './nearest-location.ts';
import { unknownLocation } from './unknown-zone.ts';
import { toZoneDto, toZoneFields, type ChangeZone, type CreateZone, type ListZones } from './zone.dto.ts';

/** The areas that resources of a tenant go to. */
@Injectable()
export class ZonesService {
  constructor(
    private readonly zones: ZoneRepository,
    private readonly locations: LocationRepository,
  ) {}

  list(tenantId: TenantId, page: ListZones): Promise<Page<ZoneSummary>> {
    return this.zones.list(tenantId, page);
  }

  /** @throws Problem 404 */
  async get(tenantId: TenantId, id: string): Promise<Zone> {
    return found(await this.zones.find(tenantId, id));
  }

  /** Returns the zone that a point, a postcode or a place lies in, and the location for it. */
  async find(tenantId: TenantId, asked: FindZone): Promise<FoundZoneDto> {
    const wanted = toWhereabouts(asked);
    const zones = await this.zones.locate(tenantId, wanted);
    const [first] = zones;
    const answer = toFoundZoneDto(zones, await this.locationFor(tenantId, wanted, first ?? null));
    if (first) return answer;
    const isTold = await this.zones.hasAnyBy(tenantId, wanted.kind);
    const notFound = isTold
      ? OUTSIDE
      : { code: 'no-zones' as const, detail: NOTHING_TO_COMPARE[wanted.kind] };
    return { ...answer, notFound };
  }

  /** @throws Problem 409 `zone-exists`, 422 `too-many-zones`, `unknown-location` */
  async create(transaction: Transaction, tenantId: TenantId, asked: CreateZone): Promise<Zone> {
    await this.holdLocation(transaction, tenantId, asked.locationId);
    const { area, ...fields } = asked;
    const zone = await this.zones.create(transaction, tenantId, { ...fields, polygons: area ?? [] });
    if (zone === 'exists') throw zoneExists(asked.key);
    if (zone !== 'full') return zone;
    throw new Problem(
      422,
      'too-many-zones',
      'Too many zones',
      `A business may have ${MAX_ZONES} zones. Delete one that is not needed.`,
    );
  }

  /** @throws Problem 404, 409 `zone-exists`, 412, 422 `unknown-location` */
  async change(
    transaction: Transaction,
    tenantId: TenantId,
    id: string,
    asked: ChangeZone,
    precondition: Precondition,
  ): Promise<Zone> {
    await this.holdLocation(transaction, tenantId, asked.locationId);
    const before = found(await this.zones.hold(transaction, tenantId, id));
    if (!precondition.isMet(toZoneDto(before))) throw Precondition.failed();
    const zone = await this.zones.change(transaction, tenantId, before, toZoneFields(asked));
    if (zone === 'exists') throw zoneExists(asked.key ?? '');
    return found(zone === 'not-found' ? null : zone);
  }

  /** @throws Problem 404, 409 `zone-in-use` */
  async delete(transaction: Transaction, tenantId: TenantId, id: string): Promise<void> {
    const outcome = await this.zones.deactivate(transaction, tenantId, id);
    if (outcome === 'not-found') throw notFound();
    if (outcome === 'deleted') return;
    throw new Problem(
      409,
      'zone-in-use',
      'Resources go to this zone',
      'Resources are listed for this zone. One without zones goes everywhere, so take the zone from them ' +
        'first; `resources` names them.',
      { resources: outcome.resources },
    );
  }

  private async locationFor(
    tenantId: TenantId,
    wanted: Whereabouts,
    zone: FoundZone | null,
  ): Promise<NearLocation | null> {
    const locations = await this.locations.all(tenantId);
    const point = wanted.kind === 'point' ? wanted.point : null;
    const own = locations.find(({ id }) => id === zone?.locationId);
    if (own) return { location: own, distanceKm: point && distanceTo(own, point) };
    if (point) return nearestLocation(locations, point);
    const near = nearestLocation(locations, zone?.middle ?? null);
    return near && { ...near, distanceKm: null };
  }

  /** Keeps a location from being deleted before the transaction ends. @throws Problem 422 */
  private async holdLocation(
    transaction: Transaction,
    tenantId: TenantId,
    id: string | null | undefined,
  ): Promise<void> {
    if (id === null || id === undefined) return;
    if (!(await this.locations.hold(transaction, tenantId, id, 'pessimistic_read'))) throw unknownLocation();
  }
}

const OUTSIDE = { code: 'outside', detail: 'It lies in none of the zones.' } as const;
const NOTHING_TO_COMPARE = {
  point: 'No zone has an area.',
  postcode: 'No zone has postcodes.',
  place: 'No zone has places.',
} as const;

function found(zone: Zone | null): Zone {
  if (zone) return zone;
  throw notFound();
}

const notFound = () =>
  new Problem(404, 'zone-not-found', 'No such zone', 'There is no zone with this id. Ask for the list.');

const zoneExists = (key: string) =>
  new Problem(
    409,
    'zone-exists',
    'The key is taken',
    `Another zone has the key ${key}. Change that one, or choose another key.`,
  );
