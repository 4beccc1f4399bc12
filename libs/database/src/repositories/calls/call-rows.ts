import { termination, type CallStatus, type RefusalReason, type TerminationReason } from '@tandem/contracts';
import type { QueryDeepPartialEntity } from 'typeorm';
import type { CallRecord, RefusedCall } from '../../entities/call-record.ts';
import type { CallLegRow, CallRow, ToolCallRow, UtteranceRow } from '../../entities/call.entities.ts';
import type { RecordingRow } from '../../entities/recording.entities.ts';
import type { UnheardWordsRow } from '../../entities/timeline.entities.ts';
import { storable } from '../../rows/storable.ts';

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

/** How long words that were not heard are kept after their call. */
const UNHEARD_DAYS = 30;

interface ChildRows {
  readonly legs: Partial<CallLegRow>[];
  readonly utterances: Partial<UtteranceRow>[];
  readonly unheard: Partial<UnheardWordsRow>[];
  readonly toolCalls: Partial<ToolCallRow>[];
  readonly recordings: Partial<RecordingRow>[];
}

/** Returns the rows of everything a call has several of. */
export function toChildRows(call: CallRecord): ChildRows {
  const { tenantId, callId } = call;
  return {
    legs: call.legs.map((leg) => ({ tenantId, callId, ...leg })),
    utterances: call.utterances.map(({ unheard: _unheard, ...utterance }, index) => ({
      tenantId,
      callId,
      ...utterance,
      position: index + 1,
      startedAtMs: wholeMs(utterance.startedAtMs),
      endedAtMs: wholeMs(utterance.endedAtMs),
      heardMs: wholeMs(utterance.heardMs),
      generatedMs: wholeMs(utterance.generatedMs),
    })),
    unheard: call.utterances.flatMap(({ unheard: text }, index) =>
      text === null ? [] : [{ tenantId, callId, position: index + 1, text, deleteAfter: unheardUntil(call) }],
    ),
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

function unheardUntil({ endedAt, admittedAt }: CallRecord): Date {
  return new Date((endedAt ?? admittedAt).getTime() + UNHEARD_DAYS * 86_400_000);
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
