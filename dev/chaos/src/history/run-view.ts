import { answerTo } from './answer-to.ts';
import { entriesOf, type EntryOf, type HistoryEntry } from './entries.ts';

/** All entries of one call. */
export interface CallStory {
  readonly call: string;
  readonly placedAt: number;
  readonly said: readonly EntryOf<'caller-said'>[];
  readonly heard: readonly EntryOf<'agent-heard'>[];
  readonly streams: readonly EntryOf<'stream'>[];
  readonly sessions: readonly EntryOf<'model-session'>[];
  readonly log: EntryOf<'log'> | null;
  readonly row: EntryOf<'row'> | null;
  readonly ended: EntryOf<'call-ended'> | null;
  /** Faults that struck it. */
  readonly faults: readonly EntryOf<'fault'>[];
}

/** A call that lost its relay, and how it went on. */
export interface Loss {
  readonly story: CallStory;
  readonly fault: EntryOf<'fault'>;
  /**
   * Ms from the fault to the agent's first sound on a new stream, or to a listening model where no words were
   * due. Null when it never came.
   */
  readonly backMs: number | null;
  /**
   * Ms of silence for the caller while the agent's words were due: from the fault, or from the later end of
   * the buffered sound and of the caller's own words, to the agent's next sound.
   */
  readonly silenceMs: number | null;
  /**
   * Ms between the end of the old stream and the new one, in which no relay heard the caller. Words said
   * while the new relay opens its model are kept and answered.
   */
  readonly gapMs: number | null;
}

/**
 * Returns the time a moved caller was without an agent: the longer of gap and silence; null when the agent
 * never came back.
 */
export function absenceMs({ gapMs, silenceMs }: Loss): number | null {
  return gapMs === null ? null : Math.max(gapMs, silenceMs ?? 0);
}

/** Time a relay takes to read a message and to log it: this close to a fault it may not have known. */
const MARGIN_MS = 100;
const MISSING_FRAMES = 2;
/** A stream ends a moment before its call. */
const KEPT_MARGIN_MS = 1_000;

/** A history, call by call and fault by fault. */
export class RunView {
  readonly stories: readonly CallStory[];
  readonly faults: readonly EntryOf<'fault'>[];

  constructor(readonly entries: readonly HistoryEntry[]) {
    this.faults = entriesOf(entries, 'fault');
    this.stories = storiesOf(entries);
  }

  /** Returns the figures measured under this name. */
  measured(what: string): number[] {
    return entriesOf(this.entries, 'measured')
      .filter((entry) => entry.what === what)
      .map(({ value }) => value);
  }

  /** Every call a fault of this kind struck. */
  losses(...whats: readonly string[]): Loss[] {
    const byCall = new Map(this.stories.map((story) => [story.call, story]));
    return this.faults
      .filter(({ what }) => whats.includes(what))
      .flatMap((fault) =>
        fault.held.flatMap((call) => byCall.get(call) ?? []).map((story) => lossOf(story, fault)),
      );
  }
}

/**
 * Returns the turns whose answer the caller heard to the end before `by`, while the call had a relay: sound
 * the carrier still held when the relay was struck is unfinished.
 */
export function finishedTurns(
  story: CallStory,
  by = Number.POSITIVE_INFINITY,
): { readonly text: string; readonly answer: string; readonly at: number }[] {
  return story.said.flatMap(({ text }) => {
    const answer = answerTo(text);
    const heard = story.heard.find(
      (item) => item.text === answer && item.frames >= item.total - MISSING_FRAMES,
    );
    return heard &&
      heard.at + marginOf(story) < by &&
      wasListenedTo(story, { fromAt: heard.at, at: heard.at }) &&
      !wasSpokenOver(story, heard)
      ? [{ text, answer, at: heard.at }]
      : [];
  });
}

/**
 * The caller began to speak before the answer was over: the agent breaks off, and may keep less than was
 * heard.
 */
function wasSpokenOver({ said }: CallStory, heard: EntryOf<'agent-heard'>): boolean {
  return said.some(({ fromAt }) => fromAt > heard.fromAt && fromAt < heard.at);
}

/** Longest delay in ms from the caller's ear to the relay's log. */
const marginOf = ({ ended }: CallStory): number => MARGIN_MS + (ended?.toRelayMs ?? 0);

/** Unix ms of the caller's next stream after a fault; Infinity when there was none. */
function backAfter({ streams }: CallStory, fault: EntryOf<'fault'>): number {
  return (
    streams.find(({ openedAt }) => openedAt !== null && openedAt > fault.at)?.openedAt ??
    Number.POSITIVE_INFINITY
  );
}

/**
 * Returns whether the caller had a relay from the first to the last sound: words said or heard without one
 * are lost to it.
 */
