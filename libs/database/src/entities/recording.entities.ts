import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';

/** One unbroken recording of a call; a call that changed relays has several. */
@Entity({ name: 'recordings' })
export class RecordingRow {
  @PrimaryColumn({ type: 'uuid' }) id!: string;
  @Column({ name: 'tenant_id', type: 'uuid' }) tenantId!: string;
  @Column({ name: 'call_id', type: 'uuid' }) callId!: string;
  /** Since the call was admitted. */
  @Column({ name: 'started_at_ms', type: 'integer' }) startedAtMs!: number;
  @Column({ name: 'duration_ms', type: 'integer', nullable: true }) durationMs!: number | null;
  /** Of sound, unsealed. */
  @Column({ type: 'bigint', nullable: true }) bytes!: string | null;
  @Column({ type: 'text' }) outcome!: 'running' | 'complete' | 'failed';
}

/** Somebody has had a recording. Stays when the recording is gone. */
@Entity({ name: 'recording_accesses' })
export class RecordingAccessRow {
  @PrimaryGeneratedColumn({ type: 'bigint' }) id!: string;
  @Column({ name: 'tenant_id', type: 'uuid' }) tenantId!: string;
  @Column({ name: 'recording_id', type: 'uuid' }) recordingId!: string;
  @Column({ name: 'api_key_id', type: 'uuid', nullable: true }) apiKeyId!: string | null;
  @Column({ type: 'text' }) action!: 'played' | 'verified' | 'deleted';
  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' }) at!: Date;
}
