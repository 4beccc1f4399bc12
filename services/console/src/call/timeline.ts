/*
 * One call as one list in the order of its time, for the page of a running call and of one that is over.
 * Pure: it knows the parts of the record it reads and nothing of the page.
 */

export interface SaidPart {
  readonly speaker: 'caller' | 'agent';
  readonly text: string;
  readonly isTranscribed: boolean;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  readonly heardMs: number | null;
  readonly interrupted: boolean;
  /** The rest the agent had ready and the caller did not hear; where the record keeps it. */
  readonly unheardText?: string | null;
  /** Length of the whole sentence as it was made. */
  readonly generatedMs: number | null;
  /** How long the caller waited for it; for the first sentence of a turn of the agent. */
  readonly waitMs?: number | null;
}

/** A turn as control-api tells it. */
export interface Turn {
  readonly turn: number;
  readonly speaker: 'caller' | 'agent';
  readonly startedAtMs: number;
  readonly utterances: readonly {
    readonly text: string;
    readonly startedAtMs: number;
    readonly endedAtMs: number;
    readonly heardMs: number | null;
    readonly generatedMs: number | null;
    readonly interrupted: boolean;
    readonly unheard: string | null;
  }[];
  readonly latency: TurnLatency | null;
}

/** The parts of a wait, in the order of its course. */
export interface TurnLatency {
  readonly answerToFirstAudioMs: number | null;
  readonly callerToHeardMs: number | null;
  readonly endPointingMs: number | null;
  readonly modelMs: number | null;
  readonly relayMs: number | null;
  readonly playoutMs: number | null;
}