export function wasListenedTo(
  story: CallStory,
  { fromAt, at }: Pick<EntryOf<'caller-said'>, 'fromAt' | 'at'>,
): boolean {
  return story.faults.every((fault) => at < fault.at - marginOf(story) || fromAt > backAfter(story, fault));
}

function storiesOf(entries: readonly HistoryEntry[]): CallStory[] {
  const of = <
    Kind extends 'caller-said' | 'agent-heard' | 'stream' | 'model-session' | 'log' | 'row' | 'call-ended',
  >(
    kind: Kind,
  ) => Map.groupBy(entriesOf(entries, kind), (entry) => (entry as { readonly call: string | null }).call);
  const [said, heard, streams, sessions, logs, rows, ended] = [
    of('caller-said'),
    of('agent-heard'),
    of('stream'),
    of('model-session'),
    of('log'),
    of('row'),
    of('call-ended'),
  ];
  return entriesOf(entries, 'call-placed').map(({ call, at }) => ({
    call,
    placedAt: at,
    said: said.get(call) ?? [],
    heard: heard.get(call) ?? [],
    streams: streams.get(call) ?? [],
    sessions: sessions.get(call) ?? [],
    log: logs.get(call)?.[0] ?? null,
    row: rows.get(call)?.[0] ?? null,
    ended: ended.get(call)?.[0] ?? null,
    faults: entriesOf(entries, 'fault').filter(({ held }) => held.includes(call)),
  }));
}

function lossOf(story: CallStory, fault: EntryOf<'fault'>): Loss {
  const openedAt = listensFrom(story, fault);
  const readyAt = firstAfter(
    (story.log?.events ?? []).flatMap(({ type, at, epoch }) =>
      type === 'model.opened' && epoch > 1 ? [at] : [],
    ),
    fault.at,
  );
  const soundAt = firstAfter(
    story.heard.map(({ fromAt }) => fromAt),
    openedAt,
  );
  const nextSaidAt = firstAfter(
    story.said.map(({ fromAt }) => fromAt),
    fault.at,
  );
  const isDue = soundAt < nextSaidAt || openedAt === fault.at;
  const backAt = isDue ? soundAt : Math.max(readyAt, openedAt);
  if (!Number.isFinite(backAt)) return { story, fault, backMs: null, silenceMs: null, gapMs: null };
  const closedAt =
    story.streams.findLast((stream) => stream.openedAt !== null && stream.openedAt < openedAt)?.endedAt ??
    fault.at;
  const silenceMs = isDue ? silenceBefore(soundAt, story, fault) : 0;
  return {
    story,
    fault,
    backMs: backAt - fault.at,
    silenceMs,
    gapMs: openedAt === fault.at ? silenceMs : Math.max(openedAt - closedAt, 0),
  };
}

/**
 * Returns the ms of silence before the agent's next sound: since the fault, or since the later end of the
 * buffered sound and of the caller's own words.
 */
function silenceBefore(soundAt: number, { heard, said }: CallStory, fault: EntryOf<'fault'>): number {
  const inHandUntil = heard.findLast(({ fromAt }) => fromAt <= fault.at)?.at ?? 0;
  const saidUntil = said.findLast(({ fromAt }) => fromAt < soundAt)?.at ?? 0;
  return Math.max(0, soundAt - Math.max(fault.at, inHandUntil, saidUntil));
}

/**
 * Returns when the caller had a stream again; the time of the fault when the stream was kept to the end;
 * Infinity when neither.
 */
function listensFrom({ streams, ended }: CallStory, fault: EntryOf<'fault'>): number {
  const reopenedAt = firstAfter(
    streams.flatMap((stream) => stream.openedAt ?? []),
    fault.at,
  );
  const held = streams.findLast(({ openedAt }) => openedAt !== null && openedAt <= fault.at);
  const isKept =
    held !== undefined &&
    (held.endedAt ?? Number.POSITIVE_INFINITY) >= (ended?.at ?? 0) - KEPT_MARGIN_MS &&
    ended?.by === 'hangup-by-party';
  return Number.isFinite(reopenedAt) || !isKept ? reopenedAt : fault.at;
}

/** Returns the first time after `at`; Infinity when there is none. */
function firstAfter(times: readonly number[], at: number): number {
  return times.find((time) => time > at) ?? Number.POSITIVE_INFINITY;
}

/** Returns the value that `share` (0 to 1) of the values do not exceed; NaN for no values. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

/** Returns a percentage; NaN for no items. */
export function shareOf<Item>(items: readonly Item[], isSo: (item: Item) => boolean): number {
  return items.length === 0 ? Number.NaN : (items.filter(isSo).length / items.length) * 100;
}
