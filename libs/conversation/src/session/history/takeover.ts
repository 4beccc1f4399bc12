import { costOf, type AgentChange, type CallEvent, type JsonValue, type ToolCallId } from '@tandem/contracts';
import type { AgentCarryover } from '../agent/agent-state.ts';
import type { BudgetCarryover } from '../limits/call-budget.ts';
import { CallHistory } from './call-history.ts';
import type { RecordingCarryover } from './call-recording.ts';

/** A tool call of an earlier session whose outcome the model has not been told. */
export interface OpenToolCall {
  readonly toolCallId: ToolCallId;
  readonly providerCallId: string;
  readonly name: string;
  readonly arguments: JsonValue;
  readonly calledAtMs: number;
}

/** A call as earlier sessions left it, for the session that takes it over. */
export interface Takeover {
  readonly history: CallHistory;
  readonly agent: AgentCarryover;
  /** The language the call changed to; null for the one it began in. */
  readonly language: string | null;
  /** Unix time in ms of the last event an earlier relay logged. */
  readonly lastSignAt: number;
  /**
   * The earlier relay let go of the call at a pause. Otherwise it was lost, and nothing was heard for a
   * second.
   */
  readonly isHandedOver: boolean;
  /** A transfer failed, and the caller has not been told. */
  readonly hasReturned: boolean;
  /** The caller spoke last, an awaited outcome has come, or the agent's answer was cut off. */
  readonly isReplyPending: boolean;
  readonly openTools: readonly OpenToolCall[];
  /** Tool calls that timed out, and whose work may still be going on. */
  readonly lateTools: readonly OpenToolCall[];
  readonly recording: RecordingCarryover;
  /** The budget so far: what is spent, and which shares are logged as reached. */
  readonly budget: BudgetCarryover;
  /** Tool calls so far. */
  readonly toolCalls: number;
  /** Tool calls so far that were not refused, by tool. */
  readonly toolUses: ReadonlyMap<string, number>;
}

/** Reads the event log of a call for the session that takes it over. */
export function takeoverOf(events: readonly CallEvent[]): Takeover {
  const lastSpoken = events.findLastIndex(({ type }) => type === 'agent.spoke');
  const since = events.slice(lastSpoken + 1);
  const returned = since.findLast((event) => event.type === 'transfer.ended');
  const language = events.findLast((event) => event.type === 'language.changed');
  const changes = events.flatMap((event) => (event.type === 'agent.changed' ? [event.data] : []));
  const turns = events.flatMap(turnOf).sort((a, b) => a.atMs - b.atMs);
  return {
    history: new CallHistory(events),
    agent: {
      changed: Object.assign({}, ...changes.map(({ change }) => change)) as AgentChange,
      firedRules: new Set(changes.flatMap(({ rule }) => (rule === null ? [] : [rule]))),
    },
    language: language?.data.language ?? null,
    lastSignAt: Math.max(0, ...events.filter(({ epoch }) => epoch > 0).map(({ at }) => at)),
    isHandedOver: events.findLast(isStreamChange)?.type === 'stream.detached',
    hasReturned: returned !== undefined && returned.data.outcome !== 'bridged',
    isReplyPending: (turns.at(-1)?.isReplyPending ?? false) || since.some(indicatesUnfinishedReply),
    openTools: openToolsOf(events),
    lateTools: lateToolsOf(events),
    recording: recordingCarryover(events),
    budget: budgetCarryover(events),
    toolCalls: events.filter(({ type }) => type === 'tool.called').length,
    toolUses: toolUsesOf(events),
  };
}

const isStreamChange = ({ type }: CallEvent): boolean =>
  type === 'stream.attached' || type === 'stream.detached';

function toolUsesOf(events: readonly CallEvent[]): ReadonlyMap<string, number> {
  const refused = new Set(
    events.flatMap(({ type, data }) =>
      type === 'tool.finished' && data.outcome.status === 'refused' ? [data.toolCallId] : [],
    ),
  );
  const uses = new Map<string, number>();
  for (const { name, toolCallId } of calledTools(events))
    if (!refused.has(toolCallId)) uses.set(name, (uses.get(name) ?? 0) + 1);
  return uses;
}

function openToolsOf(events: readonly CallEvent[]): OpenToolCall[] {
  const finished = new Set(
    events.flatMap(({ type, data }) => (type === 'tool.finished' ? [data.toolCallId] : [])),
  );
  return calledTools(events).filter(({ toolCallId }) => !finished.has(toolCallId));
}

function lateToolsOf(events: readonly CallEvent[]): OpenToolCall[] {
  const late = new Set<ToolCallId>();
  for (const { type, data } of events)
    if (type === 'tool.finished' && data.outcome.status === 'timed-out') late.add(data.toolCallId);
    else if (type === 'tool.finished-late') late.delete(data.toolCallId);
  return calledTools(events).filter(({ toolCallId }) => late.has(toolCallId));
}

const calledTools = (events: readonly CallEvent[]): OpenToolCall[] =>
  events.flatMap(({ type, data }) => (type === 'tool.called' ? [{ ...data, calledAtMs: data.atMs }] : []));

function recordingCarryover(events: readonly CallEvent[]): RecordingCarryover {
  const stated = events
    .filter((event) => event.type === 'consent.stated')
    .findLast(({ data }) => data.purpose === 'recording');
  const changed = events.findLast((event) => event.type === 'recording.changed');
  const isForDigits = openToolsOf(events).some(({ name }) => name === 'collect_digits');
  return {
    consent: stated?.data.state ?? null,
    isPausedByOperator: changed?.data.state === 'paused' && !isForDigits && stated?.data.state !== 'refused',
  };
}

function budgetCarryover(events: readonly CallEvent[]): BudgetCarryover {
  const spent = events.flatMap(({ type, data, at }) =>
    type === 'usage.reported' ? [costOf({ ...data, at })?.micros ?? 0] : [],
  );
  return {
    spentMicros: spent.reduce((sum, micros) => sum + micros, 0),
    passedShares: events.flatMap(({ type, data }) =>
      type === 'budget.reached' && data.scope === 'call' ? [data.share] : [],
    ),
  };
}

/** Returns when an event happened that gives or takes the agent's turn, and which. */
function turnOf({ type, data }: CallEvent): { readonly atMs: number; readonly isReplyPending: boolean }[] {
  switch (type) {
    case 'caller.spoke':
      return [{ atMs: data.startedAtMs, isReplyPending: true }];
    case 'agent.spoke':
      return [{ atMs: data.startedAtMs, isReplyPending: data.interrupted }];
    case 'tool.finished':
    case 'tool.finished-late':
    case 'digit.pressed':
      return [{ atMs: data.atMs, isReplyPending: true }];
    default:
      return [];
  }
}

/**
 * Speech is logged once heard, its usage and latency before. Figures after the last speech thus belong to an
 * answer that was cut off.
 */
function indicatesUnfinishedReply({ type, data }: CallEvent): boolean {
  return (
    type === 'usage.reported' ||
    (type === 'latency.measured' &&
      (data.kind === 'caller-to-agent' || data.kind === 'answer-to-first-audio'))
  );
}
