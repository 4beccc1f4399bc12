import { useQuery } from '@tanstack/react-query';
import {
  agentsControllerChange,
  agentsControllerCreate,
  agentsControllerGet,
  agentsControllerList,
  agentsControllerPublish,
  agentsControllerVersion,
  agentsControllerVersions,
} from '../api/generated/sdk.gen.ts';
import type {
  AgentsControllerListResponses,
  AgentsControllerPublishData,
} from '../api/generated/types.gen.ts';
import { ask, idempotency } from '../api/request.ts';
import { useAct } from '../api/use-act.ts';

export type AgentRow = AgentsControllerListResponses[200]['items'][number];
/** A version is checked by the server alone, whose list of problems is shown. */
export type AgentContent = AgentsControllerPublishData['body'];

const MOST_VERSIONS = 100;

export const useAgents = (isArchived = false) =>
  useQuery({
    queryKey: ['agents', isArchived],
    queryFn: ({ signal }) =>
      ask(() => agentsControllerList({ query: { archived: isArchived ? 'true' : 'false' }, signal })),
  });
export const useAgent = (id: string) =>
  useQuery({
    queryKey: ['agents', 'one', id],
    queryFn: ({ signal }) => ask(() => agentsControllerGet({ path: { id }, signal })),
  });
export const useVersions = (id: string) =>
  useQuery({
    queryKey: ['agents', 'versions', id],
    queryFn: ({ signal }) =>
      ask(() => agentsControllerVersions({ path: { id }, query: { limit: MOST_VERSIONS }, signal })),
  });
/** A version never changes. */
export const useVersion = (id: string, version: number | null) =>
  useQuery({
    queryKey: ['agent-version', id, version],
    enabled: version !== null,
    staleTime: Infinity,
    queryFn: ({ signal }) =>
      ask(() => agentsControllerVersion({ path: { id, version: version ?? 0 }, signal })),
  });

export const useCreateAgent = () =>
  useAct(
    ({ name, key }: { readonly name: string; readonly key: string }) =>
      ask(() => agentsControllerCreate({ body: { name }, headers: idempotency(key) })),
    'agents',
  );
export const useChangeAgent = (id: string) =>
  useAct(
    (body: { readonly name?: string; readonly isArchived?: boolean }) =>
      ask(() => agentsControllerChange({ path: { id }, body })),
    'agents',
  );
export const usePublish = (id: string) =>
  useAct(
    ({ content, key }: { readonly content: unknown; readonly key: string }) =>
      ask(() =>
        agentsControllerPublish({
          path: { id },
          body: content as AgentContent,
          headers: idempotency(key),
        }),
      ),
    'agents',
  );
