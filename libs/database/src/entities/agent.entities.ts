import type { TenantId } from '@tandem/contracts';
import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';

@Entity({ name: 'agents' })
export class AgentRow {
  @PrimaryColumn({ type: 'uuid' }) id!: string;
  @Column({ name: 'tenant_id', type: 'uuid' }) tenantId!: TenantId;
  /** The name operators use; callers hear the name of its persona. */
  @Column({ type: 'text' }) name!: string;
  /** The version callers get; null until one is published. */
  @Column({ name: 'published_version', type: 'integer', nullable: true }) publishedVersion!: number | null;
  /** Null while it may answer calls. */
  @Column({ name: 'archived_at', type: 'timestamptz', precision: 3, nullable: true })
  archivedAt!: Date | null;
  @Column({ name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'now()' }) createdAt!: Date;
}

/** A published version of an agent. Never changed: the database refuses it. */
@Entity({ name: 'agent_versions' })
export class AgentVersionRow {
  @PrimaryColumn({ name: 'agent_id', type: 'uuid' }) agentId!: string;
  @PrimaryColumn({ type: 'integer' }) version!: number;
  @Column({ name: 'tenant_id', type: 'uuid' }) tenantId!: TenantId;
  /** An agent snapshot without its ids. */
  @Column({ type: 'jsonb' }) content!: unknown;
  @Column({ name: 'published_at', type: 'timestamptz', precision: 3, default: () => 'now()' })
  publishedAt!: Date;
}

@Entity({ name: 'phone_numbers' })
export class PhoneNumberRow {
  @PrimaryGeneratedColumn('uuid') id!: string;
  @Column({ name: 'tenant_id', type: 'uuid' }) tenantId!: TenantId;
  @Column({ type: 'text' }) e164!: string;
  @Column({ name: 'agent_id', type: 'uuid', nullable: true }) agentId!: string | null;
  /** Open round the clock except on closed dates; otherwise the opening hours say when. */
  @Column({ name: 'is_always_open', type: 'boolean' }) isAlwaysOpen!: boolean;
  /** BCP 47: what callers of this number are spoken to in; null for the agent's. */
  @Column({ type: 'text', nullable: true }) language!: string | null;
  @Column({ name: 'access_mode', type: 'text', default: 'open' }) accessMode!: AccessMode;
  /** Callers who show no number. */
  @Column({ name: 'unverified_callers', type: 'text', default: 'trust' }) unverifiedCallers!:
    'trust' | 'distrust';
  @Column({ name: 'withheld_callers', type: 'text', default: 'accept' }) withheldCallers!:
    'accept' | 'refuse';
  /** Said to a caller who may not call; empty for the default sentence. */
  @Column({ name: 'refusal_text', type: 'text', default: '' }) refusalText!: string;
  @Column({ name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'now()' }) createdAt!: Date;
}

/** Callers that may call: all that are not blocked, or members of the number's groups only. */
export type AccessMode = 'open' | 'allow-list';

@Entity({ name: 'opening_hours' })
export class OpeningHoursRow {
  @PrimaryColumn({ name: 'phone_number_id', type: 'uuid' }) phoneNumberId!: string;
  /** ISO: 1 is Monday. */
  @PrimaryColumn({ type: 'smallint' }) weekday!: number;
  /** Local time of day, HH:MM:SS. */
  @PrimaryColumn({ type: 'time', precision: 0 }) opens!: string;
  @Column({ type: 'time', precision: 0 }) closes!: string;
  @Column({ name: 'tenant_id', type: 'uuid' }) tenantId!: TenantId;
}
