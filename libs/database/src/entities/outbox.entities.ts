import type { BusinessEventType, EventSubject, TenantId } from '@tandem/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { DeliveryState } from './delivery.ts';

/** How many events there have been about a subject. */
@Entity({ name: 'outbox_sequences' })
export class OutboxSequenceRow {
  @PrimaryColumn({ name: 'tenant_id', type: 'uuid' }) tenantId!: TenantId;
  @PrimaryColumn({ name: 'subject_kind', type: 'text' }) subjectKind!: EventSubject['kind'];
  @PrimaryColumn({ name: 'subject_id', type: 'uuid' }) subjectId!: string;
  @Column({ type: 'integer' }) last!: number;
  @Column({ name: 'changed_at', type: 'timestamptz', precision: 3, default: () => 'now()' }) changedAt!: Date;
}

/** Something business systems are to be told. */
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

/** Where a business system is told. */
@Entity({ name: 'webhook_endpoints' })
export class WebhookEndpointRow {
  @PrimaryColumn({ type: 'uuid' }) id!: string;
  @Column({ name: 'tenant_id', type: 'uuid' }) tenantId!: TenantId;
  @Column({ type: 'text' }) url!: string;
  @Column({ type: 'text' }) description!: string;
  /** None for all. */
  @Column({ type: 'text', array: true }) events!: BusinessEventType[];
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
  /** When a worker last took deliveries of it. */
  @Column({ name: 'claimed_at', type: 'timestamptz', precision: 3, nullable: true }) claimedAt!: Date | null;
  /** Tries in a row that its receiver did not take. */
  @Column({ type: 'integer', default: 0 }) failures!: number;
  /** One probe is under way until then. */
  @Column({ name: 'probing_until', type: 'timestamptz', precision: 3, nullable: true })
  probingUntil!: Date | null;
  /** Names of the headers its owner wants sent along. */
  @Column({ name: 'header_names', type: 'text', array: true, default: () => "'{}'" }) headerNames!: string[];
  /** Those headers with their values. */
  @Column({ name: 'sealed_headers', type: 'text', nullable: true }) sealedHeaders!: string | null;
  @Column({ name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'now()' }) createdAt!: Date;
}

/** One event on its way to one endpoint. */
@Entity({ name: 'webhook_deliveries' })
export class WebhookDeliveryRow {
  @Column({ name: 'tenant_id', type: 'uuid' }) tenantId!: TenantId;
  @PrimaryColumn({ name: 'endpoint_id', type: 'uuid' }) endpointId!: string;
  @PrimaryColumn({ name: 'event_id', type: 'uuid' }) eventId!: string;
  @Column({ type: 'text', default: 'pending' }) state!: DeliveryState;
  @Column({ type: 'integer', default: 0 }) attempts!: number;
  /** Of a claimed one: when it is due again unless it is settled by then. */
  @Column({ name: 'next_attempt_at', type: 'timestamptz', precision: 3, default: () => 'now()' })
  nextAttemptAt!: Date;
  @Column({ name: 'last_status', type: 'smallint', nullable: true }) lastStatus!: number | null;
  @Column({ name: 'last_fault', type: 'text', nullable: true }) lastFault!: string | null;
  @Column({ name: 'settled_at', type: 'timestamptz', precision: 3, nullable: true }) settledAt!: Date | null;
}
