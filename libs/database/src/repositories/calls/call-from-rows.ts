import { termination, type TenantId } from '@tandem/contracts';
import type { DispositionRecord, RecordingRecord } from '../../entities/call-record.ts';
import type { CallDetail, CallSummary } from '../../entities/stored-call.ts';
import type { CallLegRow, CallRow, ToolCallRow, UtteranceRow } from '../../entities/call.entities.ts';
import type { RecordingRow } from '../../entities/recording.entities.ts';
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
  readonly disposition: DispositionRecord | null;
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
    disposition: children.disposition,
  };
}

export const toRecording = (row: RecordingRow): RecordingRecord => without(row, 'callId', 'tenantId');
