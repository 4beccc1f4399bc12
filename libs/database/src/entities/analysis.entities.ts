import type {
  AfterCall,
  AnalysisSource,
  AnalysisState,
  CallId,
  ExtractionState,
  FollowUp,
  TenantId,
} from '@tandem/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { bigintAsNumber } from '../rows/bigint.ts';
import type { AnalysisUsage } from './analysis.ts';

/** The settings of a version of analyses. */
@Entity({ name: 'analysis_settings' })
export class AnalysisSettingsRow {
  @PrimaryColumn({ name: 'tenant_id', type: 'uuid' }) tenantId!: TenantId;
  @PrimaryColumn({ type: 'text' }) version!: string;
  @Column({ type: 'jsonb' }) settings!: AfterCall;
  @Column({ name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'now()' }) createdAt!: Date;
}

/** The analysis of a call by one version of the settings. */
@Entity({ name: 'call_analyses' })
export class CallAnalysisRow {
  @PrimaryColumn({ type: 'uuid', default: () => 'gen_random_uuid()' }) id!: string;
  @Column({ name: 'tenant_id', type: 'uuid' }) tenantId!: TenantId;
  @Column({ name: 'call_id', type: 'uuid' }) callId!: CallId;
  @Column({ type: 'text' }) version!: string;
  @Column({ type: 'text', default: 'waiting' }) state!: AnalysisState;
  /** Whether a run asked for it, not the end of the call. */
  @Column({ name: 'is_replay', type: 'boolean' }) isReplay!: boolean;
  /** Number of times it was asked for. */
  @Column({ type: 'integer', default: 1 }) round!: number;
  @Column({ type: 'text', nullable: true }) source!: AnalysisSource | null;
  @Column({ type: 'text', nullable: true }) model!: string | null;
  /** Why it failed. */
  @Column({ type: 'text', nullable: true }) reason!: string | null;
  @Column({ type: 'text', nullable: true }) summary!: string | null;
  @Column({ type: 'text', nullable: true }) outcome!: string | null;
  @Column({ name: 'extraction_state', type: 'text', default: 'not-asked' }) extractionState!: ExtractionState;
  @Column({ type: 'jsonb', nullable: true }) extraction!: unknown;
  @Column({ name: 'follow_ups', type: 'jsonb', default: [] }) followUps!: FollowUp[];
  @Column({ type: 'jsonb', nullable: true }) usage!: AnalysisUsage | null;
  /** Millionths of a US dollar; null when the model's price is not known. */
  @Column({ name: 'cost_micros', type: 'bigint', nullable: true, transformer: bigintAsNumber })
  costMicros!: number | null;
  /** When its job is put into the queue again; null when none is due. */
  @Column({ name: 'due_at', type: 'timestamptz', precision: 3, nullable: true }) dueAt!: Date | null;
  @Column({ name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'now()' }) createdAt!: Date;
  @Column({ name: 'settled_at', type: 'timestamptz', precision: 3, nullable: true }) settledAt!: Date | null;
}

/** A request for analyses of past calls. */
@Entity({ name: 'analysis_runs' })
export class AnalysisRunRow {
  @PrimaryColumn({ type: 'uuid', default: () => 'gen_random_uuid()' }) id!: string;
  @Column({ name: 'tenant_id', type: 'uuid' }) tenantId!: TenantId;
  /** Version of the settings it came with; null for those of each call's own agent. */
  @Column({ type: 'text', nullable: true }) version!: string | null;
  /** Chosen calls without settings: their agent's version has none, or they are not there. */
  @Column({ type: 'integer' }) skipped!: number;
  @Column({ name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'now()' }) createdAt!: Date;
  @Column({ name: 'cancelled_at', type: 'timestamptz', precision: 3, nullable: true })
  cancelledAt!: Date | null;
}

@Entity({ name: 'analysis_run_calls' })
export class AnalysisRunCallRow {
  @PrimaryColumn({ name: 'run_id', type: 'uuid' }) runId!: string;
  @PrimaryColumn({ name: 'analysis_id', type: 'uuid' }) analysisId!: string;
  @Column({ name: 'tenant_id', type: 'uuid' }) tenantId!: TenantId;
}
