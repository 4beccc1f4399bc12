import { useQuery } from '@tanstack/react-query';
import { callsControllerGet } from '../api/generated/sdk.gen.ts';
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
