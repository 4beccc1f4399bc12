import type { CallId, TenantId, ToolCallId } from '@tandem/contracts';
import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';

@Entity({ name: 'contacts' })
export class ContactRow {
  @PrimaryGeneratedColumn('uuid') id!: string;
  @Column({ name: 'tenant_id', type: 'uuid' }) tenantId!: TenantId;
  /** E.164. */
  @Column({ type: 'text' }) phone!: string;
  @Column({ type: 'text', nullable: true }) name!: string | null;
  @Column({ type: 'text', nullable: true }) email!: string | null;
  @Column({ type: 'text', default: '' }) notes!: string;
  /** BCP 47: what this person is spoken to in; null for the number's. */
  @Column({ type: 'text', nullable: true }) language!: string | null;
  @Column({ name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'now()' }) createdAt!: Date;
  @Column({ name: 'updated_at', type: 'timestamptz', precision: 3, default: () => 'now()' }) updatedAt!: Date;
}

/** A service that can be booked. */
@Entity({ name: 'services' })
export class ServiceRow {
  @PrimaryGeneratedColumn('uuid') id!: string;
  @Column({ name: 'tenant_id', type: 'uuid' }) tenantId!: TenantId;
  /** Name in the API and for the agents, such as `plumbing`. */
  @Column({ type: 'text' }) key!: string;
  @Column({ type: 'text' }) name!: string;
  @Column({ name: 'duration_minutes', type: 'integer' }) durationMinutes!: number;
  /** Appointments start this long after they are booked, or later. */
  @Column({ name: 'notice_minutes', type: 'integer', default: 0 }) noticeMinutes!: number;
  @Column({ name: 'buffer_before_minutes', type: 'integer', default: 0 }) bufferBeforeMinutes!: number;
  @Column({ name: 'buffer_after_minutes', type: 'integer', default: 0 }) bufferAfterMinutes!: number;
  /** The price as it is spoken. */
  @Column({ name: 'price_text', type: 'text', nullable: true }) priceText!: string | null;
  /** A resource needs them all to do the service. */
  @Column({ type: 'text', array: true, default: '{}' }) skills!: string[];
  /** One that is no longer offered stays for its bookings; its key is free for another one. */
  @Column({ name: 'is_active', type: 'boolean', default: true }) isActive!: boolean;
}

/** The part of a service that decides when it can be booked. */
export interface BookableService {
  readonly id: string;
  readonly key: string;
  readonly name: string;
  readonly durationMinutes: number;
  /** Appointments start this long after they are booked, or later. */
  readonly noticeMinutes: number;
  /** The resource has no other appointment for this long before one, and after it. */
  readonly bufferBeforeMinutes: number;
  readonly bufferAfterMinutes: number;
}

/** A service as it is offered. */
export interface Service extends BookableService {
  /** The price as it is spoken. */
  readonly priceText: string | null;
  /** A resource needs them all to do the service. */
  readonly skills: readonly string[];
}

export type ResourceKind = 'person' | 'room' | 'vehicle';

/** A person, room or vehicle that does services, one appointment at a time. */
@Entity({ name: 'resources' })
export class ResourceRow {
  @PrimaryGeneratedColumn('uuid') id!: string;
  @Column({ name: 'tenant_id', type: 'uuid' }) tenantId!: TenantId;
  @Column({ type: 'text' }) name!: string;
  @Column({ type: 'text', default: 'person' }) kind!: ResourceKind;
  @Column({ type: 'text', array: true, default: '{}' }) skills!: string[];
  /** The location it belongs to. */
  @Column({ name: 'location_id', type: 'uuid', nullable: true }) locationId!: string | null;
  @Column({ name: 'is_active', type: 'boolean', default: true }) isActive!: boolean;
}

@Entity({ name: 'resource_services' })
export class ResourceServiceRow {
  @PrimaryColumn({ name: 'resource_id', type: 'uuid' }) resourceId!: string;
  @PrimaryColumn({ name: 'service_id', type: 'uuid' }) serviceId!: string;
  @Column({ name: 'tenant_id', type: 'uuid' }) tenantId!: TenantId;
}

@Entity({ name: 'resource_hours' })
export class ResourceHoursRow {
  @PrimaryColumn({ name: 'resource_id', type: 'uuid' }) resourceId!: string;
  /** ISO: 1 is Monday. */
  @PrimaryColumn({ type: 'smallint' }) weekday!: number;
  /** Local time of day, HH:MM:SS. */
  @PrimaryColumn({ type: 'time', precision: 0 }) opens!: string;
  @Column({ type: 'time', precision: 0 }) closes!: string;
  @Column({ name: 'tenant_id', type: 'uuid' }) tenantId!: TenantId;
}