/** An event of the kept log. */
export interface LoggedEvent {
  readonly sequence: number;
  readonly atMs: number;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Returns what was said by the turns, which know what was not heard and how long the caller waited. */
export function saidInTurns(turns: readonly Turn[]): SaidPart[] {
  return turns.flatMap(({ speaker, utterances, latency }) =>
    utterances.map(({ unheard, ...said }, index) => ({
      ...said,
      speaker,
      isTranscribed: speaker === 'agent' || said.text !== '',
      unheardText: unheard,
      waitMs: index === 0 ? (latency?.callerToHeardMs ?? latency?.answerToFirstAudioMs ?? null) : null,
    })),
  );
}

/** Events that are told as they are; what was said, tools and legs come from their own parts. */
const TOLD: ReadonlySet<string> = new Set([
  'agent.changed',
  'budget.reached',
  'consent.stated',
  'digits.captured',
  'idle.prompted',
  'language.changed',
  'log.cut',
  'model.faulted',
  'model.moved',
  'recording.changed',
  'stream.failed',
  'tool-limit.reached',
  'transcription.failed',
  'transfer.asked',
  'transfer.ended',
]);

export interface ToolPart {
  readonly toolCallId: string;
  readonly name: string;
  readonly arguments: unknown;
  readonly outcome: { readonly status: string } | null;
  readonly startedAtMs: number;
  readonly tookMs: number | null;
}

export interface LegPart {
  readonly epoch: number;
  readonly relayId: string;
  readonly attachedAt: string;
  readonly detachedAt: string | null;
  readonly detachReason: string | null;
}

export interface ModelPart {
  readonly provider: string;
  readonly model: string;
  readonly fromMs: number;
}

export interface CallParts {
  readonly admittedAt: string;
  readonly answeredAt: string | null;
  readonly endedAt: string | null;
  readonly termination: { readonly class: string; readonly reason: string } | null;
  readonly transcript: readonly SaidPart[];
  readonly toolCalls: readonly ToolPart[];
  readonly legs: readonly LegPart[];
  readonly models: readonly ModelPart[];
}

/** An entry of the timeline; `atMs` counts from the admission. */
export type Entry =
  | { readonly kind: 'said'; readonly key: string; readonly atMs: number; readonly said: SaidPart }
  | { readonly kind: 'tool'; readonly key: string; readonly atMs: number; readonly tool: ToolPart }
  | { readonly kind: 'answered'; readonly key: string; readonly atMs: number }
  | {
      readonly kind: 'reattached';
      readonly key: string;
      readonly atMs: number;
      readonly leg: LegPart;
      /** Between the leg before and this one; null while that one has no end. */
      readonly gapMs: number | null;
      readonly reason: string | null;
    }
  | { readonly kind: 'event'; readonly key: string; readonly atMs: number; readonly event: LoggedEvent }
  | { readonly kind: 'model'; readonly key: string; readonly atMs: number; readonly model: ModelPart }
  | { readonly kind: 'ended'; readonly key: string; readonly atMs: number; readonly reason: string | null };

/** Entries of one moment stand in this order. */
const ORDER: readonly Entry['kind'][] = ['answered', 'reattached', 'model', 'event', 'said', 'tool', 'ended'];

/**
 * Returns everything that happened in a call, in the order of its time.
 * @param events the kept log; empty where there is none
 */
export function foldTimeline(call: CallParts, events: readonly LoggedEvent[] = []): Entry[] {
  const sinceAdmission = (instant: string) => Date.parse(instant) - Date.parse(call.admittedAt);
  const entries: Entry[] = [
    ...(call.answeredAt === null
      ? []
      : [{ kind: 'answered', key: 'answered', atMs: sinceAdmission(call.answeredAt) } as const]),
    ...call.transcript.map((said, index) => ({
      kind: 'said' as const,
      key: `said-${index}`,
      atMs: said.startedAtMs,
      said,
    })),
    ...call.toolCalls.map((tool) => ({
      kind: 'tool' as const,
      key: `tool-${tool.toolCallId}`,
      atMs: tool.startedAtMs,
      tool,
    })),
    ...seamsOf(call.legs, sinceAdmission),
    ...events
      .filter(({ type }) => TOLD.has(type))
      .map((event) => ({ kind: 'event' as const, key: `event-${event.sequence}`, atMs: event.atMs, event })),
    // The first model is no event: the call began with it. The log tells of the others, with their reasons.
    ...(events.length > 0 ? [] : call.models.slice(1)).map((model, index) => ({
      kind: 'model' as const,
      key: `model-${index + 1}`,
      atMs: model.fromMs,
      model,
    })),
    ...(call.endedAt === null
      ? []
      : [
          {
            kind: 'ended',
            key: 'ended',
            atMs: sinceAdmission(call.endedAt),
            reason: call.termination?.reason ?? null,
          } as const,
        ]),
  ];
  return entries.sort((a, b) => a.atMs - b.atMs || ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
}

function seamsOf(legs: readonly LegPart[], sinceAdmission: (instant: string) => number): Entry[] {
  const inOrder = [...legs].sort((a, b) => a.epoch - b.epoch);
  return inOrder.slice(1).map((leg, index) => {
    const before = inOrder[index];
    const detachedAt = before?.detachedAt ?? null;
    return {
      kind: 'reattached',
      key: `leg-${leg.epoch}`,
      atMs: sinceAdmission(leg.attachedAt),
      leg,
      gapMs: detachedAt === null ? null : Math.max(0, Date.parse(leg.attachedAt) - Date.parse(detachedAt)),
      reason: before?.detachReason ?? null,
    };
  });
}

/** Returns the length of a call so far: its end, or the end of the last thing in it. */
export function lengthOf(call: CallParts): number {
  const ends = [
    ...call.transcript.map(({ endedAtMs }) => endedAtMs),
    ...call.toolCalls.map(({ startedAtMs, tookMs }) => startedAtMs + (tookMs ?? 0)),
    call.endedAt === null ? 0 : Date.parse(call.endedAt) - Date.parse(call.admittedAt),
  ];
  return Math.max(0, ...ends);
}

/** Returns the index of the sentence said at a time, or said last before it; -1 before the first. */
export function sentenceAt(entries: readonly Entry[], atMs: number): number {
  let [low, high] = [0, entries.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((entries[middle]?.atMs ?? Infinity) <= atMs) low = middle + 1;
    else high = middle;
  }
  let index = low - 1;
  while (index >= 0 && entries[index]?.kind !== 'said') index -= 1;
  return index;
}

/** Returns how much of a sentence the caller heard; null where all of it, or where that is not known. */
export function heardPart(said: SaidPart): { readonly heardMs: number; readonly wholeMs: number } | null {
  if (said.speaker !== 'agent' || !said.interrupted || said.heardMs === null) return null;
  const wholeMs = Math.max(said.generatedMs ?? said.endedAtMs - said.startedAtMs, said.heardMs);
  return { heardMs: said.heardMs, wholeMs };
}
