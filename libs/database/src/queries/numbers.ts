import type { TenantId } from '@tandem/contracts';
import type { EntityManager } from 'typeorm';
import { query } from '../connection/unit-of-work.ts';
import type { AccessMode } from '../entities/agent.entities.ts';

/** A number of a tenant, and how its calls are taken. */
export interface PhoneNumber {
  readonly id: string;
  readonly e164: string;
  readonly agentId: string | null;
  readonly isAlwaysOpen: boolean;
  /** BCP 47; null for the agent's. */
  readonly language: string | null;
  readonly accessMode: AccessMode;
  /** Keys of the groups whose members may call where `accessMode` is `allow-list`. */
  readonly allowedGroups: readonly string[];
  readonly withheldCallers: 'accept' | 'refuse';
  /** Callers whose number the carrier has not verified. */
  readonly unverifiedCallers: 'trust' | 'distrust';
  /** Said to a caller who may not call; empty for the default sentence. */
  readonly refusalText: string;
}

const SELECT = `
SELECT number.id, number.e164, number.agent_id AS "agentId", number.is_always_open AS "isAlwaysOpen",
  number.language, number.access_mode AS "accessMode",
  coalesce((SELECT json_agg(caller_group.key ORDER BY caller_group.key)
    FROM phone_number_groups allowed JOIN caller_groups caller_group ON caller_group.id = allowed.group_id
    WHERE allowed.phone_number_id = number.id), '[]') AS "allowedGroups",
  number.withheld_callers AS "withheldCallers", number.unverified_callers AS "unverifiedCallers",
  number.refusal_text AS "refusalText"
FROM phone_numbers number WHERE number.tenant_id = $1`;

export function listNumbers(
  manager: EntityManager,
  tenantId: TenantId,
  limit: number,
): Promise<PhoneNumber[]> {
  return query(manager, `${SELECT} ORDER BY number.e164 LIMIT $2`, [tenantId, limit]);
}

/** Returns a number, with `lock` held until the transaction ends. Null when the tenant has no such number. */
export async function findNumber(
  manager: EntityManager,
  tenantId: TenantId,
  id: string,
  lock: '' | 'FOR UPDATE OF number' = '',
): Promise<PhoneNumber | null> {
  const [found] = await query<PhoneNumber>(manager, `${SELECT} AND number.id = $2 ${lock}`, [tenantId, id]);
  return found ?? null;
}
