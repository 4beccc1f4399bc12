import type { TenantId } from '@tandem/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** How much a calendar tells of a booking. */
export type CalendarDetailLevel = 'busy' | 'service' | 'full';
export type CalendarConnectionState = 'active' | 'needs-authorization';

/** The calendar of a resource as others read it, at a secret address. */
@Entity({ name: 'calendar_feeds' })
export class CalendarFeedRow {
  @PrimaryColumn({ name: 'resource_id', type: 'uuid' }) resourceId!: string;
  @Column({ name: 'tenant_id', type: 'uuid' }) tenantId!: TenantId;
  @Column({ type: 'text' }) detail!: CalendarDetailLevel;
  /** The token of the address is derived from it and a key. */
  @Column({ type: 'text' }) salt!: string;
  /** SHA-256 of the token. */
  @Column({ name: 'token_hash', type: 'bytea' }) tokenHash!: Buffer;
  @Column({ name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'now()' }) createdAt!: Date;
  @Column({ name: 'rotated_at', type: 'timestamptz', precision: 3, default: () => 'now()' }) rotatedAt!: Date;
}

/** A calendar outside of Tandem that belongs to a resource. */
@Entity({ name: 'calendar_connections' })
export class CalendarConnectionRow {
  @PrimaryColumn({ type: 'uuid' }) id!: string;
  @Column({ name: 'tenant_id', type: 'uuid' }) tenantId!: TenantId;
  @Column({ name: 'resource_id', type: 'uuid' }) resourceId!: string;
  @Column({ type: 'text' }) kind!: string;
  /** The URL or the id of the calendar, as its kind has it. */
  @Column({ type: 'text' }) address!: string;
  @Column({ type: 'text' }) detail!: CalendarDetailLevel;
  @Column({ type: 'text' }) state!: CalendarConnectionState;
  /** Null until it is authorized. */
  @Column({ name: 'sealed_credentials', type: 'text', nullable: true }) sealedCredentials!: string | null;
  /** The renewal of its credentials under way, which others leave alone until then. */
  @Column({ name: 'renewal_id', type: 'uuid', nullable: true }) renewalId!: string | null;
  @Column({ name: 'renewing_until', type: 'timestamptz', precision: 3, nullable: true })
  renewingUntil!: Date | null;
  @Column({ name: 'last_fault', type: 'text', nullable: true }) lastFault!: string | null;
  @Column({ name: 'last_fault_at', type: 'timestamptz', precision: 3, nullable: true })
  lastFaultAt!: Date | null;
  /** Turns in a row that failed. */
  @Column({ type: 'integer', default: 0 }) failures!: number;
  /** When its busy times were read last. */
  @Column({ name: 'busy_read_at', type: 'timestamptz', precision: 3, nullable: true })
  busyReadAt!: Date | null;
  @Column({ name: 'next_read_at', type: 'timestamptz', precision: 3, default: () => 'now()' })
  nextReadAt!: Date;
  @Column({ name: 'paused_until', type: 'timestamptz', precision: 3, nullable: true })
  pausedUntil!: Date | null;
  @Column({ name: 'claimed_at', type: 'timestamptz', precision: 3, nullable: true }) claimedAt!: Date | null;
  /** A worker has it until then. */
  @Column({ name: 'claimed_until', type: 'timestamptz', precision: 3, nullable: true })
  claimedUntil!: Date | null;
  @Column({ name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'now()' }) createdAt!: Date;
}

/** A time in which a connected calendar says that its resource is busy. */
@Entity({ name: 'calendar_busy' })
export class CalendarBusyRow {
  @PrimaryColumn({ name: 'connection_id', type: 'uuid' }) connectionId!: string;
  @PrimaryColumn({ name: 'starts_at', type: 'timestamptz', precision: 3 }) startsAt!: Date;
  @PrimaryColumn({ name: 'ends_at', type: 'timestamptz', precision: 3 }) endsAt!: Date;
  @Column({ name: 'tenant_id', type: 'uuid' }) tenantId!: TenantId;
  @Column({ name: 'resource_id', type: 'uuid' }) resourceId!: string;
}

/** A booking as a connected calendar should have it, and as it has it. */
@Entity({ name: 'calendar_events' })
export class CalendarEventRow {
  @PrimaryColumn({ name: 'connection_id', type: 'uuid' }) connectionId!: string;
  @PrimaryColumn({ name: 'booking_id', type: 'uuid' }) bookingId!: string;
  @Column({ name: 'tenant_id', type: 'uuid' }) tenantId!: TenantId;
  /** False: it should be deleted there. */
  @Column({ name: 'is_wanted', type: 'boolean' }) isWanted!: boolean;
  /** The revision of the booking that it should have. */
  @Column({ type: 'integer' }) revision!: number;
  @Column({ name: 'is_settled', type: 'boolean', default: false }) isSettled!: boolean;
  /** Its id in the calendar, and the version there. */
  @Column({ name: 'remote_id', type: 'text', nullable: true }) remoteId!: string | null;
  @Column({ name: 'remote_tag', type: 'text', nullable: true }) remoteTag!: string | null;
  @Column({ type: 'integer', default: 0 }) attempts!: number;
  @Column({ name: 'next_attempt_at', type: 'timestamptz', precision: 3, default: () => 'now()' })
  nextAttemptAt!: Date;
  @Column({ name: 'last_fault', type: 'text', nullable: true }) lastFault!: string | null;
}
