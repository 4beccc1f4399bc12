import type { CrmEventType, CrmKind, TenantId } from '@tandem/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { DeliveryState } from './delivery.ts';

/** A connection to the CRM of a business. */
@Entity({ name: 'crm_connections' })
export class CrmConnectionRow {
  @PrimaryColumn({ type: 'uuid' }) id!: string;
  @Column({ name: 'tenant_id', type: 'uuid' }) tenantId!: TenantId;
  @Column({ type: 'text' }) kind!: CrmKind;
  @Column({ type: 'text' }) name!: string;
  @Column({ type: 'text', array: true }) events!: CrmEventType[];
  @Column({ type: 'jsonb' }) settings!: unknown;
  @Column({ name: 'sealed_credentials', type: 'text', nullable: true }) sealedCredentials!: string | null;
  /** The renewal of its credentials under way, which others leave alone until then. */
  @Column({ name: 'renewal_id', type: 'uuid', nullable: true }) renewalId!: string | null;
  @Column({ name: 'renewing_until', type: 'timestamptz', precision: 3, nullable: true })
  renewingUntil!: Date | null;
  @Column({ name: 'is_enabled', type: 'boolean' }) isEnabled!: boolean;
  @Column({ name: 'paused_until', type: 'timestamptz', precision: 3, nullable: true })
  pausedUntil!: Date | null;
  /** When a worker last claimed a delivery of it. */
  @Column({ name: 'claimed_at', type: 'timestamptz', precision: 3, nullable: true }) claimedAt!: Date | null;
  /** Attempts in a row that did not reach it. */
  @Column({ type: 'integer', default: 0 }) failures!: number;
  /** A probe is under way until then. */
  @Column({ name: 'probing_until', type: 'timestamptz', precision: 3, nullable: true })
  probingUntil!: Date | null;
  @Column({ name: 'last_fault', type: 'text', nullable: true }) lastFault!: string | null;
  /** The CRM's words, cut. */
  @Column({ name: 'last_detail', type: 'text', nullable: true }) lastDetail!: string | null;
  @Column({ name: 'last_fault_at', type: 'timestamptz', precision: 3, nullable: true })
  lastFaultAt!: Date | null;
  @Column({ name: 'last_delivered_at', type: 'timestamptz', precision: 3, nullable: true })
  lastDeliveredAt!: Date | null;
  @Column({ name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'now()' }) createdAt!: Date;
  @Column({ name: 'updated_at', type: 'timestamptz', precision: 3, default: () => 'now()' }) updatedAt!: Date;
}

/** An event on its way to a CRM. */
@Entity({ name: 'crm_deliveries' })
export class CrmDeliveryRow {
  @Column({ name: 'tenant_id', type: 'uuid' }) tenantId!: TenantId;
  @PrimaryColumn({ name: 'connection_id', type: 'uuid' }) connectionId!: string;
  @PrimaryColumn({ name: 'event_id', type: 'uuid' }) eventId!: string;
  /** Follows the order in which events were written. */
  @Column({ type: 'bigint', default: () => "nextval('crm_delivery_positions'::regclass)" }) position!: string;
  /** The record it writes in the CRM, such as `booking:<id>`. */
  @Column({ type: 'text' }) record!: string;
  /** All it touches there: an earlier delivery with one in common goes first. */
  @Column({ type: 'text', array: true }) keys!: string[];
  @Column({ type: 'text', default: 'pending' }) state!: DeliveryState;
  @Column({ type: 'integer', default: 0 }) attempts!: number;
  /** A claimed delivery is due again then, unless it is settled. */
  @Column({ name: 'next_attempt_at', type: 'timestamptz', precision: 3, default: () => 'now()' })
  nextAttemptAt!: Date;
  @Column({ name: 'last_status', type: 'smallint', nullable: true }) lastStatus!: number | null;
  @Column({ name: 'last_fault', type: 'text', nullable: true }) lastFault!: string | null;
  @Column({ name: 'last_detail', type: 'text', nullable: true }) lastDetail!: string | null;
  @Column({ name: 'settled_at', type: 'timestamptz', precision: 3, nullable: true }) settledAt!: Date | null;
}
