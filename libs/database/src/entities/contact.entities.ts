import type { CallId, ConsentPurpose, ConsentState, TenantId } from '@tandem/contracts';
import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';

/** A phone number or e-mail address of a contact. */
@Entity({ name: 'contact_points' })
export class ContactPointRow {
  @PrimaryGeneratedColumn('uuid') id!: string;
  @Column({ name: 'tenant_id', type: 'uuid' }) tenantId!: TenantId;
  @Column({ name: 'contact_id', type: 'uuid' }) contactId!: string;
  @Column({ type: 'text' }) kind!: 'phone' | 'email';
  /** E.164, or an address in lower case. */
  @Column({ type: 'text' }) value!: string;
  /** Words of the business for it, such as `work`. */
  @Column({ type: 'text', default: '' }) label!: string;
  /** The one in the contact's own row. */
  @Column({ name: 'is_primary', type: 'boolean' }) isPrimary!: boolean;
  @Column({ name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'now()' }) createdAt!: Date;
}

/** A statement of a contact's on a purpose; the newest one counts. */
@Entity({ name: 'contact_consents' })
export class ContactConsentRow {
  @PrimaryGeneratedColumn('uuid') id!: string;
  @Column({ name: 'tenant_id', type: 'uuid' }) tenantId!: TenantId;
  @Column({ name: 'contact_id', type: 'uuid' }) contactId!: string;
  @Column({ type: 'text' }) purpose!: ConsentPurpose;
  @Column({ type: 'text' }) state!: ConsentState;
  /** Where it was stated, in the words of the business. */
  @Column({ type: 'text' }) source!: string;
  @Column({ type: 'timestamptz', precision: 3 }) at!: Date;
  @Column({ name: 'call_id', type: 'uuid', nullable: true }) callId!: CallId | null;
  @Column({ name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'now()' }) createdAt!: Date;
}

/** A contact that became part of another one. */
@Entity({ name: 'contact_merges' })
export class ContactMergeRow {
  @PrimaryColumn({ name: 'tenant_id', type: 'uuid' }) tenantId!: TenantId;
  @PrimaryColumn({ name: 'merged_id', type: 'uuid' }) mergedId!: string;
  @Column({ name: 'into_id', type: 'uuid' }) intoId!: string;
  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' }) at!: Date;
}
