import {
  termination,
  type CallId,
  type JsonValue,
  type RelayId,
  type TenantId,
  type ToolCallId,
} from '@tandem/contracts';
import type {
  CallDetail,
  CallLegRecord,
  CallRecord,
  CallSummary,
  RecordingRecord,
  ToolCallRecord,
  UtteranceRecord,
} from './call-record.ts';
import type {
  CallLegRow,
  CallRow,
  DispositionRow,
  ToolCallRow,
  UtteranceRow,
} from '../../entities/call.entities.ts';
import type { RecordingRow } from '../../entities/recording.entities.ts';

/** A row of `calls` in the words of the domain. */
export function toSummary(row: CallRow, outcome: string | null): CallSummary {
  return {
    callId: row.id as CallId,
    tenantId: row.tenantId as TenantId,
    status: row.status,
    direction: row.direction,
    channel: row.channel,
    from: row.fromNumber,
    to: row.toNumber,
    carrierCallId: row.carrierCallId,
    attestation: row.attestation,
    agent:
      row.agentId === null
        ? null
        : { id: row.agentId, version: row.agentVersion ?? 0, name: row.agentName ?? '' },
    modelKind: row.modelKind,
    language: row.language,
    variantKey: row.variantKey,
    callerGroup: row.callerGroup,
    admittedAt: row.admittedAt,
    answeredAt: row.answeredAt,
    endedAt: row.endedAt,
    durationMs: row.durationMs,
    termination: row.terminationReason === null ? null : termination(row.terminationReason),
    refusalReason: row.refusalReason,
    missingEvents: row.missingEvents,
    costMicros: row.costMicros === null ? null : Number(row.costMicros),
    outcome,
  };
}

interface Children {
  readonly legs: readonly CallLegRow[];
  readonly utterances: readonly UtteranceRow[];
  readonly toolCalls: readonly ToolCallRow[];
  readonly recordings: readonly RecordingRow[];
  /** When recordings were deleted, by their id. */
  readonly deletions: ReadonlyMap<string, Date>;
  readonly disposition: DispositionRow | null;
}

export function toDetail(
  row: CallRow,
  { legs, utterances, toolCalls, recordings, deletions, disposition }: Children,
): CallDetail {
  const { outcome: _outcome, costMicros: _costMicros, ...summary } = toSummary(row, null);
  return {
    ...summary,
    latencies: row.latencies as CallRecord['latencies'],
    usage: row.usage as CallRecord['usage'],
    cost: row.cost as CallRecord['cost'],
    models: row.models as CallRecord['models'],
    legs: legs.map(toLeg),
    utterances: utterances.map(toUtterance),
    toolCalls: toolCalls.map(toToolCall),
    recordings: recordings.map((recording) => ({
      ...toRecording(recording),
      deletedAt: deletions.get(recording.id) ?? null,
    })),
    disposition: disposition && { outcome: disposition.outcome, detail: disposition.detail },
  };
}

const toLeg = (row: CallLegRow): CallLegRecord => ({
  epoch: row.epoch,
  relayId: row.relayId as RelayId,
  streamId: row.streamId,
  attachedAt: row.attachedAt,
  detachedAt: row.detachedAt,
  detachReason: row.detachReason,
});

const toUtterance = (row: UtteranceRow): UtteranceRecord => ({
  speaker: row.speaker,
  itemId: row.itemId,
  text: row.text,
  startedAtMs: row.startedAtMs,
  endedAtMs: row.endedAtMs,
  heardMs: row.heardMs,
  interrupted: row.interrupted,
});

const toToolCall = (row: ToolCallRow): ToolCallRecord => ({
  toolCallId: row.id as ToolCallId,
  name: row.name,
  arguments: row.arguments as JsonValue,
  outcome: row.outcome as ToolCallRecord['outcome'],
  startedAtMs: row.startedAtMs,
  tookMs: row.tookMs,
});

export const toRecording = (row: RecordingRow): RecordingRecord => ({
  recordingId: row.id,
  startedAtMs: row.startedAtMs,
  durationMs: row.durationMs,
  bytes: row.bytes === null ? null : Number(row.bytes),
  outcome: row.outcome,
});
