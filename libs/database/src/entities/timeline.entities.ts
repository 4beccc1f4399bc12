import type { CallId, TenantId } from '@tandem/contracts';
import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';

/** A page of a call's event log. */
@Entity({ name: 'call_event_pages' })
export class CallEventPageRow {
  @PrimaryColumn({ name: 'call_id', type: 'uuid' }) callId!: CallId;
  /** Place of its first event in the log, from 1. */
  @PrimaryColumn({ name: 'first_sequence', type: 'integer' }) firstSequence!: number;
  @Column({ name: 'tenant_id', type: 'uuid' }) tenantId!: TenantId;
  @Column({ name: 'last_sequence', type: 'integer' }) lastSequence!: number;
  /** A JSON array of events, compressed with gzip. */
  @Column({ type: 'bytea' }) body!: Buffer;
}

/** Words of an interrupted utterance that the caller did not hear. */
@Entity({ name: 'unheard_words' })
export class UnheardWordsRow {
  @PrimaryColumn({ name: 'call_id', type: 'uuid' }) callId!: CallId;
  /** Position of the utterance. */
  @PrimaryColumn({ type: 'integer' }) position!: number;
  @Column({ name: 'tenant_id', type: 'uuid' }) tenantId!: TenantId;
  @Column({ type: 'text' }) text!: string;
  @Column({ name: 'delete_after', type: 'timestamptz', precision: 3 }) deleteAfter!: Date;
}

/** The loudness of a recording: one byte for each 100 ms of a channel. */
@Entity({ name: 'recording_peaks' })
export class RecordingPeaksRow {
  @PrimaryColumn({ name: 'recording_id', type: 'uuid' }) recordingId!: string;
  @Column({ name: 'tenant_id', type: 'uuid' }) tenantId!: TenantId;
  @Column({ name: 'call_id', type: 'uuid' }) callId!: CallId;
  @Column({ type: 'bytea' }) caller!: Buffer;
  @Column({ type: 'bytea' }) agent!: Buffer;
}

/** A correction of a call's outcome; the last one counts. */
@Entity({ name: 'disposition_corrections' })
export class DispositionCorrectionRow {
  @PrimaryGeneratedColumn({ type: 'bigint' }) id!: string;
  @Column({ name: 'tenant_id', type: 'uuid' }) tenantId!: TenantId;
  @Column({ name: 'call_id', type: 'uuid' }) callId!: CallId;
  @Column({ type: 'text' }) outcome!: string;
  @Column({ type: 'text' }) detail!: string;
  @Column({ type: 'text' }) reason!: string;
  @Column({ name: 'author_kind', type: 'text' }) authorKind!: string;
  @Column({ name: 'author_id', type: 'uuid', nullable: true }) authorId!: string | null;
  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' }) at!: Date;
}

@Entity({ name: 'call_notes' })
export class CallNoteRow {
  @PrimaryGeneratedColumn('uuid') id!: string;
  @Column({ name: 'tenant_id', type: 'uuid' }) tenantId!: TenantId;
  @Column({ name: 'call_id', type: 'uuid' }) callId!: CallId;
  @Column({ type: 'text' }) text!: string;
  @Column({ name: 'author_kind', type: 'text' }) authorKind!: string;
  @Column({ name: 'author_id', type: 'uuid', nullable: true }) authorId!: string | null;
  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' }) at!: Date;
}

@Entity({ name: 'call_tags' })
export class CallTagRow {
  @PrimaryColumn({ name: 'call_id', type: 'uuid' }) callId!: CallId;
  @PrimaryColumn({ type: 'text' }) tag!: string;
  @Column({ name: 'tenant_id', type: 'uuid' }) tenantId!: TenantId;
}
