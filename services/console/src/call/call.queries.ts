import { useQuery } from '@tanstack/react-query';
import { client } from '../api/generated/client.gen.ts';
import { callsControllerGet } from '../api/generated/sdk.gen.ts';
import type { CallsControllerGetResponses } from '../api/generated/types.gen.ts';
import { RequestRefused } from '../api/problem.ts';
import { ask } from '../api/request.ts';
import type { LoggedEvent, Turn } from './timeline.ts';

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

interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

const MOST_EVENTS = 2_000;

/** Returns all pages; none where this release of the server has no such list. @throws RequestRefused */
async function allOf<Item>(url: string, signal: AbortSignal): Promise<Item[]> {
  const items: Item[] = [];
  for (let cursor: string | null = null; ;) {
    const query: Record<string, unknown> = { limit: MOST_EVENTS, ...(cursor === null ? {} : { cursor }) };
    try {
      const page: Page<Item> = await ask(
        () => client.get({ url, query, signal }) as Promise<{ data?: Page<Item> }>,
      );
      items.push(...page.items);
      // The log of a running call has a cursor at its end too.
      if (page.nextCursor === null || page.items.length === 0) return items;
      cursor = page.nextCursor;
    } catch (error) {
      if (error instanceof RequestRefused && error.problem.code === 'http-404') return items;
      throw error;
    }
  }
}

/** Turns with their waits, and the kept log: both are left out of the record of a call. */
export function useCallLog(callId: string, isRunning: boolean) {
  const more = { refetchInterval: isRunning ? POLL_MS : (false as const) };
  const base = `/v1/calls/${encodeURIComponent(callId)}`;
  const turns = useQuery({
    ...more,
    queryKey: ['call', callId, 'turns'],
    queryFn: ({ signal }) => allOf<Turn>(`${base}/turns`, signal),
  });
  const events = useQuery({
    ...more,
    queryKey: ['call', callId, 'timeline'],
    queryFn: ({ signal }) => allOf<LoggedEvent>(`${base}/timeline`, signal),
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

interface PeaksAnswer {
  readonly periodMs: number;
  readonly caller: string;
  readonly agent: string;
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
          const { periodMs, caller, agent } = await ask(
            () =>
              client.get({ url: `/v1/recordings/${recordingId}/peaks`, signal }) as Promise<{
                data?: PeaksAnswer;
              }>,
          );
          return { startedAtMs, periodMs, caller: bytesOf(caller), agent: bytesOf(agent) };
        }),
      ),
  });
  return query.data ?? [];
}
