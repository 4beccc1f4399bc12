import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';

@Entity({ name: 'agents' })
export class AgentRow {
  @PrimaryColumn({ type: 'uuid' }) id!: string;
  @Column({ name: 'tenant_id', type: 'uuid' }) tenantId!: string;
  @Column({ type: 'text' }) name!: string;
  /** The version callers get; null until one is published. */
  @Column({ name: 'published_version', type: 'integer', nullable: true }) publishedVersion!: number | null;
  @Column({ name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'now()' }) createdAt!: Date;
}

/** What an agent was at one time. Never changed: the database refuses it. */
@Entity({ name: 'agent_versions' })
export class AgentVersionRow {
  @PrimaryColumn({ name: 'agent_id', type: 'uuid' }) agentId!: string;
  @PrimaryColumn({ type: 'integer' }) version!: number;
  @Column({ name: 'tenant_id', type: 'uuid' }) tenantId!: string;
  /** An agent snapshot without its ids. */
  @Column({ type: 'jsonb' }) content!: unknown;
  @Column({ name: 'published_at', type: 'timestamptz', precision: 3, default: () => 'now()' }) publishedAt!: Date;
}

@Entity({ name: 'phone_numbers' })
export class PhoneNumberRow {
  @PrimaryGeneratedColumn('uuid') id!: string;
  @Column({ name: 'tenant_id', type: 'uuid' }) tenantId!: string;
  @Column({ type: 'text' }) e164!: string;
  @Column({ name: 'agent_id', type: 'uuid', nullable: true }) agentId!: string | null;
  /** Open round the clock except on closed dates; otherwise the opening hours say when. */
  @Column({ name: 'is_always_open', type: 'boolean' }) isAlwaysOpen!: boolean;
  @Column({ name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'now()' }) createdAt!: Date;
}

@Entity({ name: 'opening_hours' })
export class OpeningHoursRow {
  @PrimaryColumn({ name: 'phone_number_id', type: 'uuid' }) phoneNumberId!: string;
  /** ISO: 1 is Monday. */
  @PrimaryColumn({ type: 'smallint' }) weekday!: number;
  /** Local time of day, HH:MM:SS. */
  @PrimaryColumn({ type: 'time', precision: 0 }) opens!: string;
  @Column({ type: 'time', precision: 0 }) closes!: string;
  @Column({ name: 'tenant_id', type: 'uuid' }) tenantId!: string;
}
