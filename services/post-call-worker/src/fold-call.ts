import {
  CALL_STATUSES,
  isFinalStatus,
  type CallEvent,
  type CallEventType,
  type CallId,
  type CallStatus,
  type TenantId,
} from '@tandem/contracts';
import type { BookingOfCall, CallLegRecord, CallRecord } from '@tandem/database';
import { foldCost } from './fold-cost.ts';
import { foldEvents } from './fold-events.ts';
import { foldModels } from './fold-models.ts';
import { dispositionOf } from './disposition.ts';
import type { EventOf } from './event-of.ts';
import { foldUtterances } from './fold-utterances.ts';
import { foldUsage } from './fold-usage.ts';
import { foldToolCalls } from './fold-tool-calls.ts';
import { foldRecordings } from './fold-recordings.ts';
import { foldLatencies } from './fold-latencies.ts';

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
  const utterances = foldUtterances(of('caller.spoke'), of('agent.spoke'));
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
    events: foldEvents(events, utterances),
    utterances,
    toolCalls: foldToolCalls(of('tool.called'), of('tool.finished'), of('tool.finished-late')),
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
