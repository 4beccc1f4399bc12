import type { TenantId } from '@tandem/contracts';
import type { EntityManager } from 'typeorm';
import { query } from '../connection/unit-of-work.ts';

/** Everything admission needs about the caller of a number. */
export interface KnownCaller {
  readonly name: string | null;
  /** BCP 47. */
  readonly language: string | null;
  readonly isBlocked: boolean;
  /** The groups the caller belongs to, the closest match first. */
  readonly groups: readonly CallerGroupMatch[];
}

export interface CallerGroupMatch {
  readonly key: string;
  /** Empty for the agent's. */
  readonly greeting: string;
  /** Its members may call the dialled number whatever its access mode. */
  readonly isAllowed: boolean;
}

const MAX_GROUPS = 20;

/**
 * $1 tenant, $2 phone number id, $3 written forms of the caller's number, $4 matching patterns, closest first
 */
const SQL = `
SELECT contact.name, contact.language,
  EXISTS (SELECT 1 FROM blocked_callers WHERE tenant_id = $1 AND pattern = ANY($4::text[])
    AND (phone_number_id IS NULL OR phone_number_id = $2)) AS "isBlocked",
  coalesce((SELECT json_agg(match) FROM (
    SELECT caller_group.key, caller_group.greeting,
      EXISTS (SELECT 1 FROM phone_number_groups allowed
        WHERE allowed.phone_number_id = $2 AND allowed.group_id = caller_group.id) AS "isAllowed"
    FROM caller_group_members member JOIN caller_groups caller_group ON caller_group.id = member.group_id
    WHERE member.tenant_id = $1 AND member.pattern = ANY($4::text[])
    GROUP BY caller_group.id, caller_group.key, caller_group.greeting
    ORDER BY min(array_position($4::text[], member.pattern)), caller_group.key LIMIT ${MAX_GROUPS}
  ) match), '[]') AS groups
FROM (SELECT 1) asked LEFT JOIN LATERAL (
  SELECT known.name, known.language
  FROM contact_points point JOIN contacts known ON known.id = point.contact_id
  WHERE point.tenant_id = $1 AND point.kind = 'phone' AND point.value = ANY($3::text[])
  ORDER BY array_position($3::text[], point.value) LIMIT 1
) contact ON true`;

/** Reads contact, blocks and groups in one query: a caller is waiting. */
export async function findKnownCaller(
  manager: EntityManager,
  tenantId: TenantId,
  phoneNumberId: string,
  forms: readonly string[],
  patterns: readonly string[],
): Promise<KnownCaller | null> {
  const [found] = await query<KnownCaller>(manager, SQL, [tenantId, phoneNumberId, forms, patterns]);
  return found ?? null;
}
