import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import {
  apiKeysControllerCreate,
  apiKeysControllerList,
  apiKeysControllerRevoke,
  ownTenantControllerGet,
  spendingControllerBudget,
  spendingControllerMonth,
  spendingControllerSetBudget,
} from '../api/generated/sdk.gen.ts';
import type {
  ApiKeysControllerCreateData,
  ApiKeysControllerListResponses,
} from '../api/generated/types.gen.ts';
import { people, type Role } from '../api/people.ts';
import { ask, idempotency } from '../api/request.ts';
import { useAct } from '../api/use-act.ts';

export type ApiKey = ApiKeysControllerListResponses[200]['items'][number];
export type Scope = ApiKeysControllerCreateData['body']['scopes'][number];

export const useKeys = () =>
  useQuery({
    queryKey: ['keys'],
    queryFn: ({ signal }) => ask(() => apiKeysControllerList({ query: { limit: 100 }, signal })),
  });
export const useCreateKey = () =>
  useAct(
    ({
      name,
      scopes,
      key,
    }: {
      readonly name: string;
      readonly scopes: readonly Scope[];
      readonly key: string;
    }) =>
      ask(() => apiKeysControllerCreate({ body: { name, scopes: [...scopes] }, headers: idempotency(key) })),
    'keys',
  );
export const useRevokeKey = () =>
  useAct((id: string) => ask(() => apiKeysControllerRevoke({ path: { id } })), 'keys');

export const useTenant = () =>
  useQuery({ queryKey: ['tenant'], queryFn: ({ signal }) => ask(() => ownTenantControllerGet({ signal })) });
export const useBudget = () =>
  useQuery({
    queryKey: ['budget'],
    queryFn: ({ signal }) => ask(() => spendingControllerBudget({ signal })),
  });
export const useMonth = () =>
  useQuery({
    queryKey: ['spending'],
    queryFn: ({ signal }) => ask(() => spendingControllerMonth({ signal })),
  });
export const useSetBudget = () =>
  useAct(
    (body: { readonly dailyUsd: number | null; readonly monthlyUsd: number | null }) =>
      ask(() => spendingControllerSetBudget({ body })),
    'budget',
  );

export const useUsers = () =>
  useInfiniteQuery({
    queryKey: ['users'],
    queryFn: ({ pageParam }) => people.users(pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });
interface Invited {
  readonly key: string;
  readonly name: string;
  readonly email: string;
  readonly role: Role;
}
export const useInvite = () => useAct(({ key, ...given }: Invited) => people.invite(given, key), 'users');
export const useNewLink = () => useAct((id: string) => people.newLink(id));
interface ChangedUser {
  readonly id: string;
  readonly role?: Role;
  readonly state?: 'active' | 'disabled';
}
export const useChangeUser = () =>
  useAct(({ id, ...change }: ChangedUser) => people.changeUser(id, change), 'users');

export const useOwnSessions = () => useQuery({ queryKey: ['own-sessions'], queryFn: people.sessions });
export const useEndSession = () => useAct((id: string) => people.endSession(id), 'own-sessions');
export const useChangePassword = () => useAct((password: string) => people.changePassword(password), 'me');
export const useSetTotp = () => useAct((code: string | null) => people.setTotp(code), 'me');
export const useRemoveTotp = () => useAct(() => people.removeTotp(), 'me');
export const useAudit = () =>
  useInfiniteQuery({
    queryKey: ['audit'],
    queryFn: ({ pageParam }) => people.audit(pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });
