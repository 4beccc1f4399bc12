import type { BusinessEventType, TenantId } from '@tandem/contracts';
import type { EntityManager } from 'typeorm';
import { query, type Transaction } from '../connection/unit-of-work.ts';
import type { Position } from '../rows/page.ts';
import type { EventFacets } from './outbox.ts';

/** Things of the tenant, by kind: events about others of the kind are not sent. */
export type EndpointFilters = EventFacets;

export interface WebhookEndpoint {
  readonly id: string;
  readonly tenantId: TenantId;
  readonly url: string;
  readonly description: string;
  /** Empty for all types. */
  readonly events: readonly BusinessEventType[];
  /** Names of the added headers; their values are sealed and never returned. */
  readonly headerNames: readonly string[];
  /** Only events about these; see {@link EventFacets}. */
  readonly filters: EndpointFilters;
  readonly isEnabled: boolean;
  /** `gone`: it responded 410, which is final. */
  readonly disabledBecause: 'operator' | 'gone' | null;
  readonly createdAt: Date;
  /** Events that wait for it, and those that were given up. */
  readonly pending: number;
  readonly dead: number;
}

/** Headers that the receiver wants, their values sealed; `sealed` is null for none. */
export interface SealedHeaders {
  readonly names: readonly string[];
  readonly sealed: string | null;
}

export type EndpointFields = Pick<
  WebhookEndpoint,
  'url' | 'description' | 'events' | 'filters' | 'isEnabled'
> & {
  readonly headers: SealedHeaders;
};

/** Absent fields stay as they are. */
export type EndpointChange = { readonly [Field in keyof EndpointFields]?: EndpointFields[Field] | undefined };

const VIEW = `
SELECT endpoint.id, endpoint.tenant_id AS "tenantId", endpoint.url, endpoint.description, endpoint.events,
  endpoint.filters,
  endpoint.header_names AS "headerNames", endpoint.is_enabled AS "isEnabled",
  endpoint.disabled_because AS "disabledBecause", endpoint.created_at AS "createdAt",
  (SELECT count(*)::integer FROM webhook_deliveries WHERE endpoint_id = endpoint.id AND state = 'pending')
    AS pending,
  (SELECT count(*)::integer FROM webhook_deliveries WHERE endpoint_id = endpoint.id AND state = 'dead')
    AS dead
FROM webhook_endpoints endpoint WHERE endpoint.tenant_id = $1`;

export async function findEndpoint(
  manager: EntityManager,
  tenantId: TenantId,
  id: string,
): Promise<WebhookEndpoint | null> {
  const [found] = await query<WebhookEndpoint>(manager, `${VIEW} AND endpoint.id = $2`, [tenantId, id]);
  return found ?? null;
}

/** Newest first, from `start` on. */
export function listEndpoints(
  manager: EntityManager,
  tenantId: TenantId,
  start: Position | null,
  limit: number,
): Promise<WebhookEndpoint[]> {
  return query(
    manager,
    `${VIEW} AND ($2::timestamptz IS NULL OR (endpoint.created_at, endpoint.id) < ($2, $3::uuid))
     ORDER BY endpoint.created_at DESC, endpoint.id DESC LIMIT $4`,
    [tenantId, start?.at ?? null, start?.id ?? null, limit],
  );
}

/** Inserts an endpoint unless the tenant has `most`. Returns whether it is stored. */
export async function insertEndpoint(
  transaction: Transaction,
  tenantId: TenantId,
  id: string,
  { url, description, events, filters, isEnabled, headers }: EndpointFields,
  sealedSecret: string,
  most: number,
): Promise<boolean> {
  const inserted = await query(
    transaction,
    `INSERT INTO webhook_endpoints (id, tenant_id, url, description, events, is_enabled, disabled_because,
       sealed_secret, header_names, sealed_headers, filters)
     SELECT $1, $2, $3, $4, $5, $6, CASE WHEN $6 THEN NULL ELSE 'operator' END, $7, $8, $9, $11::jsonb
     WHERE (SELECT count(*) FROM webhook_endpoints WHERE tenant_id = $2) < $10 RETURNING 1`,
    [
      ...[id, tenantId, url, description, events, isEnabled, sealedSecret, headers.names, headers.sealed],
      ...[most, JSON.stringify(filters)],
    ],
  );
  return inserted.length === 1;
}