/** A time in which a resource does not work, whatever its hours say. */
@Entity({ name: 'resource_leave' })
export class ResourceLeaveRow {
  @PrimaryGeneratedColumn('uuid') id!: string;
  @Column({ name: 'tenant_id', type: 'uuid' }) tenantId!: TenantId;
  @Column({ name: 'resource_id', type: 'uuid' }) resourceId!: string;
  @Column({ name: 'starts_at', type: 'timestamptz', precision: 3 }) startsAt!: Date;
  @Column({ name: 'ends_at', type: 'timestamptz', precision: 3 }) endsAt!: Date;
  @Column({ type: 'text' }) reason!: string;
  @Column({ name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'now()' }) createdAt!: Date;
}

@Entity({ name: 'bookings' })
export class BookingRow {
  @PrimaryGeneratedColumn('uuid') id!: string;
  @Column({ name: 'tenant_id', type: 'uuid' }) tenantId!: TenantId;
  @Column({ name: 'resource_id', type: 'uuid' }) resourceId!: string;
  @Column({ name: 'service_id', type: 'uuid' }) serviceId!: string;
  @Column({ name: 'contact_id', type: 'uuid', nullable: true }) contactId!: string | null;
  /** The zone it was asked for. */
  @Column({ name: 'zone_id', type: 'uuid', nullable: true }) zoneId!: string | null;
  @Column({ type: 'tstzrange' }) period!: string;
  /** The period and the buffers of its service when it was made or moved. */
  @Column({ type: 'tstzrange' }) occupied!: string;
  /** Generated from the period. */
  @Column({ name: 'starts_at', type: 'timestamptz', precision: 3, insert: false, update: false })
  startsAt!: Date;
  @Column({ name: 'ends_at', type: 'timestamptz', precision: 3, insert: false, update: false }) endsAt!: Date;
  @Column({ type: 'text', default: 'booked' }) status!: BookingStatus;
  /** The reference callers are given, unique per tenant. */
  @Column({ type: 'text' }) reference!: string;
  /** The person it is for, as it was said when booking. */
  @Column({ type: 'text', nullable: true }) name!: string | null;
  @Column({ type: 'text', default: '' }) notes!: string;
  @Column({ name: 'call_id', type: 'uuid', nullable: true }) callId!: CallId | null;
  @Column({ name: 'tool_call_id', type: 'text', nullable: true }) toolCallId!: ToolCallId | null;
  @Column({ name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'now()' }) createdAt!: Date;
  @Column({ name: 'cancelled_at', type: 'timestamptz', precision: 3, nullable: true })
  cancelledAt!: Date | null;
  /** The end of a hold; null once it is booked, and for what never was one. */
  @Column({ name: 'hold_expires_at', type: 'timestamptz', precision: 3, nullable: true })
  holdExpiresAt!: Date | null;
  /** The bookings that one request repeated share it. */
  @Column({ name: 'series_id', type: 'uuid', nullable: true }) seriesId!: string | null;
  /** When it was given its time: made, confirmed or moved. */
  @Column({ name: 'timed_at', type: 'timestamptz', precision: 3, default: () => 'now()' }) timedAt!: Date;
  /** Counts its changes; a trigger writes it. */
  @Column({ type: 'integer', default: 0, insert: false, update: false }) revision!: number;
  @Column({
    name: 'changed_at',
    type: 'timestamptz',
    precision: 3,
    default: () => 'now()',
    insert: false,
    update: false,
  })
  changedAt!: Date;
}

/** A hold whose time is over is `expired`, also where its row still says `held`. */
export type BookingStatus = 'held' | 'booked' | 'cancelled' | 'expired';

/** An unsafe request by its Idempotency-Key, and its response. */
@Entity({ name: 'idempotency_keys' })
export class IdempotencyKeyRow {
  @PrimaryColumn({ name: 'tenant_id', type: 'uuid' }) tenantId!: TenantId;
  @PrimaryColumn({ type: 'text' }) key!: string;
  /** Method and path. */
  @Column({ type: 'text' }) operation!: string;
  @Column({ name: 'request_hash', type: 'bytea' }) requestHash!: Buffer;
  @Column({ type: 'text' }) state!: 'in-progress' | 'completed';
  /** Claim of the process that carries the request out; a takeover writes a new one. */
  @Column({ type: 'uuid' }) claim!: string;
  @Column({ name: 'claimed_at', type: 'timestamptz', precision: 3, default: () => 'now()' }) claimedAt!: Date;
  @Column({ name: 'response_status', type: 'smallint', nullable: true }) responseStatus!: number | null;
  /** `json`, not `jsonb`: a replay keeps the order of the keys. */
  @Column({ name: 'response_body', type: 'json', nullable: true }) responseBody!: unknown;
  @Column({ name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'now()' }) createdAt!: Date;
}
