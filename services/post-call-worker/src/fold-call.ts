import {
  CALL_STATUSES,
  isBelievable,
  isFinalStatus,
  maskJson,
  maskOutcome,
  maskUtterances,
  UNKNOWN_USAGE,
  type CallEvent,
  type CallEventType,
  type CallId,
  type CallStatus,
  type TenantId,
  type ToolCallId,
  type Usage,
} from '@tandem/contracts';
import type {
  BookingOfCall,
  CallLegRecord,
  CallRecord,
  LatencySummary,
  RecordingRecord,
  ToolCallRecord,
  UtteranceRecord,
} from '@tandem/database';
import { foldCost } from './fold-cost.ts';
import { foldModels } from './fold-models.ts';
import { dispositionOf } from './disposition.ts';
import type { EventOf } from './event-of.ts';

/** Facts about the call that are not in its events. */
export interface FoldContext {
  /** Bookings made in the call. */
  readonly bookings: readonly BookingOfCall[];
  /** Number of events in the log that could not be read. */
  readonly unread: number;
}

const NO_CONTEXT: FoldContext = { bookings: [], unread: 0 };

/**
 * Folds the events of a call into its stored record. The same events give the same record; null while the
 * event that admits the call is missing.
 */
export function foldCall(
  callId: CallId,
  tenantId: TenantId,
  events: readonly CallEvent[],
  { bookings, unread }: FoldContext = NO_CONTEXT,
): CallRecord | null {
  const of = <Type extends CallEventType>(type: Type) =>
    events.filter((event): event is EventOf<Type> => event.type === type);
  const [admitted] = of('call.admitted');
  if (!admitted) return null;
  const [ended] = of('call.ended');
  const legs = foldLegs(of('stream.attached'), of('stream.detached'), ended?.at ?? null);
  const answeredAt = legs[0]?.attachedAt ?? null;
  const endedAt = ended ? new Date(ended.at) : null;
  const record = {
    callId,
    tenantId,
    ...foldAdmission(admitted),
    status: foldStatus(of('carrier.reported'), answeredAt !== null, ended !== undefined),
    ...foldModels(events, admitted.at),
    answeredAt,
    endedAt,
    durationMs: durationOf(answeredAt, endedAt),
    termination: ended?.data.termination ?? null,
    latencies: foldLatencies(of('latency.measured')),
    usage: foldUsage(of('usage.reported')),
    cost: foldCost(of('usage.reported')),
    missingEvents: unread + droppedEvents(of('log.cut')),
    eventCount: events.length,
    legs,
    utterances: foldUtterances(of('caller.spoke'), of('agent.spoke')),
    toolCalls: foldToolCalls(of('tool.called'), of('tool.finished')),
    recordings: foldRecordings(of('recording.changed'), of('recording.finished'), ended !== undefined),
  };
  if (!ended) return { ...record, disposition: null };
  const keys = hasPressedKeys(of('digit.pressed'), of('digits.captured'));
  return { ...record, disposition: dispositionOf({ ...record, bookings, hasPressedKeys: keys }) };
}

function foldAdmission({ at, data }: EventOf<'call.admitted'>) {
  return {
    direction: data.direction,
    channel: data.channel,
    from: data.from,
    to: data.to,
    carrierCallId: data.carrierCallId,
    attestation: data.attestation,
    agent: { id: data.agentId, version: data.agentVersion, name: data.agentName },
    language: data.language,
    variantKey: data.variantKey,
    callerGroup: data.callerGroup,
    admittedAt: new Date(at),
  };
}

function hasPressedKeys(
  pressed: readonly EventOf<'digit.pressed'>[],
  captured: readonly EventOf<'digits.captured'>[],
): boolean {
  return pressed.length > 0 || captured.some(({ data }) => data.outcome === 'entered');
}

/** Returns the number of dropped events; each owner reports its total anew. */
function droppedEvents(cuts: readonly EventOf<'log.cut'>[]): number {
  const byOwner = new Map(cuts.map(({ epoch, data }) => [epoch, data.dropped]));
  return [...byOwner.values()].reduce((sum, dropped) => sum + dropped, 0);
}

/** Returns null for a call that was not answered or is not over. */
function durationOf(answeredAt: Date | null, endedAt: Date | null): number | null {
  return answeredAt && endedAt ? Math.max(0, endedAt.getTime() - answeredAt.getTime()) : null;
}

/** Returns the final status of the reports, which come in any order, else the furthest one. */
function foldStatus(
  reports: readonly EventOf<'carrier.reported'>[],
  isAnswered: boolean,
  isEnded: boolean,
): CallStatus {
  const furthest = (status: CallStatus): number => CALL_STATUSES.indexOf(status);
  const inOrder = [...reports]
    .sort((a, b) => a.data.sequence - b.data.sequence || furthest(a.data.status) - furthest(b.data.status))
    .map(({ data }) => data.status);
  const reported = inOrder.findLast(isFinalStatus) ?? (isEnded ? undefined : inOrder.at(-1));
  return (
    reported ?? (isEnded ? (isAnswered ? 'completed' : 'canceled') : isAnswered ? 'in-progress' : 'ringing')
  );
}

