import type { TenantId } from '@tandem/contracts';
import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';
import type { PostcodeKind } from './zone.ts';

/** A place of the business. */
@Entity({ name: 'locations' })
export class LocationRow {
  @PrimaryGeneratedColumn('uuid') id!: string;
  @Column({ name: 'tenant_id', type: 'uuid' }) tenantId!: TenantId;
  @Column({ type: 'text' }) name!: string;
  @Column({ type: 'text', default: '' }) address!: string;
  /** IANA name; null for that of the business. */
  @Column({ name: 'time_zone', type: 'text', nullable: true }) timeZone!: string | null;
  /** E.164. */
  @Column({ type: 'text', nullable: true }) phone!: string | null;
  /** Degrees; null when it is not known where it is. */
  @Column({ type: 'double precision', nullable: true }) latitude!: number | null;
  @Column({ type: 'double precision', nullable: true }) longitude!: number | null;
  @Column({ name: 'is_active', type: 'boolean', default: true }) isActive!: boolean;
}

/** An area that resources go to. */
@Entity({ name: 'zones' })
export class ZoneRow {
  @PrimaryGeneratedColumn('uuid') id!: string;
  @Column({ name: 'tenant_id', type: 'uuid' }) tenantId!: TenantId;
  /** Name in the API and for the agents, such as `north`. */
  @Column({ type: 'text' }) key!: string;
  @Column({ type: 'text' }) name!: string;
  /** Rank among the zones something lies in: the smallest wins. */
  @Column({ type: 'integer', default: 100 }) priority!: number;
  /** The location that callers of the zone are told; null for the nearest. */
  @Column({ name: 'location_id', type: 'uuid', nullable: true }) locationId!: string | null;
  /** A deleted one stays for its bookings; its key is free for another one. */
  @Column({ name: 'is_active', type: 'boolean', default: true }) isActive!: boolean;
}

/** A ring of a polygon of a zone: the first is its edge, the others are holes. */
@Entity({ name: 'zone_polygons' })
export class ZonePolygonRow {
  @Column({ name: 'tenant_id', type: 'uuid' }) tenantId!: TenantId;
  @PrimaryColumn({ name: 'zone_id', type: 'uuid' }) zoneId!: string;
  @PrimaryColumn({ type: 'smallint' }) part!: number;
  @PrimaryColumn({ type: 'smallint' }) ring!: number;
  /** Postgres' text form, in millionths of a degree. */
  @Column({ type: 'polygon' }) area!: string;
}

/** Postcodes of a zone, without spaces and dashes. */
@Entity({ name: 'zone_postcodes' })
export class ZonePostcodeRow {
  @Column({ name: 'tenant_id', type: 'uuid' }) tenantId!: TenantId;
  @PrimaryColumn({ name: 'zone_id', type: 'uuid' }) zoneId!: string;
  /** ISO 3166-1, two capital letters. */
  @PrimaryColumn({ type: 'text' }) country!: string;
  @PrimaryColumn({ type: 'text' }) kind!: PostcodeKind;
  @PrimaryColumn({ type: 'text' }) starts!: string;
  /** The same as `starts` unless it is a range. */
  @PrimaryColumn({ type: 'text' }) ends!: string;
}

/** A place of a zone, such as a town. */
@Entity({ name: 'zone_places' })
export class ZonePlaceRow {
  @Column({ name: 'tenant_id', type: 'uuid' }) tenantId!: TenantId;
  @PrimaryColumn({ name: 'zone_id', type: 'uuid' }) zoneId!: string;
  /** The name as it is compared. */
  @PrimaryColumn({ type: 'text' }) place!: string;
  @Column({ type: 'text' }) name!: string;
}

/** A zone that a resource goes to; one without any goes to all. */
@Entity({ name: 'resource_zones' })
export class ResourceZoneRow {
  @Column({ name: 'tenant_id', type: 'uuid' }) tenantId!: TenantId;
  @PrimaryColumn({ name: 'resource_id', type: 'uuid' }) resourceId!: string;
  @PrimaryColumn({ name: 'zone_id', type: 'uuid' }) zoneId!: string;
}
