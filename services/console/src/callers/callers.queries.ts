import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import {
  blockedCallersControllerBlock,
  blockedCallersControllerList,
  blockedCallersControllerUnblock,
  callerGroupsControllerAddMember,
  callerGroupsControllerDelete,
  callerGroupsControllerList,
  callerGroupsControllerMembers,
  callerGroupsControllerPut,
  callerGroupsControllerRemoveMember,
} from '../api/generated/sdk.gen.ts';
import type {
  BlockedCallersControllerListResponses,
  CallerGroupsControllerListResponses,
} from '../api/generated/types.gen.ts';
import { ask } from '../api/request.ts';
import { useAct } from '../api/use-act.ts';

export type CallerGroup = CallerGroupsControllerListResponses[200]['items'][number];
export type Blocked = BlockedCallersControllerListResponses[200]['items'][number];

const PAGE = 50;

export const useGroups = () =>
  useQuery({
    queryKey: ['caller-groups'],
    queryFn: ({ signal }) => ask(() => callerGroupsControllerList({ signal })),
  });
export const usePutGroup = () =>
  useAct(
    ({ key, name, greeting }: { readonly key: string; readonly name: string; readonly greeting: string }) =>
      ask(() => callerGroupsControllerPut({ path: { key }, body: { name, greeting } })),
    'caller-groups',
  );
export const useDeleteGroup = () =>
  useAct((key: string) => ask(() => callerGroupsControllerDelete({ path: { key } })), 'caller-groups');

export const useMembers = (key: string) =>
  useInfiniteQuery({
    queryKey: ['members', key],
    queryFn: ({ pageParam, signal }) =>
      ask(() =>
        callerGroupsControllerMembers({
          path: { key },
          query: { limit: PAGE, ...(pageParam ? { after: pageParam } : {}) },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextAfter }) => nextAfter,
  });
export const useAddMember = (key: string) =>
  useAct(
    (pattern: string) => ask(() => callerGroupsControllerAddMember({ path: { key, pattern } })),
    'members',
    'caller-groups',
  );
export const useRemoveMember = (key: string) =>
  useAct(
    (pattern: string) => ask(() => callerGroupsControllerRemoveMember({ path: { key, pattern } })),
    'members',
    'caller-groups',
  );

export const useBlocked = () =>
  useInfiniteQuery({
    queryKey: ['blocked'],
    queryFn: ({ pageParam, signal }) =>
      ask(() =>
        blockedCallersControllerList({
          query: { limit: PAGE, ...(pageParam ? { cursor: pageParam } : {}) },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });
export const useBlock = () =>
  useAct(
    ({ pattern, note }: { readonly pattern: string; readonly note: string }) =>
      ask(() => blockedCallersControllerBlock({ path: { pattern }, body: { note } })),
    'blocked',
  );
export const useUnblock = () =>
  useAct(
    ({ pattern, numberId }: Blocked) =>
      ask(() =>
        blockedCallersControllerUnblock({ path: { pattern }, ...(numberId ? { query: { numberId } } : {}) }),
      ),
    'blocked',
  );
