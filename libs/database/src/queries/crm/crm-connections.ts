import type { TenantId } from '@tandem/contracts';
import type { EntityManager } from 'typeorm';
import { query, type Transaction } from '../../connection/unit-of-work.ts';
import type { CrmConnection, CrmConnectionChange, CrmConnectionFields } from '../../entities/crm.ts';
import type { Position } from '../../rows/page.ts';
import { jsonParameter } from '../../rows/storable.ts';

const countOf = (state: string): string =>
  `(SELECT count(*)::integer FROM crm_deliveries WHERE connection_id = connection.id AND state = '${state}')
    AS ${state}`;

const VIEW = `
SELECT connection.id, connection.tenant_id AS "tenantId", connection.kind, connection.name,
  connection.events, connection.settings, connection.sealed_credentials IS NOT NULL AS "hasCredentials",
  connection.is_enabled AS "isEnabled",
  CASE WHEN connection.paused_until > now() THEN connection.paused_until END AS "pausedUntil",
  connection.failures, connection.last_fault AS "lastFault", connection.last_detail AS "lastDetail",
  connection.last_fault_at AS "lastFaultAt", connection.last_delivered_at AS "lastDeliveredAt",
  connection.created_at AS "createdAt", connection.updated_at AS "updatedAt",
  ${['pending', 'delivered', 'dead'].map(countOf).join(', ')}
FROM crm_connections connection WHERE connection.tenant_id = $1`;

export async function findConnection(
  manager: EntityManager,
  tenantId: TenantId,
  id: string,
): Promise<CrmConnection | null> {
  const [found] = await query<CrmConnection>(manager, `${VIEW} AND connection.id = $2`, [tenantId, id]);
  return found ?? null;
}

/** Newest first, from `start` on. */
export function listConnections(
  manager: EntityManager,
  tenantId: TenantId,
  start: Position | null,
  limit: number,
): Promise<CrmConnection[]> {
  return query(
    manager,
    `${VIEW} AND ($2::timestamptz IS NULL OR (connection.created_at, connection.id) < ($2, $3::uuid))
     ORDER BY connection.created_at DESC, connection.id DESC LIMIT $4`,
    [tenantId, start?.at ?? null, start?.id ?? null, limit],
  );
}

/** Inserts a connection unless the tenant has `most`. Returns whether it is stored. */
export async function insertConnection(
  transaction: Transaction,
  tenantId: TenantId,
  id: string,
  { kind, name, events, settings, isEnabled, sealedCredentials }: CrmConnectionFields,
  most: number,
): Promise<boolean> {
  const inserted = await query(
    transaction,
    `INSERT INTO crm_connections (id, tenant_id, kind, name, events, settings, is_enabled,
       sealed_credentials)
     SELECT $1, $2, $3, $4, $5, $6::jsonb, $7, $8
     WHERE (SELECT count(*) FROM crm_connections WHERE tenant_id = $2) < $9 RETURNING 1`,
    [id, tenantId, kind, name, events, jsonParameter(settings), isEnabled, sealedCredentials, most],
  );
  return inserted.length === 1;
}

/** A change ends pauses: it is tried at once. */
export async function updateConnection(
  transaction: Transaction,
  tenantId: TenantId,
  id: string,
  { name, events, settings, isEnabled, sealedCredentials }: CrmConnectionChange,
): Promise<void> {
  await query(
    transaction,
    `UPDATE crm_connections SET name = coalesce($3, name), events = coalesce($4, events),
       settings = coalesce($5::jsonb, settings), is_enabled = coalesce($6, is_enabled),
       sealed_credentials = coalesce($7, sealed_credentials), updated_at = now(), paused_until = NULL,
       failures = 0, probing_until = NULL
     WHERE tenant_id = $1 AND id = $2`,
    [
      tenantId,
      id,
      name ?? null,
      events ?? null,
      settings === undefined ? null : jsonParameter(settings),
      isEnabled ?? null,
      sealedCredentials ?? null,
    ],
  );
}

/** Returns connections whose credentials another key has sealed: up to 100, of any tenant. */
export function findCredentialsSealedOtherwise(
  manager: EntityManager,
  keyId: string,
): Promise<{ readonly id: string; readonly tenantId: TenantId; readonly sealed: string }[]> {
  return query(
    manager,
    `SELECT id, tenant_id AS "tenantId", sealed_credentials AS sealed FROM crm_connections
     WHERE split_part(sealed_credentials, '.', 1) <> $1 LIMIT 100`,
    [keyId],
  );
}
