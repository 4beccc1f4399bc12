import type { Department, TenantId } from '@tandem/contracts';
import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';

/** Callers with a name in common, such as `primary`. */
@Entity({ name: 'caller_groups' })
export class CallerGroupRow {
  @PrimaryGeneratedColumn('uuid') id!: string;
  @Column({ name: 'tenant_id', type: 'uuid' }) tenantId!: TenantId;
  @Column({ type: 'text' }) key!: string;
  @Column({ type: 'text' }) name!: string;
  /** Said first to its members instead of the agent's greeting; empty for the agent's. */
  @Column({ type: 'text', default: '' }) greeting!: string;
  @Column({ name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'now()' }) createdAt!: Date;
}

@Entity({ name: 'caller_group_members' })
export class CallerGroupMemberRow {
  @PrimaryColumn({ name: 'group_id', type: 'uuid' }) groupId!: string;
  /** E.164, or its beginning and a star. */
  @PrimaryColumn({ type: 'text' }) pattern!: string;
  @Column({ name: 'tenant_id', type: 'uuid' }) tenantId!: TenantId;
}

/** Groups whose members may call a number with an allow-list. */
@Entity({ name: 'phone_number_groups' })
export class PhoneNumberGroupRow {
  @PrimaryColumn({ name: 'phone_number_id', type: 'uuid' }) phoneNumberId!: string;
  @PrimaryColumn({ name: 'group_id', type: 'uuid' }) groupId!: string;
  @Column({ name: 'tenant_id', type: 'uuid' }) tenantId!: TenantId;
}

@Entity({ name: 'blocked_callers' })
export class BlockedCallerRow {
  @PrimaryGeneratedColumn('uuid') id!: string;
  @Column({ name: 'tenant_id', type: 'uuid' }) tenantId!: TenantId;
  /** Null for every number of the tenant. */
  @Column({ name: 'phone_number_id', type: 'uuid', nullable: true }) phoneNumberId!: string | null;
  /** E.164, or its beginning and a star. */
  @Column({ type: 'text' }) pattern!: string;
  @Column({ type: 'text', default: '' }) note!: string;
  @Column({ name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'now()' }) createdAt!: Date;
}

/** Destinations of transfers. */
@Entity({ name: 'departments' })
export class DepartmentRow {
  @PrimaryColumn({ name: 'tenant_id', type: 'uuid' }) tenantId!: TenantId;
  @PrimaryColumn({ type: 'text' }) key!: string;
  @Column({ type: 'text' }) name!: string;
  @Column({ type: 'text' }) address!: string;
  @Column({ type: 'text' }) mode!: 'cold' | 'warm';
  @Column({ name: 'ring_ms', type: 'integer' }) ringMs!: number;
  /** The `hours` of the contract's department. */
  @Column({ type: 'jsonb', default: [] }) hours!: Department['hours'];
}
