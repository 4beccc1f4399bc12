import type { TenantId } from '@tandem/contracts';
import type { EntityManager } from 'typeorm';
import { query } from '../../connection/unit-of-work.ts';
import { OPENING_HOURS } from '../opening-hours.ts';

/** The hours in which calls are taken, as stored, for one local day. */
interface StoredDayHours {
  /** IANA name. */
  readonly timeZone: string;
  readonly isAlwaysOpen: boolean;
  readonly hours: readonly { weekday: number; opens: string; closes: string }[];
  /** The day is one on which no calls are taken. */
  readonly isClosedDate: boolean;
}

/** $1 tenant  $2 written forms of the dialled number, null for none  $3 local day */
const SQL = `
SELECT tenant.time_zone AS "timeZone", coalesce(number.is_always_open, true) AS "isAlwaysOpen",
  ${OPENING_HOURS} AS hours,
  EXISTS (SELECT 1 FROM closed_dates WHERE tenant_id = $1 AND scope = 'calls' AND date = $3::date)
    AS "isClosedDate"
FROM tenants tenant LEFT JOIN LATERAL (
  SELECT id, is_always_open FROM phone_numbers WHERE tenant_id = $1 AND e164 = ANY($2::text[])
  ORDER BY array_position($2::text[], e164) LIMIT 1
) number ON true
WHERE tenant.id = $1`;

/** Reads the hours of a dialled number; without one the tenant is open all day. Null without a tenant. */
export async function readDayHours(
  manager: EntityManager,
  tenantId: TenantId,
  forms: readonly string[] | null,
  date: string,
): Promise<StoredDayHours | null> {
  const [found] = await query<StoredDayHours>(manager, SQL, [tenantId, forms, date]);
  return found ?? null;
}
