import type { AuditActor, TenantId } from '@tandem/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { bigintAsNumber } from '../rows/bigint.ts';

/** The newest entry of a tenant's audit log, and the key of its digests. Written by audit_append() only. */
@Entity({ name: 'audit_heads' })
export class AuditHeadRow {
  @PrimaryColumn({ name: 'tenant_id', type: 'uuid' }) tenantId!: TenantId;
  @Column({ type: 'bigint', transformer: bigintAsNumber }) seq!: number;
  @Column({ type: 'bytea' }) hash!: Buffer;
  @Column({ type: 'timestamptz', precision: 3 }) at!: Date;
  @Column({ name: 'digest_key', type: 'bytea' }) digestKey!: Buffer;
}

/** An entry of a tenant's audit log. Written by audit_append() only, and never changed. */
@Entity({ name: 'audit_entries' })
export class AuditEntryRow {
  @PrimaryColumn({ name: 'tenant_id', type: 'uuid' }) tenantId!: TenantId;
  /** From 1, without gaps. */
  @PrimaryColumn({ type: 'bigint', transformer: bigintAsNumber }) seq!: number;
  @Column({ type: 'timestamptz', precision: 3 }) at!: Date;
  @Column({ name: 'actor_kind', type: 'text' }) actorKind!: AuditActor['kind'];
  @Column({ name: 'actor_id', type: 'text', nullable: true }) actorId!: string | null;
  @Column({ type: 'text' }) act!: string;
  @Column({ name: 'object_kind', type: 'text' }) objectKind!: string;
  @Column({ name: 'object_id', type: 'text', nullable: true }) objectId!: string | null;
  /** The code of the problem it was refused with; null for an act that was done. */
  @Column({ type: 'text', nullable: true }) refusal!: string | null;
  @Column({ name: 'digest_before', type: 'text', nullable: true }) digestBefore!: string | null;
  @Column({ name: 'digest_after', type: 'text', nullable: true }) digestAfter!: string | null;
  @Column({ type: 'text', nullable: true }) address!: string | null;
  @Column({ type: 'text', nullable: true }) reason!: string | null;
  @Column({ name: 'previous_hash', type: 'bytea' }) previousHash!: Buffer;
  @Column({ type: 'bytea' }) hash!: Buffer;
}

/** An address an API key was used from. */
@Entity({ name: 'api_key_addresses' })
export class ApiKeyAddressRow {
  @PrimaryColumn({ name: 'api_key_id', type: 'uuid' }) apiKeyId!: string;
  @PrimaryColumn({ type: 'text' }) address!: string;
  @Column({ name: 'tenant_id', type: 'uuid' }) tenantId!: TenantId;
  @Column({ name: 'first_used_at', type: 'timestamptz', precision: 3, default: () => 'now()' })
  firstUsedAt!: Date;
}
