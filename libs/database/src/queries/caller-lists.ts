import type { TenantId } from '@tandem/contracts';
import type { EntityManager } from 'typeorm';
import { query } from '../connection/unit-of-work.ts';

export interface CallerGroup {
  readonly key: string;
  readonly name: string;
  /** Said first to its members instead of the agent's greeting; empty for the agent's. */
  readonly greeting: string;
  readonly members: number;
}

/** By key, with the number of members of each. */
export function listCallerGroups(
  manager: EntityManager,
  tenantId: TenantId,
  limit: number,
): Promise<CallerGroup[]> {
  return query(
    manager,
    `SELECT key, name, greeting,
       (SELECT count(*)::integer FROM caller_group_members WHERE group_id = caller_groups.id) AS members
     FROM caller_groups WHERE tenant_id = $1 ORDER BY key LIMIT $2`,
    [tenantId, limit],
  );
}

/**
 * Blocks a pattern, and removes blocks of its other written forms. The unique key takes a missing number for
 * all numbers, which is an expression, so the ORM cannot name it.
 */
export async function blockPattern(
  manager: EntityManager,
  tenantId: TenantId,
  blocked: { readonly pattern: string; readonly phoneNumberId: string | null; readonly note: string },
  otherForms: readonly string[],
): Promise<void> {
  await query(
    manager,
    `WITH other AS (
       DELETE FROM blocked_callers WHERE tenant_id = $1 AND pattern = ANY($5::text[])
         AND phone_number_id IS NOT DISTINCT FROM $3
     )
     INSERT INTO blocked_callers (tenant_id, pattern, phone_number_id, note) VALUES ($1, $2, $3, $4)
     ON CONFLICT (tenant_id, pattern, coalesce(phone_number_id, '00000000-0000-0000-0000-000000000000'::uuid))
     DO UPDATE SET note = excluded.note`,
    [tenantId, blocked.pattern, blocked.phoneNumberId, blocked.note, otherForms],
  );
}