/** Enabling an endpoint clears the reason it was disabled for. */
export async function updateEndpoint(
  transaction: Transaction,
  tenantId: TenantId,
  id: string,
  change: EndpointChange,
): Promise<void> {
  const { url = null, description = null, events = null, isEnabled = null, headers, filters } = change;
  await query(
    transaction,
    `UPDATE webhook_endpoints SET url = coalesce($3, url), description = coalesce($4, description),
       events = coalesce($5, events), filters = coalesce($9::jsonb, filters),
       is_enabled = coalesce($6, is_enabled), paused_until = NULL,
       failures = 0, probing_until = NULL, header_names = coalesce($7, header_names),
       sealed_headers = CASE WHEN $7::text[] IS NULL THEN sealed_headers ELSE $8 END,
       disabled_because = CASE WHEN coalesce($6, is_enabled) THEN NULL
         ELSE coalesce(disabled_because, 'operator') END
     WHERE tenant_id = $1 AND id = $2`,
    [
      ...[tenantId, id, url, description, events, isEnabled],
      ...[headers?.names ?? null, headers?.sealed ?? null, filters ? JSON.stringify(filters) : null],
    ],
  );
}

export interface SealedParts {
  readonly sealedSecret: string;
  readonly sealedHeaders: string | null;
}

/** Returns endpoints with a part that another key has sealed: up to 100, of any tenant. */
export function findSealedOtherwise(
  manager: EntityManager,
  keyId: string,
): Promise<(SealedParts & { readonly id: string; readonly tenantId: TenantId })[]> {
  return query(
    manager,
    `SELECT id, tenant_id AS "tenantId", sealed_secret AS "sealedSecret", sealed_headers AS "sealedHeaders" FROM webhook_endpoints
     WHERE split_part(sealed_secret, '.', 1) <> $1 OR split_part(sealed_headers, '.', 1) <> $1 LIMIT 100`,
    [keyId],
  );
}

/** Replaces each part unless it has changed since `before` was read. */
export async function replaceSealed(
  manager: EntityManager,
  id: string,
  before: SealedParts,
  after: SealedParts,
): Promise<void> {
  await query(
    manager,
    `UPDATE webhook_endpoints SET
       sealed_secret = CASE WHEN sealed_secret = $2 THEN $3 ELSE sealed_secret END,
       sealed_headers = CASE WHEN sealed_headers = $4 THEN $5 ELSE sealed_headers END WHERE id = $1`,
    [id, before.sealedSecret, after.sealedSecret, before.sealedHeaders, after.sealedHeaders],
  );
}

/** Returns the ids of filters that the tenant has no such thing for. */
export function findUnknownFilters(
  manager: EntityManager,
  tenantId: TenantId,
  { agentIds = [], serviceIds = [], resourceIds = [] }: EndpointFilters,
): Promise<{ kind: keyof EndpointFilters; id: string }[]> {
  return query(
    manager,
    `SELECT 'agentIds' AS kind, wanted.id FROM unnest($2::uuid[]) wanted(id)
     WHERE NOT EXISTS (SELECT 1 FROM agents WHERE agents.tenant_id = $1 AND agents.id = wanted.id)
     UNION ALL SELECT 'serviceIds', wanted.id FROM unnest($3::uuid[]) wanted(id)
     WHERE NOT EXISTS (SELECT 1 FROM services WHERE services.tenant_id = $1 AND services.id = wanted.id)
     UNION ALL SELECT 'resourceIds', wanted.id FROM unnest($4::uuid[]) wanted(id)
     WHERE NOT EXISTS (SELECT 1 FROM resources WHERE resources.tenant_id = $1 AND resources.id = wanted.id)`,
    [tenantId, agentIds, serviceIds, resourceIds],
  );
}
