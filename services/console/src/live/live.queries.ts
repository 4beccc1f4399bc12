import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import {
  callCommandsControllerEnd,
  liveCallsControllerList,
  spendingControllerMonth,
  waitingCallsControllerList,
} from '../api/generated/sdk.gen.ts';
import type {
  LiveCallsControllerListResponses,
  WaitingCallsControllerListResponses,
} from '../api/generated/types.gen.ts';
import { ask } from '../api/request.ts';

export type LiveCall = LiveCallsControllerListResponses[200]['items'][number];
export type WaitingCall = WaitingCallsControllerListResponses[200]['items'][number];

/** Asked this often until the server streams; not while the tab is hidden. */
const POLL_MS = 2_000;
const MOST = 500;
const polled = { refetchInterval: POLL_MS, staleTime: 0 };

export const useLiveCalls = () =>
  useQuery({
    ...polled,
    queryKey: ['live'],
    queryFn: ({ signal }) => ask(() => liveCallsControllerList({ query: { limit: MOST }, signal })),
  });

export const useWaitingCalls = () =>
  useQuery({
    ...polled,
    queryKey: ['waiting'],
    queryFn: ({ signal }) => ask(() => waitingCallsControllerList({ query: { limit: MOST }, signal })),
  });

export const useSpending = (isAllowed: boolean) =>
  useQuery({
    queryKey: ['spending'],
    enabled: isAllowed,
    queryFn: ({ signal }) => ask(() => spendingControllerMonth({ signal })),
  });

export function useEndCall() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (callId: string) => ask(() => callCommandsControllerEnd({ path: { callId } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['live'] }),
  });
}