function foldLegs(
  attached: readonly EventOf<'stream.attached'>[],
  detached: readonly EventOf<'stream.detached'>[],
  endedAt: number | null,
): CallLegRecord[] {
  return attached.map(({ at, epoch, data }, index) => {
    const gone = detached.find((event) => event.epoch === epoch);
    const goneAt = gone?.at ?? attached[index + 1]?.at ?? endedAt;
    return {
      epoch: data.epoch,
      relayId: data.relayId,
      streamId: data.streamId,
      attachedAt: new Date(at),
      detachedAt: goneAt === null ? null : new Date(Math.max(at, goneAt)),
      detachReason: gone?.data.reason ?? null,
    };
  });
}

/** Returns utterances in the order of speaking; transcripts arrive late, so the order of events differs. */
function foldUtterances(
  caller: readonly EventOf<'caller.spoke'>[],
  agent: readonly EventOf<'agent.spoke'>[],
): UtteranceRecord[] {
  const written = new Set(caller.flatMap(({ data }) => (data.text === '' ? [] : [data.itemId])));
  const spoken: UtteranceRecord[] = [
    // An empty utterance stands for a lost transcript; it is dropped when the transcript came later.
    ...caller
      .filter(({ data }) => data.text !== '' || !written.has(data.itemId))
      .map(({ data }) => ({ ...data, speaker: 'caller' as const, heardMs: null, interrupted: false })),
    ...agent.map(({ data }) => ({ ...data, speaker: 'agent' as const })),
  ].map(({ speaker, itemId, text, startedAtMs, endedAtMs, heardMs, interrupted }) => ({
    speaker,
    itemId,
    text,
    startedAtMs,
    endedAtMs,
    heardMs,
    interrupted,
  }));
  return masked(spoken.sort((a, b) => a.startedAtMs - b.startedAtMs || a.endedAtMs - b.endedAtMs));
}

/** Masks card numbers, also those spoken over several utterances. */
function masked(spoken: readonly UtteranceRecord[]): UtteranceRecord[] {
  const texts = new Map<UtteranceRecord, string>();
  for (const party of ['caller', 'agent'] as const) {
    const said = spoken.filter(({ speaker }) => speaker === party);
    for (const [index, text] of maskUtterances(said.map(({ text }) => text)).entries())
      texts.set(said[index] as UtteranceRecord, text);
  }
  return spoken.map((utterance) => ({ ...utterance, text: texts.get(utterance) ?? utterance.text }));
}

function foldToolCalls(
  called: readonly EventOf<'tool.called'>[],
  finished: readonly EventOf<'tool.finished'>[],
): ToolCallRecord[] {
  const outcomes = new Map<ToolCallId, EventOf<'tool.finished'>['data']>();
  for (const { data } of finished) if (!outcomes.has(data.toolCallId)) outcomes.set(data.toolCallId, data);
  return called.map(({ data }) => {
    const end = outcomes.get(data.toolCallId);
    return {
      toolCallId: data.toolCallId,
      name: data.name,
      arguments: maskJson(data.arguments),
      outcome: end ? maskOutcome(end.outcome) : null,
      startedAtMs: data.atMs,
      tookMs: end?.tookMs ?? null,
    };
  });
}

/** Returns the recordings; one without an end broke off with its relay. */
function foldRecordings(
  changed: readonly EventOf<'recording.changed'>[],
  finished: readonly EventOf<'recording.finished'>[],
  isOver: boolean,
): RecordingRecord[] {
  return changed
    .filter(({ data }) => data.state === 'started')
    .map(({ data: { recordingId, atMs } }) => {
      const end = finished.find(({ data }) => data.recordingId === recordingId)?.data;
      return {
        recordingId,
        startedAtMs: atMs,
        durationMs: end?.durationMs ?? null,
        bytes: end?.bytes ?? null,
        outcome: end?.outcome ?? (isOver ? 'failed' : 'running'),
      };
    });
}

function foldLatencies(measured: readonly EventOf<'latency.measured'>[]): Record<string, LatencySummary> {
  const byKind = new Map<string, number[]>();
  for (const { data } of measured) byKind.set(data.kind, [...(byKind.get(data.kind) ?? []), data.ms]);
  return Object.fromEntries(
    [...byKind].map(([kind, values]) => {
      const sorted = values.sort((a, b) => a - b);
      const at = (share: number) =>
        sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? 0;
      return [kind, { count: sorted.length, p50Ms: at(0.5), p95Ms: at(0.95), maxMs: at(1) }];
    }),
  );
}

function foldUsage(reported: readonly EventOf<'usage.reported'>[]): CallRecord['usage'] {
  const totals = new Map<string, { provider: string; model: string; usage: Usage }>();
  for (const { data } of reported) {
    const { provider, model } = data;
    const key = `${provider}/${model}`;
    const usage = isBelievable(data.usage) ? data.usage : UNKNOWN_USAGE;
    const sum = totals.get(key)?.usage;
    totals.set(key, { provider, model, usage: sum ? add(sum, usage) : usage });
  }
  return [...totals.values()];
}

function add(a: Usage, b: Usage): Usage {
  return {
    inputTextTokens: a.inputTextTokens + b.inputTextTokens,
    inputAudioTokens: a.inputAudioTokens + b.inputAudioTokens,
    cachedTextTokens: a.cachedTextTokens + b.cachedTextTokens,
    cachedAudioTokens: a.cachedAudioTokens + b.cachedAudioTokens,
    outputTextTokens: a.outputTextTokens + b.outputTextTokens,
    outputAudioTokens: a.outputAudioTokens + b.outputAudioTokens,
    transcriptionMs: a.transcriptionMs + b.transcriptionMs,
    ...(a.isUnknown || b.isUnknown ? { isUnknown: true } : {}),
  };
}
