import type { CallId, TenantId } from '@tandem/contracts';
import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';
import { bigintAsNumber } from '../rows/bigint.ts';

/** An unbroken recording of a call; a call that changed relays has several. */
@Entity({ name: 'recordings' })
export class RecordingRow {
  @PrimaryColumn({ name: 'id', type: 'uuid' }) recordingId!: string;
  @Column({ name: 'tenant_id', type: 'uuid' }) tenantId!: TenantId;
  @Column({ name: 'call_id', type: 'uuid' }) callId!: CallId;
  /** Since the call was admitted. */
  @Column({ name: 'started_at_ms', type: 'integer' }) startedAtMs!: number;
  @Column({ name: 'duration_ms', type: 'integer', nullable: true }) durationMs!: number | null;
  /** Size of the sound, unsealed. */
  @Column({ type: 'bigint', nullable: true, transformer: bigintAsNumber }) bytes!: number | null;
  @Column({ type: 'text' }) outcome!: 'running' | 'complete' | 'failed';
}

/** An access to a recording. Stays when the recording is deleted. */
@Entity({ name: 'recording_accesses' })
export class RecordingAccessRow {
  @PrimaryGeneratedColumn({ type: 'bigint' }) id!: string;
  @Column({ name: 'tenant_id', type: 'uuid' }) tenantId!: TenantId;
  @Column({ name: 'recording_id', type: 'uuid' }) recordingId!: string;
  @Column({ name: 'api_key_id', type: 'uuid', nullable: true }) apiKeyId!: string | null;
  @Column({ name: 'user_id', type: 'uuid', nullable: true }) userId!: string | null;
  @Column({ type: 'text' }) action!: 'played' | 'verified' | 'deleted';
  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' }) at!: Date;
}
