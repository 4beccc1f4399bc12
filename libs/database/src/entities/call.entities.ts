import type {
  CallDirection,
  CallId,
  CallStatus,
  Channel,
  JsonValue,
  RefusalReason,
  RelayId,
  TenantId,
  TerminationClass,
  TerminationReason,
  ToolCallId,
  ToolOutcome,
} from '@tandem/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { bigintAsNumber } from '../rows/bigint.ts';
import type { CallRecord } from './call-record.ts';

@Entity({ name: 'calls' })
export class CallRow {
  @PrimaryColumn({ type: 'uuid' }) id!: CallId;
  /** Null only where no tenant has the dialled number. */
  @Column({ name: 'tenant_id', type: 'uuid', nullable: true }) tenantId!: TenantId | null;
  @Column({ type: 'text' }) status!: CallStatus;
  @Column({ type: 'text' }) direction!: CallDirection;
  @Column({ type: 'text' }) channel!: Channel;
  @Column({ name: 'from_number', type: 'text' }) fromNumber!: string;
  @Column({ name: 'to_number', type: 'text' }) toNumber!: string;
  @Column({ name: 'carrier_call_id', type: 'text', nullable: true }) carrierCallId!: string | null;
  @Column({ type: 'text', nullable: true }) attestation!: string | null;
  @Column({ name: 'agent_id', type: 'uuid', nullable: true }) agentId!: string | null;
  @Column({ name: 'agent_version', type: 'integer', nullable: true }) agentVersion!: number | null;
  @Column({ name: 'agent_name', type: 'text', nullable: true }) agentName!: string | null;
  @Column({ name: 'model_kind', type: 'text', nullable: true }) modelKind!: string | null;
  /** BCP 47; the call began in it. */
  @Column({ type: 'text', nullable: true }) language!: string | null;
  @Column({ name: 'variant_key', type: 'text', nullable: true }) variantKey!: string | null;
  @Column({ name: 'caller_group', type: 'text', nullable: true }) callerGroup!: string | null;
  /** When it was admitted or refused. */
  @Column({ name: 'admitted_at', type: 'timestamptz', precision: 3 }) admittedAt!: Date;
  @Column({ name: 'answered_at', type: 'timestamptz', precision: 3, nullable: true })
  answeredAt!: Date | null;
  @Column({ name: 'ended_at', type: 'timestamptz', precision: 3, nullable: true }) endedAt!: Date | null;
  @Column({ name: 'duration_ms', type: 'integer', nullable: true }) durationMs!: number | null;
  @Column({ name: 'termination_class', type: 'text', nullable: true })
  terminationClass!: TerminationClass | null;
  @Column({ name: 'termination_reason', type: 'text', nullable: true })
  terminationReason!: TerminationReason | null;
  @Column({ name: 'refusal_reason', type: 'text', nullable: true }) refusalReason!: RefusalReason | null;
  @Column({ type: 'jsonb', default: {} }) latencies!: CallRecord['latencies'];
  @Column({ type: 'jsonb', default: [] }) usage!: CallRecord['usage'];
  /** Millionths of a US dollar; null when nothing was used. */
  @Column({ name: 'cost_micros', type: 'bigint', nullable: true, transformer: bigintAsNumber })
  costMicros!: number | null;
  @Column({ type: 'jsonb', nullable: true }) cost!: CallRecord['cost'];
  @Column({ type: 'jsonb', default: [] }) models!: CallRecord['models'];
  @Column({ name: 'missing_events', type: 'integer', default: 0 }) missingEvents!: number;
  /** Events the row was folded from; a fold of fewer never overwrites it. */
  @Column({ name: 'event_count', type: 'integer', default: 0 }) eventCount!: number;
  @Column({ name: 'recorded_at', type: 'timestamptz', precision: 3, default: () => 'now()' })
  recordedAt!: Date;
}

/** An attached caller stream. */
@Entity({ name: 'call_legs' })
export class CallLegRow {
  @PrimaryColumn({ name: 'call_id', type: 'uuid' }) callId!: CallId;
  @PrimaryColumn({ type: 'integer' }) epoch!: number;
  @Column({ name: 'tenant_id', type: 'uuid' }) tenantId!: TenantId;
  @Column({ name: 'relay_id', type: 'text' }) relayId!: RelayId;
  @Column({ name: 'stream_id', type: 'text' }) streamId!: string;
  @Column({ name: 'attached_at', type: 'timestamptz', precision: 3 }) attachedAt!: Date;
  @Column({ name: 'detached_at', type: 'timestamptz', precision: 3, nullable: true })
  detachedAt!: Date | null;
  @Column({ name: 'detach_reason', type: 'text', nullable: true }) detachReason!: string | null;
}

@Entity({ name: 'utterances' })
export class UtteranceRow {
  @PrimaryColumn({ name: 'call_id', type: 'uuid' }) callId!: CallId;
  /** From 1, in the order spoken. */
  @PrimaryColumn({ type: 'integer' }) position!: number;
  @Column({ name: 'tenant_id', type: 'uuid' }) tenantId!: TenantId;
  @Column({ type: 'text' }) speaker!: 'caller' | 'agent';
  @Column({ name: 'item_id', type: 'text' }) itemId!: string;
  @Column({ type: 'text' }) text!: string;
  /** Since the call was admitted. */
  @Column({ name: 'started_at_ms', type: 'integer' }) startedAtMs!: number;
  @Column({ name: 'ended_at_ms', type: 'integer' }) endedAtMs!: number;
  /** Heard part of the agent's speech; null for the caller's. */
  @Column({ name: 'heard_ms', type: 'integer', nullable: true }) heardMs!: number | null;
  /** Null for the caller's speech, and for calls that were stored without it. */
  @Column({ name: 'generated_ms', type: 'integer', nullable: true }) generatedMs!: number | null;
  @Column({ type: 'boolean' }) interrupted!: boolean;
}

@Entity({ name: 'tool_calls' })
export class ToolCallRow {
  @PrimaryColumn({ name: 'call_id', type: 'uuid' }) callId!: CallId;
  @PrimaryColumn({ name: 'id', type: 'text' }) toolCallId!: ToolCallId;
  @Column({ name: 'tenant_id', type: 'uuid' }) tenantId!: TenantId;
  @Column({ type: 'text' }) name!: string;
  @Column({ type: 'jsonb' }) arguments!: JsonValue;
  @Column({ type: 'jsonb', nullable: true }) outcome!: ToolOutcome | null;
  @Column({ type: 'text' }) status!: ToolCallStatus;
  @Column({ name: 'started_at_ms', type: 'integer' }) startedAtMs!: number;
  @Column({ name: 'took_ms', type: 'integer', nullable: true }) tookMs!: number | null;
}

/** The status of the outcome, or `pending` while there is none. */
type ToolCallStatus = 'pending' | 'ok' | 'refused' | 'failed' | 'timed-out' | 'cancelled';

/** The outcome of a call for the business. */
@Entity({ name: 'dispositions' })
export class DispositionRow {
  @PrimaryColumn({ name: 'call_id', type: 'uuid' }) callId!: CallId;
  @Column({ name: 'tenant_id', type: 'uuid' }) tenantId!: TenantId;
  @Column({ type: 'text' }) outcome!: string;
  @Column({ type: 'text' }) detail!: string;
}
