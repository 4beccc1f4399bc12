import type { CallStory } from './call-story.ts';
import type { EntryOf } from './entries.ts';

/** A call that lost its relay, and how it went on. */
export interface Loss {
  readonly story: CallStory;
  readonly fault: EntryOf<'fault'>;
  /**
   * Ms from the fault to the agent's first sound on a new stream, or to a listening model if that is earlier
   * and no words were due. Null when it never came.
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

/** A stream ends a moment before its call. */
const KEPT_MARGIN_MS = 1_000;

/** Returns how a call that a fault struck went on. */
export function lossOf(story: CallStory, fault: EntryOf<'fault'>): Loss {
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
  const backAt = isDue ? soundAt : Math.min(soundAt, Math.max(readyAt, openedAt));
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
