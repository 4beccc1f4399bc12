import { useQuery } from '@tanstack/react-query';
import {
  callsControllerGet,
  peaksControllerPeaks,
  timelineControllerEvents,
  timelineControllerTurns,
} from '../api/generated/sdk.gen.ts';
import type { CallsControllerGetResponses } from '../api/generated/types.gen.ts';
import { ask } from '../api/request.ts';

export type CallDetail = CallsControllerGetResponses[200];

/** A call that runs is asked for this often. */
const POLL_MS = 3_000;

export const useCall = (callId: string) =>
  useQuery({
    queryKey: ['call', callId],
    queryFn: ({ signal }) => ask(() => callsControllerGet({ path: { callId }, signal })),
    refetchInterval: ({ state }) =>
      state.data && state.data.endedAt === null && state.data.refusalReason === null ? POLL_MS : false,
  });

/** Where the sound of a recording is. */
export const audioUrl = (callId: string, recordingId: string): string =>
  `/v1/calls/${encodeURIComponent(callId)}/recordings/${encodeURIComponent(recordingId)}/audio`;

interface Part<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

const MOST_EVENTS = 2_000;

/** Returns the items of all parts. @throws RequestRefused */
async function allOf<Item>(
  partAt: (query: { limit: number; cursor?: string }) => Promise<Part<Item>>,
): Promise<Item[]> {
  const items: Item[] = [];
  for (let cursor: string | null = null; ;) {
    const part: Part<Item> = await partAt({ limit: MOST_EVENTS, ...(cursor === null ? {} : { cursor }) });
    items.push(...part.items);
    // The log of a running call has a cursor at its end too.
    if (part.nextCursor === null || part.items.length === 0) return items;
    cursor = part.nextCursor;
  }
}

/** Turns with their waits, and the kept log: both are left out of the record of a call. */
export function useCallLog(callId: string, isRunning: boolean) {
  const more = { refetchInterval: isRunning ? POLL_MS : (false as const) };
  const path = { callId };
  const turns = useQuery({
    ...more,
    queryKey: ['call', callId, 'turns'],
    queryFn: ({ signal }) => allOf((query) => ask(() => timelineControllerTurns({ path, query, signal }))),
  });
  const events = useQuery({
    ...more,
    queryKey: ['call', callId, 'timeline'],
    queryFn: ({ signal }) => allOf((query) => ask(() => timelineControllerEvents({ path, query, signal }))),
  });
  return { turns: turns.data ?? [], events: events.data ?? [] };
}

/** How loud both sides are, a figure of 0 to 255 for each period. */
export interface Peaks {
  readonly startedAtMs: number;
  readonly periodMs: number;
  readonly caller: Uint8Array;
  readonly agent: Uint8Array;
}

const bytesOf = (base64: string): Uint8Array => Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));

/** The loudness of the recordings of a call; none where it is not known. */
export function usePeaks(recordings: CallDetail['recordings'], isAllowed: boolean): readonly Peaks[] {
  const kept = recordings.filter(({ deletedAt, outcome }) => deletedAt === null && outcome !== 'running');
  const query = useQuery({
    queryKey: ['peaks', kept.map(({ recordingId }) => recordingId)],
    enabled: isAllowed && kept.length > 0,
    staleTime: Infinity,
    retry: false,
    queryFn: ({ signal }) =>
      Promise.all(
        kept.map(async ({ recordingId, startedAtMs }): Promise<Peaks> => {
          const { periodMs, caller, agent } = await ask(() =>
            peaksControllerPeaks({ path: { recordingId }, signal }),
          );
          return { startedAtMs, periodMs, caller: bytesOf(caller), agent: bytesOf(agent) };
        }),
      ),
  });
  return query.data ?? [];
}
