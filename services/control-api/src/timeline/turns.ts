import type { CallEvent, LatencyKind } from '@tandem/contracts';

/** An utterance of either party, as far as turns need it. */
export interface Said {
  readonly speaker: 'caller' | 'agent';
  readonly itemId: string;
  readonly text: string;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  readonly heardMs: number | null;
  readonly generatedMs: number | null;
  readonly interrupted: boolean;
  readonly unheard: string | null;
}

export interface Turn {
  readonly turn: number;
  readonly speaker: Said['speaker'];
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  readonly utterances: readonly Omit<Said, 'speaker'>[];
  readonly latency: Readonly<Record<LatencyPart, number | null>> | null;
  readonly toolCallIds: readonly string[];
}

type LatencyPart = (typeof PARTS)[keyof typeof PARTS];

const PARTS = {
  'answer-to-first-audio': 'answerToFirstAudioMs',
  'caller-to-heard': 'callerToHeardMs',
  'end-pointing': 'endPointingMs',
  model: 'modelMs',
  relay: 'relayMs',
  playout: 'playoutMs',
} as const satisfies Partial<Record<LatencyKind, string>>;

const NONE = Object.fromEntries(Object.values(PARTS).map((part) => [part, null])) as Record<
  LatencyPart,
  number | null
>;
/** Stands for the caller's utterance before the agent's first words. */
const ANSWER = 'answer';

interface Stretch {
  readonly speaker: Said['speaker'];
  readonly said: Said[];
  readonly toolCallIds: string[];
}

/**
 * Returns the turns of a call: what one party says until the other one does.
 * @param said in the order of speaking
 * @param tools tool calls, with the time of each
 */
export function turnsOf(
  said: readonly Said[],
  tools: readonly { readonly toolCallId: string; readonly startedAtMs: number }[],
  events: readonly CallEvent[],
): Turn[] {
  const stretches: Stretch[] = [];
  for (const utterance of said) {
    const last = stretches.at(-1);
    if (last?.speaker === utterance.speaker) last.said.push(utterance);
    else stretches.push({ speaker: utterance.speaker, said: [utterance], toolCallIds: [] });
  }
  for (const { toolCallId, startedAtMs } of tools)
    turnOfTool(stretches, startedAtMs)?.toolCallIds.push(toolCallId);
  const latencies = latenciesOf(events);
  const firstOfAgent = stretches.findIndex(({ speaker }) => speaker === 'agent');
  return stretches.map(({ speaker, said: utterances, toolCallIds }, index) => {
    const before = stretches[index - 1]?.said.map(({ itemId }) => itemId) ?? [];
    const answered = index === firstOfAgent ? [...before, ANSWER] : before;
    return {
      turn: index + 1,
      speaker,
      startedAtMs: utterances[0]?.startedAtMs ?? 0,
      endedAtMs: Math.max(...utterances.map(({ endedAtMs }) => endedAtMs)),
      utterances: utterances.map(({ speaker: _speaker, ...rest }) => rest),
      latency: speaker === 'agent' ? latencyOf(answered, latencies) : null,
      toolCallIds,
    };
  });
}

/** Returns the turn a tool was called for: the agent's that was going on, or that came next. */
function turnOfTool(stretches: readonly Stretch[], atMs: number): Stretch | undefined {
  const index = stretches.findLastIndex(({ said }) => (said[0]?.startedAtMs ?? 0) <= atMs);
  const current = stretches[Math.max(0, index)];
  return current?.speaker === 'agent' ? current : (stretches[index + 1] ?? current);
}

type Measured = Partial<Record<LatencyPart, number>>;

/** Returns what was measured, by the utterance that was answered. */
function latenciesOf(events: readonly CallEvent[]): ReadonlyMap<string, Measured> {
  const byItem = new Map<string, Measured>();
  for (const { type, data } of events) {
    if (type !== 'latency.measured') continue;
    const part = PARTS[data.kind as keyof typeof PARTS] as LatencyPart | undefined;
    const itemId = data.itemId ?? (data.kind === 'answer-to-first-audio' ? ANSWER : undefined);
    if (part && itemId !== undefined) byItem.set(itemId, { ...byItem.get(itemId), [part]: data.ms });
  }
  return byItem;
}

function latencyOf(answered: readonly string[], latencies: ReadonlyMap<string, Measured>): Turn['latency'] {
  const found = answered.flatMap((itemId) => latencies.get(itemId) ?? []);
  return found.length === 0 ? null : found.reduce<Record<LatencyPart, number | null>>(merged, NONE);
}

const merged = (
  known: Record<LatencyPart, number | null>,
  measured: Measured,
): Record<LatencyPart, number | null> => ({ ...known, ...measured });

/** Returns what was said in a running call, in the order of speaking. */
export function saidIn(events: readonly CallEvent[]): Said[] {
  const written = new Set(
    events.flatMap(({ type, data }) => (type === 'caller.spoke' && data.text !== '' ? [data.itemId] : [])),
  );
  const said = events.flatMap(({ type, data }): Said[] => {
    if (type === 'agent.spoke') return [{ speaker: 'agent', ...data, unheard: data.unheard ?? null }];
    if (type !== 'caller.spoke' || (data.text === '' && written.has(data.itemId))) return [];
    return [
      { speaker: 'caller', ...data, heardMs: null, generatedMs: null, interrupted: false, unheard: null },
    ];
  });
  return said.sort((a, b) => a.startedAtMs - b.startedAtMs || a.endedAtMs - b.endedAtMs);
}
