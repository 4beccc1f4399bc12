import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import {
  webhookEndpointsControllerChange,
  webhookEndpointsControllerCreate,
  webhookEndpointsControllerDelete,
  webhookEndpointsControllerGet,
  webhookEndpointsControllerList,
  webhookEndpointsControllerListDeliveries,
  webhookEndpointsControllerReplay,
  webhookEndpointsControllerSecret,
  webhookEndpointsControllerTest,
} from '../api/generated/sdk.gen.ts';
import type {
  WebhookEndpointsControllerCreateData,
  WebhookEndpointsControllerGetResponses,
} from '../api/generated/types.gen.ts';
import { ask, idempotency, newKey } from '../api/request.ts';
import { useAct } from '../api/use-act.ts';

export type Endpoint = WebhookEndpointsControllerGetResponses[200];
export type NewEndpoint = WebhookEndpointsControllerCreateData['body'];
export type EventType = NonNullable<NewEndpoint['events']>[number];
export const DELIVERY_STATES = ['pending', 'delivered', 'dead'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

const PAGE = 50;
/** Deliveries and their counts change by themselves. */
const POLL_MS = 5_000;

export const useEndpoints = () =>
  useQuery({
    queryKey: ['webhooks'],
    queryFn: ({ signal }) => ask(() => webhookEndpointsControllerList({ query: { limit: 100 }, signal })),
  });
export const useEndpoint = (id: string) =>
  useQuery({
    queryKey: ['webhooks', id],
    refetchInterval: POLL_MS,
    queryFn: ({ signal }) => ask(() => webhookEndpointsControllerGet({ path: { id }, signal })),
  });
export const useDeliveries = (id: string, state: DeliveryState | null) =>
  useInfiniteQuery({
    queryKey: ['deliveries', id, state],
    refetchInterval: POLL_MS,
    queryFn: ({ pageParam, signal }) =>
      ask(() =>
        webhookEndpointsControllerListDeliveries({
          path: { id },
          query: { limit: PAGE, ...(state ? { state } : {}), ...(pageParam ? { cursor: pageParam } : {}) },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });

export const useCreateEndpoint = () =>
  useAct(
    ({ body, key }: { readonly body: NewEndpoint; readonly key: string }) =>
      ask(() => webhookEndpointsControllerCreate({ body, headers: idempotency(key) })),
    'webhooks',
  );
export const useEnableEndpoint = (id: string) =>
  useAct((isEnabled: boolean) => {
    const headers = idempotency(newKey());
    return ask(() => webhookEndpointsControllerChange({ path: { id }, body: { isEnabled }, headers }));
  }, 'webhooks');
export const useDeleteEndpoint = (id: string) =>
  useAct(() => ask(() => webhookEndpointsControllerDelete({ path: { id } })), 'webhooks');
export const useTestEndpoint = (id: string) =>
  useAct(() => ask(() => webhookEndpointsControllerTest({ path: { id } })), 'deliveries');
/** Sends events again: these, or all that were given up. */
export const useReplay = (id: string) =>
  useAct(
    (eventIds: readonly string[] | null) =>
      ask(() =>
        webhookEndpointsControllerReplay({ path: { id }, body: eventIds ? { eventIds: [...eventIds] } : {} }),
      ),
    'deliveries',
    'webhooks',
  );
/** The secret is asked for by a press, and kept by nobody. */
export const useSecret = (id: string) =>
  useAct(() => ask(() => webhookEndpointsControllerSecret({ path: { id } })));
