import type { TenantId } from '@tandem/contracts';
import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';
import { bigintAsNumber } from '../rows/bigint.ts';
import type { ApiScope } from './api-scopes.ts';

@Entity({ name: 'tenants' })
export class TenantRow {
  @PrimaryColumn({ type: 'uuid' }) id!: TenantId;
  @Column({ type: 'text' }) slug!: string;
  @Column({ name: 'company_name', type: 'text' }) companyName!: string;
  /** IANA name. */
  @Column({ name: 'time_zone', type: 'text' }) timeZone!: string;
  /** BCP 47: callers' language where their number sets none; null for the agent's. */
  @Column({ type: 'text', nullable: true }) language!: string | null;
  /** How far ahead bookings are taken. */
  @Column({ name: 'booking_horizon_days', type: 'integer', default: 60 }) bookingHorizonDays!: number;
  /** Key of the hash that assigns callers to the variants of an experiment; never changed. */
  @Column({ name: 'experiment_salt', type: 'uuid', default: () => 'gen_random_uuid()' })
  experimentSalt!: string;
  @Column({ name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'now()' }) createdAt!: Date;
}

/** A day without calls (`calls`) or without appointments (`bookings`); a day without both is two rows. */
@Entity({ name: 'closed_dates' })
export class ClosedDateRow {
  @PrimaryColumn({ name: 'tenant_id', type: 'uuid' }) tenantId!: TenantId;
  @PrimaryColumn({ type: 'text' }) scope!: 'calls' | 'bookings';
  /** YYYY-MM-DD. */
  @PrimaryColumn({ type: 'date' }) date!: string;
  @Column({ type: 'text' }) name!: string;
}

/** A secret of a tenant, which its agents' tools use by name. */
@Entity({ name: 'tenant_secrets' })
export class TenantSecretRow {
  @PrimaryColumn({ name: 'tenant_id', type: 'uuid' }) tenantId!: TenantId;
  @PrimaryColumn({ type: 'text' }) name!: string;
  @Column({ type: 'text' }) sealed!: string;
  @Column({ name: 'updated_at', type: 'timestamptz', precision: 3, default: () => 'now()' }) updatedAt!: Date;
}

@Entity({ name: 'api_keys' })
export class ApiKeyRow {
  @PrimaryGeneratedColumn('uuid') id!: string;
  @Column({ name: 'tenant_id', type: 'uuid' }) tenantId!: TenantId;
  @Column({ type: 'text' }) name!: string;
  @Column({ name: 'key_hash', type: 'bytea' }) keyHash!: Buffer;
  @Column({ type: 'text', array: true }) scopes!: ApiScope[];
  @Column({ name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'now()' }) createdAt!: Date;
  @Column({ name: 'revoked_at', type: 'timestamptz', precision: 3, nullable: true }) revokedAt!: Date | null;
  /** The beginning of the key, to tell keys apart; null for keys of older releases. */
  @Column({ type: 'text', nullable: true }) prefix!: string | null;
  /** Null for a key that does not expire. */
  @Column({ name: 'expires_at', type: 'timestamptz', precision: 3, nullable: true }) expiresAt!: Date | null;
  /** To the hour; null for a key that was not used since this is noted. */
  @Column({ name: 'last_used_at', type: 'timestamptz', precision: 3, nullable: true })
  lastUsedAt!: Date | null;
}

/** Budgets of a tenant's calls, in micros; null for no limit. */
@Entity({ name: 'tenant_budgets' })
export class TenantBudgetRow {
  @PrimaryColumn({ name: 'tenant_id', type: 'uuid' }) tenantId!: TenantId;
  @Column({ name: 'daily_micros', type: 'bigint', nullable: true, transformer: bigintAsNumber })
  dailyMicros!: number | null;
  @Column({ name: 'monthly_micros', type: 'bigint', nullable: true, transformer: bigintAsNumber })
  monthlyMicros!: number | null;
  @Column({ name: 'warn_share', type: 'double precision', default: 0.8 }) warnShare!: number;
}
