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

/** Time a relay takes to read a message and to log it: this close to a fault it may not have known. */
const MARGIN_MS = 100;
const MISSING_FRAMES = 2;

/** Returns the story of every call of a history. */
export function storiesOf(entries: readonly HistoryEntry[]): CallStory[] {
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
