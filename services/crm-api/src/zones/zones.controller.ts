import { Body, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import type { Transaction } from '@tandem/database';
import {
  CurrentPrincipal,
  Endpoint,
  Idempotent,
  idParameterSchema,
  IfMatch,
  onceFor,
  Tagged,
  TenantController,
  type IdParameter,
  type Precondition,
  type Principal,
} from '@tandem/platform';
import { CRM_SCOPES } from '../crm-scopes.ts';
import {
  FOUND_ZONE_EXAMPLE,
  findZoneSchema,
  foundZoneSchema,
  type FindZone,
  type FoundZoneDto,
} from './found-zone.dto.ts';
import {
  changeZoneSchema,
  createZoneSchema,
  listZonesSchema,
  NEW_ZONE_EXAMPLE,
  toZoneDto,
  toZoneSummary,
  ZONE_EXAMPLE,
  ZONE_SUMMARY_EXAMPLE,
  zonePageSchema,
  zoneSchema,
  type ChangeZone,
  type CreateZone,
  type ListZones,
} from './zone.dto.ts';
import { ZonesService } from './zones.service.ts';

const NOT_FOUND = '`zone-not-found`';

@TenantController('zones', CRM_SCOPES)
export class ZonesController {
  constructor(private readonly zones: ZonesService) {}

  @Get()
  @Endpoint({
    summary: 'Zones without their areas, by priority',
    success: { schema: zonePageSchema, example: { items: [ZONE_SUMMARY_EXAMPLE], nextCursor: null } },
  })
  async list(
    @CurrentPrincipal() { tenantId }: Principal,
    @Query({ schema: listZonesSchema }) query: ListZones,
  ) {
    const { items, nextCursor } = await this.zones.list(tenantId, query);
    return { items: items.map(toZoneSummary), nextCursor };
  }

  @Get('find')
  @Endpoint({
    summary: 'The zone of a postcode, a place or a point',
    description:
      '`?postcode=12210&country=US`, `?place=Albany` or `?lat=42.65&lon=-73.75`. Of several zones that fit ' +
      'the one with the smallest priority wins, of equal ones the first by key. Nothing found is ' +
      '`found: false`, not a 404.',
    success: { schema: foundZoneSchema, example: FOUND_ZONE_EXAMPLE },
  })
  find(
    @CurrentPrincipal() { tenantId }: Principal,
    @Query({ schema: findZoneSchema }) query: FindZone,
  ): Promise<FoundZoneDto> {
    return this.zones.find(tenantId, query);
  }

  @Post()
  @Idempotent()
  @Endpoint({
    summary: 'Add a zone',
    description:
      'A caller is in it who is in its area, or has one of its postcodes or places; any of them may be ' +
      'left out. Resources are listed for zones; one that is listed for none goes everywhere.',
    example: NEW_ZONE_EXAMPLE,
    success: { status: 201, schema: zoneSchema, example: ZONE_EXAMPLE },
    problems: { 409: '`zone-exists`', 422: '`too-many-zones`, `unknown-location`' },
  })
  create(@CurrentPrincipal() { tenantId }: Principal, @Body({ schema: createZoneSchema }) body: CreateZone) {
    return onceFor(body, async (transaction: Transaction) =>
      toZoneDto(await this.zones.create(transaction, tenantId, body)),
    );
  }

  @Get(':id')
  @Tagged()
  @Endpoint({
    summary: 'One zone',
    success: { schema: zoneSchema, example: ZONE_EXAMPLE },
    problems: { 404: NOT_FOUND },
  })
  async get(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
  ) {
    return toZoneDto(await this.zones.get(tenantId, id));
  }

  @Patch(':id')
  @Idempotent()
  @Tagged({ change: true })
  @Endpoint({
    summary: 'Change the given fields of a zone',
    description: 'An area or a list replaces the former one as a whole. Bookings stay as they are.',
    example: { priority: 5, places: ['Albany'] },
    success: { schema: zoneSchema, example: { ...ZONE_EXAMPLE, priority: 5, places: ['Albany'] } },
    problems: { 404: NOT_FOUND, 409: '`zone-exists`', 422: '`unknown-location`' },
  })
  change(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
    @IfMatch() precondition: Precondition,
    @Body({ schema: changeZoneSchema }) body: ChangeZone,
  ) {
    return onceFor(body, async (transaction: Transaction) =>
      toZoneDto(await this.zones.change(transaction, tenantId, id, body, precondition)),
    );
  }

  @Delete(':id')
  @Idempotent()
  @Endpoint({
    summary: 'Delete a zone',
    description:
      'Refused while resources are listed for it: without zones they would go everywhere. Bookings keep ' +
      'it; one that is moved then goes to any resource.',
    success: { status: 204, description: 'Also when it was deleted before.' },
    problems: { 404: NOT_FOUND, 409: '`zone-in-use`; `resources` names those listed for it.' },
  })
  delete(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
  ) {
    return onceFor(null, (transaction: Transaction) => this.zones.delete(transaction, tenantId, id));
  }
}
