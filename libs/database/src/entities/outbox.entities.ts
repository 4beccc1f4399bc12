import type { BusinessEventType, EventSubject, TenantId } from '@tandem/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { DeliveryState } from './delivery.ts';

/** Number of events about a subject so far. */
@Entity({ name: 'outbox_sequences' })
export class OutboxSequenceRow {
  @PrimaryColumn({ name: 'tenant_id', type: 'uuid' }) tenantId!: TenantId;
  @PrimaryColumn({ name: 'subject_kind', type: 'text' }) subjectKind!: EventSubject['kind'];
  @PrimaryColumn({ name: 'subject_id', type: 'uuid' }) subjectId!: string;
  @Column({ type: 'integer' }) last!: number;
  @Column({ name: 'changed_at', type: 'timestamptz', precision: 3, default: () => 'now()' }) changedAt!: Date;
}

/** An event for business systems. */
@Entity({ name: 'outbox_events' })
export class OutboxEventRow {
  @PrimaryColumn({ type: 'uuid', default: () => 'gen_random_uuid()' }) id!: string;
  @Column({ name: 'tenant_id', type: 'uuid' }) tenantId!: TenantId;
  @Column({ type: 'text' }) type!: string;
  @Column({ name: 'subject_kind', type: 'text' }) subjectKind!: EventSubject['kind'];
  @Column({ name: 'subject_id', type: 'uuid' }) subjectId!: string;
  /** From 1, without gaps, over everything about the subject. */
  @Column({ type: 'integer' }) sequence!: number;
  @Column({ type: 'jsonb' }) data!: unknown;
  @Column({ name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'now()' }) createdAt!: Date;
}

/** An endpoint of a business system. */
@Entity({ name: 'webhook_endpoints' })
export class WebhookEndpointRow {
  @PrimaryColumn({ type: 'uuid' }) id!: string;
  @Column({ name: 'tenant_id', type: 'uuid' }) tenantId!: TenantId;
  @Column({ type: 'text' }) url!: string;
  @Column({ type: 'text' }) description!: string;
  /** Empty for all types. */
  @Column({ type: 'text', array: true }) events!: BusinessEventType[];
  /** Only events about these things, by kind. */
  @Column({ type: 'jsonb', default: () => "'{}'" }) filters!: object;
  @Column({ name: 'sealed_secret', type: 'text' }) sealedSecret!: string;
  @Column({ name: 'previous_sealed_secret', type: 'text', nullable: true }) previousSealedSecret!:
    string | null;
  @Column({ name: 'previous_until', type: 'timestamptz', precision: 3, nullable: true })
  previousUntil!: Date | null;
  @Column({ name: 'is_enabled', type: 'boolean' }) isEnabled!: boolean;
  @Column({ name: 'disabled_because', type: 'text', nullable: true }) disabledBecause!:
    'operator' | 'gone' | null;
  @Column({ name: 'paused_until', type: 'timestamptz', precision: 3, nullable: true })
  pausedUntil!: Date | null;
  /** When a worker last claimed its deliveries. */
  @Column({ name: 'claimed_at', type: 'timestamptz', precision: 3, nullable: true }) claimedAt!: Date | null;
  /** Attempts in a row that its receiver did not accept. */
  @Column({ type: 'integer', default: 0 }) failures!: number;
  /** A probe is under way until then. */
  @Column({ name: 'probing_until', type: 'timestamptz', precision: 3, nullable: true })
  probingUntil!: Date | null;
  /** Names of the headers its owner wants added. */
  @Column({ name: 'header_names', type: 'text', array: true, default: () => "'{}'" }) headerNames!: string[];
  /** The added headers with their values, sealed. */
  @Column({ name: 'sealed_headers', type: 'text', nullable: true }) sealedHeaders!: string | null;
  @Column({ name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'now()' }) createdAt!: Date;
}

/** An event on its way to an endpoint. */
@Entity({ name: 'webhook_deliveries' })
export class WebhookDeliveryRow {
  @Column({ name: 'tenant_id', type: 'uuid' }) tenantId!: TenantId;
  @PrimaryColumn({ name: 'endpoint_id', type: 'uuid' }) endpointId!: string;
  @PrimaryColumn({ name: 'event_id', type: 'uuid' }) eventId!: string;
  @Column({ type: 'text', default: 'pending' }) state!: DeliveryState;
  @Column({ type: 'integer', default: 0 }) attempts!: number;
  /** A claimed delivery is due again then, unless it is settled. */
  @Column({ name: 'next_attempt_at', type: 'timestamptz', precision: 3, default: () => 'now()' })
  nextAttemptAt!: Date;
  @Column({ name: 'last_status', type: 'smallint', nullable: true }) lastStatus!: number | null;
  @Column({ name: 'last_fault', type: 'text', nullable: true }) lastFault!: string | null;
  @Column({ name: 'settled_at', type: 'timestamptz', precision: 3, nullable: true }) settledAt!: Date | null;
}
