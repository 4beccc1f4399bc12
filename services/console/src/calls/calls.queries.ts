import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { callsControllerList } from '../api/generated/sdk.gen.ts';
import type { CallsControllerListData, CallsControllerListResponses } from '../api/generated/types.gen.ts';
import { ask } from '../api/request.ts';
import { useSession } from '../session/session.ts';
import { dayAfter, type CallFilters } from './call-filters.ts';

export type CallRow = CallsControllerListResponses[200]['items'][number];
type Query = NonNullable<CallsControllerListData['query']>;

const PAGE = 50;

/** Calls by these filters, the latest first, a page at a time. */
export function useCalls({ since, until, ...filters }: CallFilters) {
  const { clock } = useSession();
  const query = {
    ...filters,
    ...(since ? { since: clock.startOf(since) } : {}),
    ...(until ? { until: clock.startOf(dayAfter(until)) } : {}),
    limit: PAGE,
  } as Query;
  return useInfiniteQuery({
    queryKey: ['calls', query],
    queryFn: ({ pageParam, signal }) =>
      ask(() =>
        callsControllerList({ query: { ...query, ...(pageParam ? { cursor: pageParam } : {}) }, signal }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    placeholderData: keepPreviousData,
  });
}
