import {
  termination,
  type CallStatus,
  type RefusalReason,
  type TenantId,
  type TerminationReason,
} from '@tandem/contracts';
import type { QueryDeepPartialEntity } from 'typeorm';
import type {
  CallDetail,
  CallRecord,
  CallSummary,
  RecordingRecord,
  RefusedCall,
} from '../../entities/call-record.ts';
import type {
  CallLegRow,
  CallRow,
  DispositionRow,
  ToolCallRow,
  UtteranceRow,
} from '../../entities/call.entities.ts';
import type { RecordingRow } from '../../entities/recording.entities.ts';
import { storable } from '../../rows/storable.ts';
import { without } from '../../rows/without.ts';

/** Returns a row of `calls` in the words of the domain. */
export function toSummary(row: CallRow, outcome: string | null): CallSummary {
  const { id, fromNumber, toNumber, agentId, agentVersion, agentName, terminationReason, ...same } = without(
    row,
    'terminationClass',
    'latencies',
    'usage',
    'cost',
    'models',
    'eventCount',
    'recordedAt',
  );
  return {
    ...same,
    callId: id,
    tenantId: row.tenantId as TenantId,
    from: fromNumber,
    to: toNumber,
    agent: agentId === null ? null : { id: agentId, version: agentVersion ?? 0, name: agentName ?? '' },
    termination: terminationReason === null ? null : termination(terminationReason),
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

export function toDetail(row: CallRow, children: Children): CallDetail {
  const { latencies, usage, cost, models } = row;
  return {
    ...without(toSummary(row, null), 'outcome', 'costMicros'),
    latencies,
    usage,
    cost,
    models,
    legs: children.legs.map((leg) => without(leg, 'callId', 'tenantId')),
    utterances: children.utterances.map((utterance) => without(utterance, 'callId', 'tenantId', 'position')),
    toolCalls: children.toolCalls.map((toolCall) => without(toolCall, 'callId', 'tenantId', 'status')),
    recordings: children.recordings.map((recording) => ({
      ...toRecording(recording),
      deletedAt: children.deletions.get(recording.recordingId) ?? null,
    })),
    disposition: children.disposition && without(children.disposition, 'callId', 'tenantId'),
  };
}

export const toRecording = (row: RecordingRow): RecordingRecord => without(row, 'callId', 'tenantId');

/** Returns the row of a folded call. */
export function toRow(call: CallRecord): QueryDeepPartialEntity<CallRow> {
  const { agent, cost, termination: ending } = call;
  return storable({
    id: call.callId,
    tenantId: call.tenantId,
    status: call.status,
    direction: call.direction,
    channel: call.channel,
    fromNumber: call.from,
    toNumber: call.to,
    carrierCallId: call.carrierCallId,
    attestation: call.attestation,
    agentId: agent?.id ?? null,
    agentVersion: agent?.version ?? null,
    agentName: agent?.name ?? null,
    modelKind: call.modelKind,
    language: call.language,
    variantKey: call.variantKey,
    callerGroup: call.callerGroup,
    admittedAt: call.admittedAt,
    answeredAt: call.answeredAt,
    endedAt: call.endedAt,
    durationMs: wholeMs(call.durationMs),
    terminationClass: ending?.class ?? null,
    terminationReason: ending?.reason ?? null,
    latencies: call.latencies,
    usage: call.usage,
    costMicros: cost && Math.min(Math.round(cost.micros), Number.MAX_SAFE_INTEGER),
    cost,
    models: call.models,
    missingEvents: Math.min(call.missingEvents, MAX_INTEGER),
    eventCount: call.eventCount,
  });
}

/** Returns the row of a call that was refused, or whose caller gave up waiting. */
export function toRefusedRow(call: RefusedCall): QueryDeepPartialEntity<CallRow> {
  const { status, reason } = endingOf(call.reason);
  return storable({
    id: call.callId,
    tenantId: call.tenantId,
    status,
    direction: call.direction,
    channel: call.channel,
    fromNumber: call.from,
    toNumber: call.to,
    carrierCallId: call.carrierCallId,
    attestation: call.attestation,
    language: call.language,
    callerGroup: call.callerGroup,
    admittedAt: call.rangAt,
    endedAt: call.refusedAt,
    durationMs: wholeMs(Math.max(0, call.refusedAt.getTime() - call.rangAt.getTime())),
    terminationClass: termination(reason).class,
    terminationReason: reason,
    refusalReason: call.reason,
  });
}

interface ChildRows {
  readonly legs: Partial<CallLegRow>[];
  readonly utterances: Partial<UtteranceRow>[];
  readonly toolCalls: Partial<ToolCallRow>[];
  readonly recordings: Partial<RecordingRow>[];
}

/** Returns the rows of everything a call has several of. */
export function toChildRows(call: CallRecord): ChildRows {
  const { tenantId, callId } = call;
  return {
    legs: call.legs.map((leg) => ({ tenantId, callId, ...leg })),
    utterances: call.utterances.map((utterance, index) => ({
      tenantId,
      callId,
      ...utterance,
      position: index + 1,
      startedAtMs: wholeMs(utterance.startedAtMs),
      endedAtMs: wholeMs(utterance.endedAtMs),
      heardMs: wholeMs(utterance.heardMs),
    })),
    toolCalls: call.toolCalls.map((toolCall) => ({
      tenantId,
      callId,
      ...toolCall,
      status: toolCall.outcome?.status ?? 'pending',
      startedAtMs: wholeMs(toolCall.startedAtMs),
      tookMs: wholeMs(toolCall.tookMs),
    })),
    recordings: call.recordings.map((recording) => ({
      tenantId,
      callId,
      ...recording,
      startedAtMs: wholeMs(recording.startedAtMs),
      durationMs: wholeMs(recording.durationMs),
    })),
  };
}

const MAX_INTEGER = 2 ** 31 - 1;

/** Returns a duration the integer column takes: events measure fractions of a ms, and clocks may be wrong. */
function wholeMs<Ms extends number | null>(ms: Ms): Ms {
  return (ms === null ? null : Math.max(-MAX_INTEGER, Math.min(MAX_INTEGER, Math.round(ms)))) as Ms;
}

/** A call that waited was answered by the carrier, and its caller hung up. */
function endingOf(reason: RefusalReason): {
  readonly status: CallStatus;
  readonly reason: TerminationReason;
} {
  const hasHungUp = reason === 'abandoned' || reason === 'callback-requested';
  return hasHungUp
    ? { status: 'completed', reason: 'caller-hangup' }
    : { status: 'failed', reason: 'refused' };
}
